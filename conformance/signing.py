"""An Authorization header of Signature Version 4, dummy or real.

Every implementation wants a header of that shape; few verify it. So the header that replay sends is a constant:
it costs nothing and is the same for every target, as the rest of the bytes. A server that does verify gets real
signatures: `sign` replaces the constant where a target was given credentials.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "dynamodb"
REGION = "us-east-1"

# A date that never changes, so that a request's bytes are the same today and tomorrow. The servers that check
# its age are those that check the signature too, and those get a real one.
DUMMY_DATE = "20260101T000000Z"
DUMMY_AUTHORIZATION = (
    f"{ALGORITHM} Credential=touchstone/{DUMMY_DATE[:8]}/{REGION}/{SERVICE}/aws4_request, "
    f"SignedHeaders=host;x-amz-date;x-amz-target, Signature={'0' * 64}"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str
    session_token: str | None = None
    region: str = REGION

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Credentials | None:
        """The credentials in the variables that every AWS SDK reads, or None where there are none."""
        access_key = environment.get("AWS_ACCESS_KEY_ID")
        secret_key = environment.get("AWS_SECRET_ACCESS_KEY")
        if not access_key or not secret_key:
            return None
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or REGION
        return cls(access_key, secret_key, environment.get("AWS_SESSION_TOKEN") or None, region)

    def __repr__(self) -> str:
        """Without the secrets: this is printed in assertion failures and tracebacks."""
        return f"Credentials({self.access_key!r}, region={self.region!r})"


def sign(
    credentials: Credentials,
    *,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> dict[str, str]:
    """`headers` (which must name the host) with the date, the token and the Authorization that sign the request.

    `path` has no query string: the API has none. `now` is in UTC.
    """
    date = now.strftime("%Y%m%dT%H%M%SZ")
    signed = {name.lower(): value for name, value in headers.items()}
    signed.pop("authorization", None)
    signed["x-amz-date"] = date
    if credentials.session_token is not None:
        signed["x-amz-security-token"] = credentials.session_token

    names = sorted(signed)
    canonical_request = "\n".join(
        (
            method,
            quote(path or "/", safe="/~"),
            "",
            *(f"{name}:{' '.join(signed[name].split())}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{date[:8]}/{credentials.region}/{SERVICE}/aws4_request"
    to_sign = "\n".join((ALGORITHM, date, scope, hashlib.sha256(canonical_request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (date[:8], credentials.region, SERVICE, "aws4_request", to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    signed["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={key.hex()}"
    )
    return signed
