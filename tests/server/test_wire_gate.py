"""What is answered before a request is an operation, and in which order (data-plane 1.1, 1.2, 1.4, 1.5)."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import ReferenceServer, limits
from reference_server.errors import InternalServerError
from reference_server.wire.replies import Response

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=00"
)
HEADERS = {
    "host": "localhost",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
    "x-amz-date": "20260101T000000Z",
    "authorization": AUTHORIZATION,
}
SERIALIZATION = {"__type": "com.amazon.coral.service#SerializationException"}
UNKNOWN = {"__type": "com.amazon.coral.service#UnknownOperationException"}
UNSIGNED = {
    "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
    "message": "Request is missing Authentication Token",
}


def list_no_tables(_catalogue: object, _request: object) -> dict[str, Any]:
    return {"TableNames": []}


def fail(_catalogue: object, _request: object) -> dict[str, Any]:
    raise ZeroDivisionError


SERVER = ReferenceServer(
    operations={"ListTables": list_no_tables, "ListStreams": list_no_tables, "DescribeLimits": fail}
)


def send(
    body: bytes = b"{}",
    *,
    method: str = "POST",
    path: str = "/",
    headers: Mapping[str, str | None] | None = None,
) -> Response:
    """A good request, but for what is given; a header that is None is left out."""
    given = {name: value for name, value in {**HEADERS, **(headers or {})}.items() if value is not None}
    return SERVER.handle(method, path, given, body)


def refused(response: Response) -> Any:
    assert response.status == 400
    return json.loads(response.body)


def assert_not_found(response: Response) -> None:
    assert response.status == 404
    assert response.body == b"<UnknownOperationException/>\n"
    assert response.headers["x-amz-crc32"] == "3552371480"
    assert "Content-Type" not in response.headers


def test_a_good_request_is_answered() -> None:
    response = send()
    assert response.status == 200
    assert response.body == b'{"TableNames":[]}'
    assert response.headers["Server"] == "Server"
    assert response.headers["x-amz-crc32"] == str(zlib.crc32(response.body))
    request_id = response.headers["x-amzn-RequestId"]
    assert len(request_id) == 52
    assert request_id.isascii()
    assert request_id == request_id.upper()
    assert request_id.isalnum()
    assert send().headers["x-amzn-RequestId"] != request_id


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("application/x-amz-json-1.0", "application/x-amz-json-1.0"),
        ("application/x-amz-json-1.0; charset=utf-8", "application/x-amz-json-1.0"),
        ("application/json", "application/json"),
        ("Application/JSON;charset=UTF-8", "application/json"),
    ],
)
def test_the_content_type_is_echoed(sent: str, answered: str) -> None:
    assert send(headers={"content-type": sent}).headers["Content-Type"] == answered
    error = send(b"", headers={"content-type": sent})
    assert error.headers["Content-Type"] == answered


@pytest.mark.parametrize("sent", ["application/x-amz-json-1.1", "application/cbor", "text/plain", "", None])
def test_another_content_type_is_not_found(sent: str | None) -> None:
    assert_not_found(send(headers={"content-type": sent}))


def test_without_a_body_the_content_type_does_not_matter() -> None:
    response = send(b"", headers={"content-type": None})
    assert refused(response) == SERIALIZATION
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_another_method_is_not_found(method: str) -> None:
    assert_not_found(send(method=method))


def test_another_path_is_not_found() -> None:
    assert_not_found(send(path="/x"))
    assert_not_found(send(method="GET", path="/localnodes"))


@pytest.mark.parametrize("path", ["/", "/ping", "/?a=b"])
def test_health(path: str) -> None:
    response = SERVER.handle("GET", path, {}, b"")
    assert response.status == 200
    assert response.body == b"healthy: dynamodb.us-east-1.amazonaws.com "
    assert response.headers["x-amz-crc32"] == "3128867991"
    assert "Content-Type" not in response.headers


def test_preflight() -> None:
    response = SERVER.handle(
        "OPTIONS",
        "/",
        {
            "origin": "http://example.com",
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-amz-target",
        },
        b"",
    )
    assert response.status == 200
    assert response.body == b""
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Max-Age"] == "172800"
    assert response.headers["Access-Control-Allow-Methods"] == "POST"
    assert response.headers["Access-Control-Allow-Headers"] == "x-amz-target"


@pytest.mark.parametrize("request_", [{}, {"body": b""}, {"method": "GET"}, {"method": "PUT"}])
def test_any_answer_to_another_origin_may_be_read(request_: dict[str, Any]) -> None:
    assert send(**request_, headers={"origin": "null"}).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in send(**request_).headers


def test_the_largest_body_and_one_byte_more() -> None:
    body = b"{}".ljust(limits.REQUEST_BYTES)
    assert send(body).status == 200
    response = send(body + b" ")
    assert response.status == 413
    assert response.body == b""


def test_a_compressed_body() -> None:
    headers = {"content-encoding": "gzip"}
    assert send(gzip.compress(b"{}"), headers=headers).status == 200
    assert refused(send(gzip.compress(b"{}")[:-4], headers=headers)) == SERIALIZATION
    assert send(gzip.compress(b" " * (limits.REQUEST_BYTES + 1)), headers=headers).status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"Limit": 1',
        b'{"Limit": 1} x',
        b'{"Limit": 1,}',
        b'{"Limit": NaN}',
        b"\xff",
        b'{"a":"\xff"}',
    ],
)
@pytest.mark.parametrize(
    "headers", [{}, {"x-amz-target": None}, {"authorization": None}], ids=["good", "no target", "unsigned"]
)
def test_malformed_json_is_refused_before_target_and_authentication(
    body: bytes, headers: Mapping[str, str | None]
) -> None:
    assert refused(send(body, headers=headers)) == SERIALIZATION


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "ListTables",
        "Foo_1.ListTables",
        "DynamoDB_20111205.ListTables",
        "DynamoDB_20120810.Frobnicate",
        "DynamoDB_20120810.listTables",
        "DynamoDB_20120810.ListStreams",
        "DynamoDBStreams_20120810.ListTables",
        "DynamoDB_20120810.CreateBackup",  # of the model, not served by this server
    ],
)
def test_an_unknown_target_is_refused_before_authentication(target: str | None) -> None:
    assert refused(send(headers={"x-amz-target": target})) == UNKNOWN
    assert refused(send(headers={"x-amz-target": target, "authorization": None})) == UNKNOWN


def test_authentication_is_refused_before_the_request_is_read() -> None:
    assert refused(send(b'{"Limit": "many"}', headers={"authorization": None})) == UNSIGNED


def test_a_fault_of_the_server_is_an_internal_server_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "reference_server"):
        response = send(headers={"x-amz-target": "DynamoDB_20120810.DescribeLimits"})
    assert response.status == InternalServerError.status == 500
    assert json.loads(response.body) == {
        "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
        "message": "Internal server error",
    }
    assert "ZeroDivisionError" in caplog.text


NAMES = st.sampled_from([*HEADERS, "origin", "content-encoding", "date"])
VALUES = st.one_of(st.sampled_from([*HEADERS.values(), "gzip", ""]), st.text(max_size=30))


@given(
    method=st.sampled_from(["POST", "GET", "OPTIONS", "HEAD", "X"]),
    path=st.one_of(st.sampled_from(["/", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", "/?%zz=&&="]), st.text(max_size=20)),
    headers=st.dictionaries(NAMES, VALUES),
    complete=st.booleans(),
    body=st.one_of(st.sampled_from([b"{}", b"[]", b"1", b"null", b'"x"']), st.binary(max_size=40)),
)
def test_whatever_comes_is_answered_and_is_never_the_servers_fault(
    method: str, path: str, headers: dict[str, str], complete: bool, body: bytes
) -> None:
    response = SERVER.handle(method, path, {**HEADERS, **headers} if complete else headers, body)
    assert 200 <= response.status < 500
    assert response.headers["x-amz-crc32"] == str(zlib.crc32(response.body))
