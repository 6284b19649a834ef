"""`in_process`: which requests it takes, and that it leaves no trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from reference_server import in_process

ENVIRONMENT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


class Outside:
    """In place of the network: answers everything with `{}` and remembers where it went."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def send(self, request: Any) -> AWSResponse:
        self.hosts.append(request.url.split("/")[2])
        return AWSResponse(request.url, 200, HTTPHeaders(), self)

    def stream(self) -> Iterator[bytes]:
        yield b"{}"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """No test of this module reaches the network, an account or another test's default session."""
    outside = Outside()

    def send(_session: URLLib3Session, request: Any) -> AWSResponse:
        return outside.send(request)

    monkeypatch.setattr(URLLib3Session, "send", send)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in [*ENVIRONMENT, "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"]:
        monkeypatch.delenv(name, raising=False)
    return outside


def client(service: str = "dynamodb", **arguments: Any) -> Any:
    """A client of nobody's making but the test's."""
    return boto3.session.Session().client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
        config=Config(retries={"max_attempts": 0}),
        **arguments,
    )


def create(client: Any, name: str) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def names(client: Any) -> list[str]:
    tables: list[str] = client.list_tables()["TableNames"]
    return tables


def test_a_client_and_a_resource() -> None:
    with in_process() as dynamodb:
        create(dynamodb.client(), "Aaa")
        table = dynamodb.resource().Table("Aaa")
        table.put_item(Item={"pk": "k", "n": 1})
        assert table.get_item(Key={"pk": "k"})["Item"] == {"pk": "k", "n": 1}


def test_errors_are_botocores() -> None:
    with in_process() as dynamodb, pytest.raises(ClientError) as error:
        dynamodb.client().get_item(TableName="none", Key={"pk": {"S": "k"}})
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(error.value.response["ResponseMetadata"]["RequestId"]) == 52


def test_any_client_is_answered_whenever_and_with_whatever_it_was_made(outside: Outside) -> None:
    before = client()
    elsewhere = client(endpoint_url="http://localhost:1")
    with in_process(shared=True) as dynamodb:
        create(before, "Aaa")
        assert [names(each) for each in (before, elsewhere, client(), dynamodb.client())] == [["Aaa"]] * 4
        assert names(boto3.client("dynamodb")) == ["Aaa"]
        assert [table.name for table in boto3.resource("dynamodb").tables.all()] == ["Aaa"]
    assert outside.hosts == []


def test_any_thread_is_answered(outside: Outside) -> None:
    with in_process() as dynamodb:
        threads = [Thread(target=create, args=(dynamodb.client(), f"T-{number}")) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert names(dynamodb.client()) == [f"T-{number}" for number in range(8)]
    assert outside.hosts == []


def test_other_services_are_let_through(outside: Outside) -> None:
    with in_process():
        client("sqs").list_queues()
    assert outside.hosts == ["sqs.eu-west-1.amazonaws.com"]


def test_outside_everything_is_as_it_was(outside: Outside) -> None:
    send = URLLib3Session.send
    survivor = client()
    environment = dict(os.environ)

    def leave_in_a_hurry() -> None:
        with in_process():
            assert URLLib3Session.send is not send
            assert os.environ["AWS_ACCESS_KEY_ID"]
            boto3.client("dynamodb")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        leave_in_a_hurry()
    assert URLLib3Session.send is send
    assert dict(os.environ) == environment
    assert boto3.DEFAULT_SESSION is None
    survivor.describe_limits()
    assert outside.hosts == ["dynamodb.eu-west-1.amazonaws.com"]


def test_what_the_environment_says_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "mine")
    with in_process():
        assert [os.environ[name] for name in ENVIRONMENT] == ["mine"] * 3
    assert [os.environ[name] for name in ENVIRONMENT] == ["mine"] * 3


def test_the_innermost_answers() -> None:
    asked = client()
    with in_process():
        create(asked, "outer")
        with in_process() as inner:
            assert names(asked) == []
            create(inner.client(), "inner")
        assert names(asked) == ["outer"]


def test_each_time_it_is_empty() -> None:
    dynamodb = in_process()
    for _ in range(2):
        with dynamodb:
            assert names(dynamodb.client()) == []
            create(dynamodb.client(), "Aaa")


def test_it_cannot_be_entered_while_it_is_entered() -> None:
    with in_process() as dynamodb:
        with pytest.raises(RuntimeError, match="entered already"), dynamodb:
            pass
        assert names(dynamodb.client()) == []


@in_process()
def make(name: str) -> list[str]:
    """What a decorated function sees."""
    create(boto3.client("dynamodb"), name)
    return names(boto3.client("dynamodb"))


def test_as_a_decorator() -> None:
    assert make("A-1") == ["A-1"]
    assert make(name="A-2") == ["A-2"]
    assert make.__doc__ == "What a decorated function sees."


def test_what_it_cannot_decorate() -> None:
    async def coroutine() -> None: ...

    def generator() -> Iterator[None]:
        yield

    for wrong in (coroutine, generator, Outside):
        with pytest.raises(TypeError, match="plain functions"):
            in_process()(wrong)


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ImportError, match=r"dynamodb-touchstone\[boto3\]"), in_process():
        pass


def test_the_fixture(dynamodb_reference: in_process) -> None:
    assert names(dynamodb_reference.client()) == []
    create(boto3.client("dynamodb"), "Aaa")
    assert names(dynamodb_reference.client()) == ["Aaa"]


def test_the_fixture_again(dynamodb_reference: in_process) -> None:
    assert names(dynamodb_reference.client()) == []
