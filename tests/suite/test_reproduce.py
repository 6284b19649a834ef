"""What a person is given to run: it runs, and sends what the suite sent."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.references import resolve
from conformance.reproduce import as_aws_cli, as_boto3, as_curl
from conformance.scenario import JSONObject, Reply, Scenario, Step
from conformance.strategies.generation import generate
from conformance.strategies.scenarios import scenarios
from conformance.targets.reference import ReferenceServerTarget

boto3 = pytest.importorskip("boto3")

TABLE: JSONObject = {
    "TableName": "Things",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM: JSONObject = {"pk": {"S": "it's"}, "größe": {"N": "1"}, "flag": {"BOOL": True}}
SAMPLE = Scenario(
    "sample",
    "generated",
    (TABLE,),
    (
        Step("PutItem", {"TableName": "Things", "Item": ITEM}),
        Step("GetItem", {"TableName": "Things", "Key": {"pk": {"S": "it's"}}, "ConsistentRead": False}),
        Step("GetItem", {"TableName": "Things", "Key": {"pk": None}}),
        Step("Scan", {"TableName": "Things", "Limit": 10, "Select": "COUNT"}),
        Step("DeleteTable", {"TableName": "Things"}),
    ),
)
BINARIES = Step(
    "PutItem", {"TableName": "Things", "Item": {"pk": {"S": "a"}, "b": {"B": "/w=="}, "c": {"BS": ["YQ=="]}}}
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[dict[str, str]]:
    """The environment of a script that is to reach the reference server over HTTP."""
    with ReferenceServerTarget() as server:
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL_DYNAMODB": str(server.url),
            "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}",
        }


ANSWER = {"Table": {"TableStatus": "ACTIVE"}}


def requests_sent_by(script: str) -> list[tuple[str, bytes]]:
    """Run a boto3 script without a server: the operations and bodies of its requests, in order."""
    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session

    sent: list[tuple[str, bytes]] = []

    class Raw:
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield json.dumps(ANSWER).encode()

    def answer(_session: URLLib3Session, request: Any) -> AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        sent.append((operation, body))
        return AWSResponse(request.url, 200, {}, Raw())

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(URLLib3Session, "send", answer)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "us-east-1")
        exec(compile(script, "reproduce.py", "exec"), {})
    return sent


def without_looks(requests: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Without the looks at tables that are waited for."""
    return [(operation, body) for operation, body in requests if operation != "DescribeTable"]


def test_the_boto3_script_runs_against_a_server(endpoint: dict[str, str]) -> None:
    script = as_boto3(SAMPLE, 4)
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env=endpoint, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "gr\\u00f6\\u00dfe" in done.stdout
    assert "TableStatus" in done.stdout
    assert '"Count": 1' in done.stdout
    # The null went out, and was refused.
    assert "Exception" in done.stdout
    assert "--- step 5: DeleteTable\nHTTP 200\n" in done.stdout


def test_the_shell_lines_run_against_a_server(endpoint: dict[str, str]) -> None:
    script = as_aws_cli(SAMPLE, 4)
    done = subprocess.run(["sh", "-c", script], check=False, env=endpoint, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "gr\\u00f6\\u00dfe" in done.stdout or "größe" in done.stdout
    assert '"Count": 1' in done.stdout
    assert "DELETING" in done.stdout


def test_the_shell_lines_can_be_read() -> None:
    text = as_aws_cli(SAMPLE, 3)
    assert (
        'aws dynamodb get-item \\\n    --table-name Things \\\n    --key \'{"pk": {"S": "it\'"\'"\'s"}}\' \\\n'
        "    --no-consistent-read\n"
    ) in text
    assert "# The one that diverges.\necho '--- step 4: Scan'\naws dynamodb scan" in text
    assert "delete-table" not in text


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        (Step("PutItem", {"TableName": "Things"}), "| send DynamoDB_20120810.PutItem"),
        (Step("PutItem", {"TableName": "Things", "Item": {"pk": {"S": 5}}}), "| send DynamoDB_20120810.PutItem"),
        (Step("Scan", {"TableName": "Things", "Limit": 0}), "| send DynamoDB_20120810.Scan"),
        (Step("Scan", {"TableName": "", "Unknown": 1}), "| send DynamoDB_20120810.Scan"),
        (Step("Scan", {"TableName": "Things", "IndexName": None}), "| send DynamoDB_20120810.Scan"),
        (Step("GetItem", {"TableName": "file://Things", "Key": {}}), "| send DynamoDB_20120810.GetItem"),
        (Step("GetItem", {"TableName": "\ud800", "Key": {}}), "| send DynamoDB_20120810.GetItem"),
        (Step("PutItem", raw="{not json"), "printf %s '{not json' | send"),
        (Step("PutItem", raw="it's \0 or \ud800"), "printf 'it\\047s \\000 or \\355\\240\\200' | send"),
        (Step("ListTables", headers={"authorization": None}), "| post / \\\n"),
        (Step("ListTables", headers={"X-Amz-Target": None}), "| signed / \\\n"),
        (Step("ListTables", headers={"Content-Type": None}), "-H 'content-type:'"),
        (Step("ListTables", headers={"Content-Type": ""}), "-H 'content-type;'"),
        (Step("ListTables", method="PUT", path="/x?y"), "| signed '/x?y' \\\n    -X PUT"),
    ],
)
def test_what_the_cli_refuses_to_send_is_sent_with_curl(step: Step, sent: str) -> None:
    scenario = Scenario("s", "wire", (), (step,))
    for text in (as_aws_cli(scenario, 0), as_curl(scenario, 0)):
        assert "aws dynamodb" not in text
        assert sent in text


def test_curl_alone_sends_everything() -> None:
    text = as_curl(SAMPLE, 4)
    assert "aws dynamodb" not in text
    assert "python3" not in text
    assert text.count("| send DynamoDB_20120810.") == len(SAMPLE.steps) + 1 + 1  # the table, and the look at it
    assert text.count("\nsettle Things") == 2


PAGES = Step("Scan", {"TableName": "Things", "Limit": 1}, pages=True)
TAKING = Scenario(
    "taking",
    "generated",
    (TABLE,),
    (
        Step("Scan", {"TableName": "Things", "Limit": 1}, label="page"),
        Step("Scan", {"TableName": "Things", "ExclusiveStartKey": {"$from": "page.LastEvaluatedKey"}}),
    ),
)


def test_python_is_called_only_for_what_needs_it() -> None:
    assert "python3" in as_curl(TAKING, 1)
    assert 'tee "$replies/reply-page"' in as_curl(TAKING, 1)
    # The first step alone takes nothing from anywhere.
    assert "python3" not in as_curl(TAKING, 0)
    assert "cursors=" in as_boto3(Scenario("s", "generated", (TABLE,), (PAGES,)), 0)


def test_the_cli_follows_pages_by_itself_where_it_adds_up_as_the_suite_does() -> None:
    text = as_aws_cli(Scenario("s", "generated", (TABLE,), (PAGES,)), 0)
    assert "--page-size 1" in text
    assert "--no-paginate" not in text
    charged = Step("Scan", {"TableName": "Things", "ReturnConsumedCapacity": "TOTAL"}, pages=True)
    assert "| pages DynamoDB_20120810.Scan" in as_aws_cli(Scenario("s", "generated", (TABLE,), (charged,)), 0)


def test_binaries_reach_the_wire_as_they_were() -> None:
    script = as_boto3(Scenario("s", "generated", (), (BINARIES,)), 0)
    assert "b'\\xff'" in script
    ((_, body),) = requests_sent_by(script)
    assert json.loads(body) == BINARIES.request


@pytest.mark.parametrize("raw", ['{"TableName": "Things", "Item": {"a": null, "a": 1}}', "\ud800 \0", ""])
def test_a_raw_body_goes_out_as_it_stands(raw: str) -> None:
    step = Step("PutItem", raw=raw)
    assert requests_sent_by(as_boto3(Scenario("s", "wire", (), (step,)), 0)) == [("PutItem", step.body())]


def test_boto3_adds_no_token_to_transactions() -> None:
    request = {"TransactItems": [{"Delete": {"TableName": "Things", "Key": {"pk": {"S": "a"}}}}]}
    ((_, body),) = requests_sent_by(as_boto3(Scenario("s", "wire", (), (Step("TransactWriteItems", request),)), 0))
    assert json.loads(body) == request


@settings(max_examples=5, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_the_boto3_script_sends_what_the_suite_sends(seed: int) -> None:
    for scenario in generate(scenarios(), seed=seed, count=2):
        sent = [
            (name, json.loads(body)) for name, body in requests_sent_by(as_boto3(scenario, len(scenario.steps) - 1))
        ]
        replies = {step.label: Reply(200, ANSWER) for step in scenario.steps}
        tables: list[tuple[str, Any]] = [("CreateTable", table) for table in scenario.tables]
        steps = [(step.operation, resolve(step.request, replies)) for step in scenario.steps]
        assert without_looks(sent) == without_looks(tables + steps)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("render", [as_aws_cli, as_curl])
def test_the_shell_lines_of_any_scenario_parse(render: Callable[[Scenario, int], str]) -> None:
    for scenario in generate(scenarios(), seed=3, count=25):
        text = render(scenario, len(scenario.steps) - 1)
        checked = subprocess.run(["sh", "-n"], check=False, input=text.encode(), capture_output=True)
        assert checked.returncode == 0, checked.stderr
        assert len(re.findall(r"^echo '--- ", text, re.MULTILINE)) == len(scenario.steps) + len(scenario.tables)
