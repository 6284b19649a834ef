"""The signature that AWS's services ask for, Signature Version 4, as the clients of S3 and of Kinesis send it."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_ALGORITHM: Final = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)

    @classmethod
    def of_environment(cls) -> Credentials:
        """Where it names none, any will do: implementations that are run for tests ask for none."""
        return cls(
            os.environ.get("AWS_ACCESS_KEY_ID", "touchstone"),
            os.environ.get("AWS_SECRET_ACCESS_KEY", "touchstone"),
            os.environ.get("AWS_SESSION_TOKEN"),
        )


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sign(
    credentials: Credentials,
    service: str,
    region: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    digest: str,
) -> dict[str, str]:
    """The headers with a signature over all of them (AWS, "Signature Version 4"). `path` and `query` are encoded,
    `digest` is the content's."""
    moment = time.gmtime()
    stamp, day = time.strftime("%Y%m%dT%H%M%SZ", moment), time.strftime("%Y%m%d", moment)
    signed = {**headers, "x-amz-date": stamp}
    if credentials.session_token is not None:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
    canonical = "\n".join([method, path, query, lines, names, digest])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join([_ALGORITHM, stamp, scope, digest_of(canonical.encode())])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    signed["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return signed
