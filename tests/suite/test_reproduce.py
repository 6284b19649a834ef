"""What a person is given to run: it runs, and sends what the suite sent."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.reproduce import as_aws_cli, as_boto3
from conformance.scenario import JSONObject, Scenario, Step
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


def bodies_sent_by(script: str) -> list[JSONObject]:
    """Run a boto3 script without a server: the bodies of its requests, in order."""
    from botocore.awsrequest import AWSResponse

    sent: list[JSONObject] = []

    class Raw:
        def __init__(self, content: bytes) -> None:
            self.content = content

        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.content

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(json.loads(request.body))
        return AWSResponse(request.url, 200, {}, Raw(b'{"Table": {"TableStatus": "ACTIVE"}}'))

    plain = boto3.client

    def client(*arguments: Any, **options: Any) -> Any:
        made = plain(*arguments, **options)
        made.meta.events.register("before-send.dynamodb", answer)
        return made

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(boto3, "client", client)
        for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "us-east-1")
        exec(compile(script, "reproduce.py", "exec"), {})
    return sent


def test_the_boto3_script_runs_against_a_server(endpoint: dict[str, str]) -> None:
    script = as_boto3(SAMPLE, 4)
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env=endpoint, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert '"größe"' in done.stdout
    assert "TableStatus" in done.stdout
    assert '"Count": 1' in done.stdout
    # The null went out, and was refused.
    assert "Exception" in done.stdout


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
    assert "# The one that diverges.\naws dynamodb scan" in text
    assert "delete-table" not in text


def test_what_the_cli_refuses_to_send_is_sent_with_curl() -> None:
    steps = (
        Step("PutItem", {"TableName": "Things"}),
        Step("PutItem", {"TableName": "Things", "Item": {"pk": {"S": 5}}}),
        Step("Scan", {"TableName": "Things", "Limit": 0}),
        Step("Scan", {"TableName": "", "Unknown": 1}),
        Step("PutItem", raw="{not json"),
        Step("ListTables", headers={"authorization": None}),
    )
    text = as_aws_cli(Scenario("s", "wire", (), steps), len(steps) - 1)
    assert text.count("\ncurl ") == len(steps)
    assert "aws dynamodb" not in text
    assert "--data-binary '{not json'" in text
    assert text.count("--aws-sigv4") == len(steps) - 1


def test_binaries_reach_the_wire_as_they_were() -> None:
    script = as_boto3(Scenario("s", "generated", (), (BINARIES,)), 0)
    assert "b'\\xff'" in script
    assert bodies_sent_by(script) == [BINARIES.request]


def test_a_raw_body_goes_out_as_it_stands() -> None:
    step = Step("PutItem", raw='{"TableName": "Things", "Item": {"a": null, "a": 1}}')
    assert bodies_sent_by(as_boto3(Scenario("s", "wire", (), (step,)), 0)) == [json.loads(step.raw or "")]


@settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_the_boto3_script_sends_what_the_suite_sends(seed: int) -> None:
    for scenario in generate(scenarios(), seed=seed, count=2):
        sent = bodies_sent_by(as_boto3(scenario, len(scenario.steps) - 1))
        described = [body for body in sent if body.keys() == {"TableName"}]
        expected = [*scenario.tables, *(step.request for step in scenario.steps)]
        waited = len(scenario.tables)
        assert len(sent) == len(expected) + waited, described
        without_waiting = [body for at, body in enumerate(sent) if not (at < 2 * waited and at % 2)]
        assert without_waiting == expected


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_the_shell_lines_of_any_scenario_parse() -> None:
    for scenario in generate(scenarios(), seed=3, count=25):
        text = as_aws_cli(scenario, len(scenario.steps) - 1)
        checked = subprocess.run(["sh", "-n"], check=False, input=text.encode(), capture_output=True)
        assert checked.returncode == 0, checked.stderr
        assert len(re.findall(r"^(?:aws dynamodb (?!wait)|curl)", text, re.MULTILINE)) == len(scenario.steps) + len(
            scenario.tables
        )
