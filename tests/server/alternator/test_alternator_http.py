"""Alternator over HTTP: dossier 1 and 2; `http-*` are recorded requests."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import ReferenceServer, limits
from reference_server.alternator import json_text
from reference_server.errors import DynamoDBError
from reference_server.wire.replies import Response

Headers = dict[str, str]


@pytest.fixture
def server() -> ReferenceServer:
    return ReferenceServer(dialect="alternator-6.2")


@pytest.fixture
def later() -> ReferenceServer:
    return ReferenceServer(dialect="alternator-2026")


def post(server: ReferenceServer, body: bytes = b"{}", *, target: str = "D.ListTables", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.handle("POST", "/", {"host": "node:8000", "x-amz-target": target, **named}, body)


def message(response: Response) -> str:
    body = json.loads(response.body)
    assert body["__type"].startswith("com.amazonaws.dynamodb.v20120810#")
    text: str = body["message"]
    return text


# --- paths and methods ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/", b"healthy: node:8000", "text/plain"),  # http-get-root
        ("/localnodes", b'["node"]', "application/json"),  # http-get-localnodes
        ("/localnodes?dc=nowhere", b'["node"]', "application/json"),  # http-get-localnodes-dc
    ],
)
def test_what_is_got(server: ReferenceServer, path: str, body: bytes, content_type: str) -> None:
    response = server.handle("GET", path, {"host": "node:8000"}, b"")
    assert (response.status, response.body) == (200, body)
    assert response.headers == {"Content-Type": content_type, "Server": "Seastar httpd"}


@pytest.mark.parametrize(
    ("query", "nodes"),
    [("", ["node"]), ("dc=nowhere", []), ("dc=datacenter1", ["node"]), ("dc=datacenter1&rack=nowhere", [])],
)
def test_nodes_are_selected_later(later: ReferenceServer, query: str, nodes: list[str]) -> None:
    response = later.handle("GET", f"/localnodes?{query}", {"host": "node:8000"}, b"")
    assert json.loads(response.body) == nodes
    assert "Server" not in response.headers


@pytest.mark.parametrize(("method", "path"), [("PUT", "/"), ("GET", "/x"), ("POST", "/x")])
def test_there_is_nothing_else(server: ReferenceServer, method: str, path: str) -> None:
    response = server.handle(method, path, {}, b"{}")  # http-put-method, http-get-other-path, http-post-other-path
    assert (response.status, json.loads(response.body)) == (404, {"message": "Not found", "code": 404})


def test_a_browser_may_ask(server: ReferenceServer) -> None:
    exposed = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
    }
    preflight = server.handle("OPTIONS", "/", {"origin": "http://example.com"}, b"")  # http-options
    allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "7200"}
    assert preflight.headers.items() >= (exposed | allowed).items()
    assert post(server, origin="http://example.com").headers.items() >= exposed.items()  # http-cors-post
    assert not post(server).headers.keys() & exposed.keys()


# --- what is asked for ------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["Foo_1.ListTables", "DynamoDB_20111205.ListTables", ".ListTables"])
def test_only_what_is_behind_the_dot_counts(server: ReferenceServer, target: str) -> None:
    response = post(server, target=target, content_type="text/plain")  # http-target-wrong-prefix
    assert json.loads(response.body) == {"TableNames": []}
    assert response.headers["Content-Type"] == "application/x-amz-json-1.0"


@pytest.mark.parametrize(
    ("target", "operation"),
    [
        ("", ""),  # http-no-target
        ("ListTables", ""),  # http-target-no-dot
        ("D.Frobnicate", "Frobnicate"),
        ("D.listTables", "listTables"),
        ("D.TransactWriteItems", "TransactWriteItems"),
        ("D.ExecuteStatement", "ExecuteStatement"),
        ("D.DescribeLimits", "DescribeLimits"),
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"{"])  # http-unknown-op-bad-json
def test_operations_that_are_not_known(server: ReferenceServer, target: str, operation: str, body: bytes) -> None:
    response = post(server, body, target=target)
    assert message(response) == f"Unsupported operation {operation}"
    assert b"UnknownOperationException" in response.body


def test_a_client_is_told_to_come_back(server: ReferenceServer) -> None:
    response = post(server, target="D.DescribeEndpoints")  # http-describe-endpoints
    assert json.loads(response.body) == {"Endpoints": [{"Address": "node:8000", "CachePeriodInMinutes": 1440}]}
    missing = post(server, target="D.DescribeEndpoints", host="")
    assert message(missing) == "DescribeEndpoints needs a 'Host:' header in request"


# --- JSON -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The document is empty."),
        (b"not json", "Invalid value."),
        (b'{"Limit": 1', "Missing a comma or '}' after an object member."),
        (b'{"Limit": 1} x', "The document root must not be followed by other values."),
        (b'{"Limit": 1,}', "Missing a name for object member."),
        (b'{/* c */"Limit": 1}', "Missing a name for object member."),
        (b'{"Limit": NaN}', "Invalid value."),
        (b"\xef\xbb\xbf{}", "Invalid value."),
        (gzip.compress(b"{}", mtime=0), "Invalid value."),
        # Not recorded, from what rapidjson says:
        (b'{"a": "\xff"}', "Invalid encoding in string."),
        (b'{"a": "\\ud800"}', "The surrogate pair in string is invalid."),
        (b'{"a": 1e999}', "Number too big to be stored in double."),
    ],
)
def test_what_is_no_json(server: ReferenceServer, body: bytes, reason: str) -> None:
    response = post(server, body)
    assert response.status == 400
    assert message(response).startswith(f"Parsing JSON failed: {reason} at ")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null"])  # http-array-body, http-string-body, http-null-body
def test_a_request_is_an_object(server: ReferenceServer, later: ReferenceServer, body: bytes) -> None:
    assert message(post(server, body)) == "JSON assert failed on condition 'IsObject()', at: 0x0"
    assert message(post(later, body)) == "Request content must be an object"


def test_the_first_of_two_members_counts(server: ReferenceServer) -> None:
    assert message(post(server, b'{"Limit": 0, "Limit": 1}')).startswith("Limit must be")  # http-duplicate-member


@pytest.mark.parametrize(
    ("text", "content"),
    [("1", 1), (f"{2**64 - 1}", 2**64 - 1), (f"-{2**63}", -(2**63)), (f"{2**64}", 2.0**64), ("1" * 300, 1.1111e299)],
)
def test_an_integer_has_64_bits(text: str, content: float) -> None:
    read = json_text.read(text.encode())
    assert type(read) is type(content)
    assert read == pytest.approx(content, rel=1e-4)


@given(st.binary() | st.text().map(str.encode))
def test_whatever_comes_is_json_or_refused(body: bytes) -> None:
    try:
        content = json_text.read(body)
    except DynamoDBError:
        return
    assert json.loads(body) == content


# --- size and compression ---------------------------------------------------------------------------------


def test_a_body_too_large(server: ReferenceServer, later: ReferenceServer) -> None:
    body = b" " * (limits.REQUEST_BYTES + 1)
    response = post(server, body, content_length="17000069")
    assert (response.status, response.body) == (413, b"Content length limit (16777216) exceeded: 17000069")
    assert response.headers["Content-Type"] == "text/plain"
    for response in (post(later, body), post(later, gzip.compress(body, mtime=0), content_encoding="gzip")):
        assert response.status == 413
        assert message(response) == "Request content length limit of 16777216 bytes exceeded"
        assert b"#PayloadTooLarge" in response.body


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", gzip.compress(b"{}", mtime=0)), ("deflate", zlib.compress(b"{}"))]
)
def test_requests_are_inflated_later(
    server: ReferenceServer, later: ReferenceServer, encoding: str, body: bytes
) -> None:
    assert post(server, body, content_encoding=encoding).status == 400  # http-gzip-request, http-deflate-request
    assert json.loads(post(later, body, content_encoding=encoding).body) == {"TableNames": []}
    assert message(post(later, b"no", content_encoding=encoding)).startswith("Parsing JSON failed")


def test_an_encoding_that_is_not_known(server: ReferenceServer, later: ReferenceServer) -> None:
    assert post(server, content_encoding="zstd").status == 200  # http-bad-encoding
    response = post(later, content_encoding="zstd")
    assert (response.status, message(response)) == (500, "Unsupported Content-Encoding")


def with_long_names(server: ReferenceServer) -> None:
    for number in range(40):
        body: dict[str, Any] = {
            "TableName": f"t{number}".ljust(190, "x"),
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        assert post(server, json.dumps(body).encode(), target="D.CreateTable").status == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("deflate, gzip", "gzip"),
        ("gzip;q=0.5, deflate;q=0.7", "deflate"),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("identity", None),
        ("", None),
    ],
)
def test_long_replies_are_compressed_later(
    server: ReferenceServer, later: ReferenceServer, accepted: str, encoding: str | None
) -> None:
    for one in (server, later):
        with_long_names(one)
    assert "Content-Encoding" not in post(server, accept_encoding=accepted).headers
    response = post(later, accept_encoding=accepted)
    assert response.headers.get("Content-Encoding") == encoding
    inflated = zlib.decompress(response.body, wbits=47) if encoding else response.body
    assert len(json.loads(inflated)["TableNames"]) == 40
    short = post(later, b'{"Limit": 1}', accept_encoding=accepted)
    assert "Content-Encoding" not in short.headers
