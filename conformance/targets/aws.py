"""DynamoDB itself: only when it is named, within a limit of spending that must be given, and only tables of our own.

It needs three things that it never assumes: a region (`aws:eu-west-2`, or AWS_REGION), credentials (the environment's,
or a profile's where botocore is installed), and TOUCHSTONE_AWS_SPEND, the USD that the run may cost, which is the
confirmation too. The accounts and regions of AWS could not be tried where this was written: see docs/targets.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from conformance.events import TargetDescription
from conformance.scenario import Outcome, Reply
from conformance.signing import Credentials
from conformance.targets.spending import PREFIX, REQUESTS, SpendingGuard
from conformance.targets.tables import delete_table
from conformance.targets.target import STREAMS_OPERATIONS, Target, TargetError, WireRequest
from conformance.targets.url import URLTarget

SPEND: Final = "TOUCHSTONE_AWS_SPEND"
MOST_REQUESTS: Final = "TOUCHSTONE_AWS_REQUESTS"
TIMEOUT: Final = 30.0


class AWSTarget(Target):
    """One region of AWS. `endpoints` are for tests: where the API, and that of streams, are instead."""

    resettable = False

    def __init__(
        self,
        *,
        name: str = "aws",
        region: str = "",
        timeout: float | None = None,
        environment: Mapping[str, str] = os.environ,
        endpoints: tuple[str, str] | None = None,
    ) -> None:
        self.name = name
        self.region = region or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
        self._environment = environment
        self._timeout = timeout or TIMEOUT
        self._endpoints = endpoints
        self._servers: tuple[URLTarget, URLTarget] | None = None
        self._guard: SpendingGuard | None = None
        self._created: list[str] = []

    def describe(self) -> TargetDescription:
        spent = f", about {self._guard.spent:.4f} USD at most" if self._guard is not None else ""
        return TargetDescription(self.name, "unknown", f"AWS, {self.region or 'no region'}{spent}")

    def check(self) -> None:
        if not self.region:
            raise TargetError("AWS needs a region: name it, as in aws:eu-west-2, or set AWS_REGION")
        _credentials(self._environment)
        _guard(self._environment)

    def start(self) -> None:
        self.check()
        credentials = replace(_credentials(self._environment), region=self.region)
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        api, streams = self._endpoints or (
            f"https://dynamodb.{self.region}.{domain}",
            f"https://streams.dynamodb.{self.region}.{domain}",
        )
        self._servers = (
            URLTarget(api, name=self.name, timeout=self._timeout, credentials=credentials),
            URLTarget(streams, name=self.name, timeout=self._timeout, credentials=credentials),
        )
        self._guard = _guard(self._environment)
        self._servers[0].start()

    def stop(self) -> None:
        """Delete what this run created and has not deleted yet; nothing else."""
        if self._servers is not None:
            self._guard = SpendingGuard(limit=1.0)  # deleting costs nothing, and must go on beyond the limit
            for name in list(self._created):
                with suppress(TargetError):
                    delete_table(self, name)
            for server in self._servers:
                server.stop()
        self._servers = None

    def send(self, request: WireRequest) -> Reply:
        if self._servers is None or self._guard is None:
            return Reply(0, failure="not started")
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if objection := self._guard.objection(operation, request):
            return Reply(0, failure=objection)
        reply = self._servers[operation in STREAMS_OPERATIONS].send(request)
        self._note_tables(operation, reply)
        return reply

    def _note_tables(self, operation: str, reply: Reply) -> None:
        if operation not in ("CreateTable", "DeleteTable") or reply.outcome is not Outcome.ACCEPTED:
            return
        name = reply.body.get("TableDescription", {}).get("TableName") if isinstance(reply.body, dict) else None
        if not isinstance(name, str) or not name.startswith(PREFIX):
            return
        if operation == "CreateTable":
            self._created.append(name)
        elif name in self._created:
            self._created.remove(name)


def _guard(environment: Mapping[str, str]) -> SpendingGuard:
    text = environment.get(SPEND, "")
    if not text:
        raise TargetError(f"AWS costs money: set {SPEND} to the USD that the run may cost, as in {SPEND}=1.00")
    try:
        limit, requests = float(text), int(environment.get(MOST_REQUESTS) or REQUESTS)
    except ValueError:
        raise TargetError(
            f"{SPEND}={text!r}, {MOST_REQUESTS}={environment.get(MOST_REQUESTS)!r}: not numbers"
        ) from None
    if not limit > 0:
        raise TargetError(f"{SPEND}={text!r} allows nothing: set it to the USD that the run may cost")
    return SpendingGuard(limit, requests)


def _credentials(environment: Mapping[str, str]) -> Credentials:
    found = Credentials.from_environment(environment)
    if found is not None:
        return found
    if environment is os.environ:
        with suppress(ImportError):
            from botocore.session import Session

            with suppress(Exception):  # a profile that does not exist, a token that has expired: no credentials
                profile = Session().get_credentials()
                if profile is not None and profile.access_key and profile.secret_key:
                    return Credentials(profile.access_key, profile.secret_key, profile.token)
    raise TargetError("AWS needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
