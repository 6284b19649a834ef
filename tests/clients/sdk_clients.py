"""Three clients behind one interface: boto3, the AWS CLI and the JavaScript SDK, so that one walk is for all of them.

The CLI and JavaScript have a process each, which takes one request a line and answers with one line
(`aws_cli_driver.py`, `javascript_driver.mjs`): starting `aws` takes half a second, and there are hundreds of calls.
"""

from __future__ import annotations

import json
import os
import subprocess
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

REGION: Final = "us-east-1"
STREAMS_OPERATIONS: Final = frozenset({"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"})

# What waiters of an SDK wait between two looks, in seconds, where it can be said: half a minute is the default.
PAUSE: Final = 0.1


class Refused(Exception):  # noqa: N818
    """The server refused. `name` is the error's."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Client(Protocol):
    """One client with the credentials of one account."""

    waiters: frozenset[str]
    paginators: frozenset[str]

    @abstractmethod
    def ask(self, operation: str, request: Mapping[str, Any], region: str) -> dict[str, Any]:
        """One request, one reply. Raises Refused."""

    @abstractmethod
    def wait(self, waiter: str, request: Mapping[str, Any], region: str) -> None:
        """Until the client's own waiter is content."""

    @abstractmethod
    def pages(self, operation: str, member: str, request: Mapping[str, Any], size: int | None) -> list[Any]:
        """All elements of a member, gathered by the client's own paginator; `size` is that of a page, if it has one."""


class Boto3:
    def __init__(self, endpoint: str, account: str) -> None:
        self._options: dict[str, Any] = {
            "endpoint_url": endpoint,
            "aws_access_key_id": account,
            "aws_secret_access_key": "any",
        }
        self._clients: dict[tuple[str, str], Any] = {}
        dynamodb = self._client("ListTables", REGION)
        self.waiters = frozenset(dynamodb._get_waiter_config()["waiters"])
        self.paginators = frozenset(
            name for name in dynamodb.meta.service_model.operation_names if dynamodb.can_paginate(xform_name(name))
        )

    def _client(self, operation: str, region: str) -> Any:
        service = "dynamodbstreams" if operation in STREAMS_OPERATIONS else "dynamodb"
        if (service, region) not in self._clients:
            make: Any = boto3.client
            self._clients[service, region] = make(service, region_name=region, **self._options)
        return self._clients[service, region]

    def ask(self, operation: str, request: Mapping[str, Any], region: str) -> dict[str, Any]:
        try:
            reply: dict[str, Any] = getattr(self._client(operation, region), xform_name(operation))(**request)
        except ClientError as error:
            raise Refused(error.response["Error"]["Code"]) from None
        return reply

    def wait(self, waiter: str, request: Mapping[str, Any], region: str) -> None:
        configuration = {"Delay": PAUSE, "MaxAttempts": 200}
        self._client(waiter, region).get_waiter(xform_name(waiter)).wait(**request, WaiterConfig=configuration)

    def pages(self, operation: str, member: str, request: Mapping[str, Any], size: int | None) -> list[Any]:
        paginator = self._client(operation, REGION).get_paginator(xform_name(operation))
        pages = list(paginator.paginate(**request, PaginationConfig={} if size is None else {"PageSize": size}))
        return [element for page in pages for element in page[member]]


class Driver:
    """A process that answers a line of JSON with a line of JSON."""

    def __init__(self, command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=directory, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the driver has ended with status {self._process.wait()}"
        return json.loads(line)

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def environment_without_aws() -> dict[str, str]:
    """What there is around, but for what configures clients of AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


class AwsCli:
    """Requests go as `--cli-input-json`; how the CLI's own notations arrive, `test_aws_cli.py` says."""

    def __init__(self, driver: Driver, endpoint: str, account: str) -> None:
        self._driver = driver
        self._environment = {
            "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "any", "AWS_ENDPOINT_URL": endpoint,
        }  # fmt: skip
        models = Boto3(endpoint, account)  # it has botocore's, as boto3
        self.waiters, self.paginators = models.waiters, models.paginators

    def run(self, *words: str, region: str = REGION) -> dict[str, Any]:
        """The status it exits with, and what it prints: `status`, `out`, `err`."""
        arguments = ["--region", region, "--output", "json", *words]
        ran: dict[str, Any] = self._driver.ask(arguments=arguments, environment=self._environment)
        return ran

    def _run(self, *words: str, region: str) -> dict[str, Any]:
        ran = self.run(*words, region=region)
        if ran["status"] != 0:
            _, bracket, rest = ran["err"].partition("An error occurred (")
            assert bracket, ran
            raise Refused(rest.partition(")")[0])
        reply: dict[str, Any] = json.loads(ran["out"]) if ran["out"].strip() else {}
        return reply

    def ask(self, operation: str, request: Mapping[str, Any], region: str) -> dict[str, Any]:
        service = "dynamodbstreams" if operation in STREAMS_OPERATIONS else "dynamodb"
        command = xform_name(operation, "-")
        paging = ["--no-paginate"] if operation in self.paginators else []
        return self._run(service, command, *paging, "--cli-input-json", json.dumps(request), region=region)

    def wait(self, waiter: str, request: Mapping[str, Any], region: str) -> None:
        command = xform_name(waiter, "-")
        self._run("dynamodb", "wait", command, "--cli-input-json", json.dumps(request), region=region)

    def pages(self, operation: str, member: str, request: Mapping[str, Any], size: int | None) -> list[Any]:
        words = [xform_name(operation, "-"), "--cli-input-json", json.dumps(request)]
        sized = [] if size is None else ["--page-size", str(size)]
        gathered: list[Any] = self._run("dynamodb", *words, *sized, region=REGION)[member]
        return gathered


class JavaScript:
    def __init__(self, driver: Driver, endpoint: str, account: str) -> None:
        self._driver = driver
        self._client = {"endpoint": endpoint, "account": account}
        names = driver.ask(action="names", **self._client, region=REGION)
        self.waiters, self.paginators = frozenset(names["waiters"]), frozenset(names["paginators"])

    def _ask(self, action: str, region: str, **request: Any) -> Any:
        answer = self._driver.ask(action=action, **self._client, region=region, **request)
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "failed" not in answer, answer["failed"]
        return answer["reply"]

    def ask(self, operation: str, request: Mapping[str, Any], region: str) -> dict[str, Any]:
        reply: dict[str, Any] = self._ask("ask", region, name=operation, request=request)
        return reply

    def wait(self, waiter: str, request: Mapping[str, Any], region: str) -> None:
        self._ask("wait", region, name=waiter, request=request, pause=PAUSE)

    def pages(self, operation: str, member: str, request: Mapping[str, Any], size: int | None) -> list[Any]:
        pages = self._ask("pages", REGION, name=operation, request=request, size=size)
        return [element for page in pages for element in page[member]]
