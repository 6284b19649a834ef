"""Is a request signed, by its form? The checks of data-plane 1.3, in its order.

Whoever has the form right is let in: any access key, any secret, any region. So none of the checks that need
to know a secret or an account is made (unknown key, wrong signature). Two more are left out on purpose: the
region of the scope, since clients of other implementations send names such as `None`; and the age of the
signature, since a recording must be replayable a year later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from reference_server import messages
from reference_server.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)

SCHEME: Final = "AWS4-"
ALGORITHM: Final = "AWS4-HMAC-SHA256"
SERVICE: Final = "dynamodb"
TERMINATOR: Final = "aws4_request"

HEADER_PARAMETERS: Final = ("Credential", "Signature", "SignedHeaders")
QUERY_PARAMETERS: Final = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
)

_BASIC_FORMAT: Final = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class Authentication(NamedTuple):
    """A signature's parts, wherever they stood. `date` is None when only HTTP's own `Date` header gives it."""

    algorithm: str
    credential: str
    signed_headers: str
    date: str | None


class Scope(NamedTuple):
    """Who signs, and for which region."""

    access_key: str
    region: str


def check(path: str, headers: Mapping[str, str]) -> Scope:
    """The credential scope of a request. Raises what DynamoDB says where the form of the signature is wrong."""
    header = headers.get("authorization", "").strip()
    query = dict(parse_qsl(path.partition("?")[2], keep_blank_values=True)) if "?" in path else {}
    in_query = "X-Amz-Algorithm" in query
    if header:
        if not header.startswith(SCHEME):
            raise MissingAuthenticationTokenException(messages.AUTHENTICATION_MISSING)
        if in_query:
            raise InvalidSignatureException(messages.AUTHENTICATION_TWICE)
        return _check_form(_from_header(header, headers))
    if in_query:
        return _check_form(_from_query(query))
    raise MissingAuthenticationTokenException(messages.AUTHENTICATION_MISSING)


def _from_header(header: str, headers: Mapping[str, str]) -> Authentication:
    algorithm, *parameters = header.replace(",", " ").split()
    given = dict([parameter.partition("=")[::2] for parameter in parameters])
    missing = [
        messages.AUTHENTICATION_HEADER_REQUIRES.format(parameter=parameter)
        for parameter in HEADER_PARAMETERS
        if not given.get(parameter)
    ]
    date = headers.get("x-amz-date")
    if not date and not headers.get("date"):
        missing.append(messages.AUTHENTICATION_HEADER_REQUIRES_DATE)
    if missing:
        raise IncompleteSignatureException(
            messages.AUTHENTICATION_HEADER_INCOMPLETE, missing="".join(missing), header=header
        )
    return Authentication(algorithm, given["Credential"], given["SignedHeaders"], date or None)


def _from_query(query: Mapping[str, str]) -> Authentication:
    missing = [
        messages.AUTHENTICATION_QUERY_REQUIRES.format(parameter=parameter)
        for parameter in QUERY_PARAMETERS
        if not query.get(parameter)
    ]
    if missing:
        raise IncompleteSignatureException(messages.AUTHENTICATION_QUERY_INCOMPLETE, missing="".join(missing))
    return Authentication(
        query["X-Amz-Algorithm"], query["X-Amz-Credential"], query["X-Amz-SignedHeaders"], query["X-Amz-Date"]
    )


def _check_form(authentication: Authentication) -> Scope:
    algorithm, credential, signed_headers, date = authentication
    if date is not None and not _BASIC_FORMAT.fullmatch(date):
        raise IncompleteSignatureException(messages.AUTHENTICATION_DATE_MALFORMED, date=date)
    if "host" not in signed_headers.lower().split(";"):
        raise InvalidSignatureException(messages.AUTHENTICATION_HOST_UNSIGNED)
    if algorithm != ALGORITHM:
        raise IncompleteSignatureException(messages.AUTHENTICATION_ALGORITHM, algorithm=algorithm)
    scope = credential.split("/")
    if len(scope) != 5:
        raise IncompleteSignatureException(messages.AUTHENTICATION_CREDENTIAL, credential=credential)
    access_key, scope_date, region, service, terminator = scope
    sentences = []
    if service != SERVICE:
        sentences.append(messages.AUTHENTICATION_SCOPE_SERVICE)
    if terminator != TERMINATOR:
        sentences.append(messages.AUTHENTICATION_SCOPE_TERMINATOR.format(terminator=terminator))
    if date is not None and scope_date != date[:8]:
        sentences.append(messages.AUTHENTICATION_SCOPE_DATE.format(scope_date=scope_date, day=date[:8], date=date))
    if sentences:
        raise InvalidSignatureException(messages.AUTHENTICATION_SCOPE, sentences=" ".join(sentences))
    return Scope(access_key, region)
