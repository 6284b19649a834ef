"""A target whose exports and imports are waited for, and whose files are looked at.

Both go on behind their replies. For a law they are steps like others: the next one follows when they are done.

To import what was exported, its folder has to be named, which has the export's own id in it. A scenario cannot spell
that. So the data files of an export are copied to a folder whose name is known, as a user might who wants to keep them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from conformance.events import TargetDescription
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step
from conformance.storage import BUCKET, ObjectStorage
from conformance.targets.target import Target, WireRequest

COPIED: Final = "copied/"
PATIENCE: Final = 20.0  # seconds that an export or import may take
_PAUSE: Final = 0.002  # seconds between two looks

# For the operation that begins a transfer: who tells of it, by what, and where its status stands.
_TOLD: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "ExportTableToPointInTime": ("DescribeExport", "ExportArn", "ExportDescription", "ExportStatus"),
    "ImportTable": ("DescribeImport", "ImportArn", "ImportTableDescription", "ImportStatus"),
}


def is_data_file(key: str) -> bool:
    """Of those that an export writes (control-plane 13): not its manifests."""
    return "/data/" in key and not key.endswith("/")


class StoringTarget(Target):
    """Answers as the target does, once what was asked for is done."""

    def __init__(self, target: Target, storage: ObjectStorage) -> None:
        self.name = target.name
        self.resettable = target.resettable
        self._target = target
        self._storage = storage

    def describe(self) -> TargetDescription:
        return self._target.describe()

    def reset(self) -> None:
        self._target.reset()

    def object_storage(self) -> ObjectStorage:
        return self._storage

    def send(self, request: WireRequest) -> Reply:
        reply = self._target.send(request)
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in _TOLD and reply.outcome is Outcome.ACCEPTED:
            self._wait(operation, reply)
        if operation == "ExportTableToPointInTime":
            for key, content in self._storage.objects(BUCKET, "").items():
                if is_data_file(key) and not key.startswith(COPIED):
                    self._storage.put(BUCKET, f"{COPIED}{key.rpartition('/')[2]}", content)
        return reply

    def _wait(self, operation: str, reply: Reply) -> None:
        """Waiting in vain is not reported: the replies to the steps that follow show it."""
        describe, named_by, described, status = _TOLD[operation]
        arn = _member(reply.body, described, named_by)
        until = time.monotonic() + PATIENCE
        while _member(reply.body, described, status) == "IN_PROGRESS" and time.monotonic() < until:
            time.sleep(_PAUSE)
            reply = self._target.send(WireRequest.of(Step(describe, {named_by: arn})))


def _member(body: JSON, outer: str, inner: str) -> JSON:
    described = body.get(outer) if isinstance(body, dict) else None
    return described.get(inner) if isinstance(described, dict) else None


def objects_of(storage: ObjectStorage, step: Step) -> Mapping[str, bytes] | None:
    """The files that an export wrote, or those that an import was to read; None for a step that is neither."""
    if step.operation not in _TOLD:
        return None
    is_export = step.operation == "ExportTableToPointInTime"
    place = step.request if is_export else step.request.get("S3BucketSource")
    where: JSONObject = place if isinstance(place, dict) else {}
    beginning = where.get("S3Prefix" if is_export else "S3KeyPrefix", "")
    return storage.objects(str(where.get("S3Bucket")), str(beginning))
