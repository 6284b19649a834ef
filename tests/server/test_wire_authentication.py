"""The form of a signature: data-plane 1.3, row by row and in its order."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from reference_server.errors import DynamoDBError
from reference_server.wire.authentication import check

DATE = "20260101T000000Z"
SCOPE = "key/20260101/us-east-1/dynamodb/aws4_request"
QUERY = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": SCOPE,
    "X-Amz-Signature": "00",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Date": DATE,
}
INCOMPLETE = "IncompleteSignatureException"
INVALID = "InvalidSignatureException"
MISSING = "MissingAuthenticationTokenException"


def header(*, algorithm: str = "AWS4-HMAC-SHA256", credential: str = SCOPE, signed: str = "host;x-amz-date") -> str:
    return f"{algorithm} Credential={credential}, SignedHeaders={signed}, Signature=00"


def signed(authorization: str, **headers: str) -> dict[str, str]:
    return {"x-amz-date": DATE, "authorization": authorization} | headers


def path(parameters: Mapping[str, str]) -> str:
    return "/?" + urlencode(parameters)


@pytest.mark.parametrize(
    "authorization",
    [
        header(),
        header().replace(", ", ","),
        header(credential="None/20260101/None/dynamodb/aws4_request"),
        header(credential="/20260101//dynamodb/aws4_request"),
        header(signed="content-type;host;x-amz-date;x-amz-target"),
    ],
)
def test_whoever_has_the_form_right_is_let_in(authorization: str) -> None:
    check("/", signed(authorization))


def test_the_date_may_be_https_own() -> None:
    check("/", {"authorization": header(), "date": "Thu, 01 Jan 2026 00:00:00 GMT"})


def test_the_query_may_carry_the_signature() -> None:
    check(path(QUERY), {})


def text_of(path: str, headers: Mapping[str, str]) -> tuple[str, str | None]:
    with pytest.raises(DynamoDBError) as refusal:
        check(path, headers)
    return refusal.value.type_name, refusal.value.message


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "Bearer x"}])
def test_no_token(headers: Mapping[str, str]) -> None:
    assert text_of("/", headers) == (MISSING, "Request is missing Authentication Token")


def test_header_and_query() -> None:
    assert text_of(path(QUERY), signed(header())) == (
        INVALID,
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )


def test_an_incomplete_header_lists_all_that_it_lacks() -> None:
    assert text_of("/", {"authorization": "AWS4-HMAC-SHA256"}) == (
        INCOMPLETE,
        "Authorization header requires 'Credential' parameter. "
        "Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter. "
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        "Authorization=AWS4-HMAC-SHA256",
    )


def test_an_incomplete_header_with_braces_is_quoted_as_it_is() -> None:
    authorization = "AWS4-HMAC-SHA256 Credential={x}, Signature=00"
    assert text_of("/", signed(authorization)) == (
        INCOMPLETE,
        f"Authorization header requires 'SignedHeaders' parameter. Authorization={authorization}",
    )


def test_an_incomplete_query_lists_all_that_it_lacks() -> None:
    assert text_of(path({"X-Amz-Algorithm": "", "X-Amz-Date": DATE}), {}) == (
        INCOMPLETE,
        "AWS query-string parameters must include 'X-Amz-Algorithm'. "
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        "Re-examine the query-string parameters.",
    )


# Each row is wrong in what its number says and in everything of the rows below.
WORST = "a/b/c/d/e"
ROWS = [
    (
        "201",
        header(algorithm="AWS4-HMAC-SHA25", credential="a/b", signed="x"),
        INCOMPLETE,
        "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
    ),
    (
        DATE,
        header(algorithm="AWS4-HMAC-SHA25", credential="a/b", signed="x"),
        INVALID,
        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    (
        DATE,
        header(algorithm="AWS4-HMAC-SHA25", credential="a/b"),
        INCOMPLETE,
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
    ),
    (
        DATE,
        header(credential="a/b/c/d"),
        INCOMPLETE,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
    ),
    (
        DATE,
        header(credential=WORST),
        INVALID,
        "Credential should be scoped to correct service: 'dynamodb'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. "
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'b' != '20260101', from '20260101T000000Z'.",
    ),
    (
        DATE,
        header(credential=SCOPE.replace("aws4_request", "e")),
        INVALID,
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'.",
    ),
]


@pytest.mark.parametrize(("date", "authorization", "kind", "text"), ROWS)
def test_the_form_is_checked_in_order(date: str, authorization: str, kind: str, text: str) -> None:
    assert text_of("/", {"x-amz-date": date, "authorization": authorization}) == (kind, text)
