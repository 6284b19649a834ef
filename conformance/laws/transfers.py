"""The laws of exports and imports: the files hold what the table held, and the table what the files held.

Replies tell nothing of that. So these laws are held only on a target whose object storage can be read
(`Target.object_storage`): what an export wrote, and what an import was to read, comes to the judge beside the replies.
Through both, what was exported and imported again can be judged by replies alone.

Of the formats only DynamoDB JSON is tried: of Ion and CSV the suite has no reader of its own.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, Probe, UnsupportedError, broken
from conformance.laws.moments import all_items, refuse_meddling, states_between, unlike_any
from conformance.laws.readings import creations, key_datatypes, key_names, key_of, row_faults
from conformance.laws.requests import plain_write
from conformance.laws.sketch import Sketch, read_of, sketch
from conformance.laws.storing import COPIED, is_data_file
from conformance.references import FROM
from conformance.scenario import JSONObject, Scenario, Step
from conformance.storage import BUCKET
from conformance.strategies.drawing import Draw

IMPORTED: Final = "Imported"


# --- scenarios --------------------------------------------------------------------------------------------


def _draw_exported(draw: Draw) -> Scenario:
    return _exported(draw).scenario()


def _exported(draw: Draw) -> Sketch:
    """The whole table is read after each write, then exported: how it was at every moment is known."""
    made = sketch(draw, writes=2, adapt=lambda table: replace(table, options=()))
    table = made.table
    enabled = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    made.probe("enable", "UpdateContinuousBackups", {"TableName": table.name, **enabled})
    made.probe("state:0", "Scan", read_of(table), pages=True)
    for number in range(1 + draw.below(3)):
        kind, request = plain_write(made)
        made.steps.append(Step(f"{kind}Item", request))
        made.probe(f"state:{number + 1}", "Scan", read_of(table), pages=True)
    made.probe("table", "DescribeTable", {"TableName": table.name})
    made.probe("export", "ExportTableToPointInTime", _export_request())
    made.probe("exported", "DescribeExport", {"ExportArn": {FROM: "law:export.ExportDescription.ExportArn"}})
    return made


def _draw_imported(draw: Draw) -> Scenario:
    made = _exported(draw)
    created = replace(made.table, name=IMPORTED, indexes=()).create_request()
    made.probe("import", "ImportTable", _import_request(created))
    made.probe("imported", "DescribeImport", {"ImportArn": {FROM: "law:import.ImportTableDescription.ImportArn"}})
    made.probe("after", "Scan", {"TableName": IMPORTED, "ConsistentRead": True}, pages=True)
    return made.scenario()


def _export_request() -> JSONObject:
    arn: JSONObject = {FROM: "law:table.Table.TableArn"}
    return {"TableArn": arn, "S3Bucket": BUCKET, "S3Prefix": "exported", "ExportFormat": "DYNAMODB_JSON"}


def _import_request(created: JSONObject) -> JSONObject:
    return {
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": COPIED},
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "GZIP",
        "TableCreationParameters": created,
    }


# --- judges -----------------------------------------------------------------------------------------------


def _judge_exported(observed: Observed) -> Iterator[Broken]:
    states, source, key = _exported_table(observed)
    export, exported = observed.probe("export"), observed.probe("exported")
    try:
        written = _items_in_files(observed, export, is_data_file)
    except _UnreadableFileError as error:
        yield broken(export, exported, how=str(error))
        return
    unlike = unlike_any(states, source, written, key)
    if unlike is not None:
        state, fault = unlike
        how = f"the table was never as it was exported: {fault.how}"
        yield broken(export, exported, state, how=how, expected=fault.expected, actual=fault.actual)


def _judge_imported(observed: Observed) -> Iterator[Broken]:
    request, after, key = _imported_table(observed)
    read = _items_in_files(observed, request, lambda _: True)
    if len({key_of(item, key) for item in read}) < len(read):
        raise CannotJudgeError("two items in the files have one key, and either may stay")
    for fault in row_faults(read, all_items(after, IMPORTED), key):
        how = f"the imported table is not what its files hold: {fault.how}"
        yield broken(after, request, how=how, expected=fault.expected, actual=fault.actual)


def _judge_round_trip(observed: Observed) -> Iterator[Broken]:
    states, source, key = _exported_table(observed)
    request, after, _ = _imported_table(observed)
    unlike = unlike_any(states, source, all_items(after, IMPORTED), key)
    if unlike is not None:
        state, fault = unlike
        how = f"the table was never as it was exported and imported again: {fault.how}"
        yield broken(after, request, state, how=how, expected=fault.expected, actual=fault.actual)


def _exported_table(observed: Observed) -> tuple[list[Probe], str, tuple[str, ...]]:
    """The states of the table that was exported as a whole, its name, and its key."""
    enable, table, export = (observed.probe(role) for role in ("enable", "table", "export"))
    _refuse_unless_done(export, observed.probe("exported"), "ExportDescription", "ExportStatus")
    source = str(table.request.get("TableName"))
    if not enable.body or enable.request.get("TableName") != source or export.request != _export_request():
        raise CannotJudgeError("it is not the whole table that is exported")
    key = key_names(creations(observed.scenario.tables).get(source, {}))
    return states_between(observed, enable, export), source, key


def _imported_table(observed: Observed) -> tuple[Probe, Probe, tuple[str, ...]]:
    """The import, the read of all that it made, and the key."""
    request, after = observed.probe("import"), observed.probe("after")
    _refuse_unless_done(request, observed.probe("imported"), "ImportTableDescription", "ImportStatus")
    refuse_meddling(observed, request, after)
    table = request.request.get("TableCreationParameters")
    created: JSONObject = table if isinstance(table, dict) else {}
    sources = creations(observed.scenario.tables).values()
    if _import_request(created) != request.request or _key_of(created) not in map(_key_of, sources):
        raise CannotJudgeError("the files are not imported as what they are")
    return request, after, key_names(created)


def _key_of(table: JSONObject) -> list[object]:
    """The names and datatypes of a table's key: with others, items could not be imported."""
    datatypes = key_datatypes(table)
    return [[(name, datatypes.get(name)) for name in key_names(table, kind)] for kind in ("HASH", "RANGE")]


def _refuse_unless_done(asked: Probe, told: Probe, member: str, status: str) -> None:
    if asked.body and (told.index < asked.index or told.member(member, dict).get(status) != "COMPLETED"):
        raise CannotJudgeError(f"it is not known that {asked.step.operation} is done")


# --- files ------------------------------------------------------------------------------------------------


class _UnreadableFileError(CannotJudgeError):
    """The text says what is wrong with a file."""


def _items_in_files(observed: Observed, transfer: Probe, wanted: Callable[[str], bool]) -> list[Item]:
    """The items in the files that an export wrote, or that an import was to read."""
    if transfer.index not in observed.objects:
        raise UnsupportedError("the files of exports and imports cannot be read")
    objects = observed.objects[transfer.index]
    return [item for key in sorted(objects) if wanted(key) for item in _items_in(objects[key])]


def _items_in(content: bytes) -> Iterator[Item]:
    """A line each, `{"Item": {...}}` (control-plane 13)."""
    try:
        # Not by splitlines: there are other ends of lines that may stand in a value as they are.
        lines = gzip.decompress(content).decode().split("\n")
        read = [json.loads(line) for line in lines if line]
    except (OSError, EOFError, ValueError, zlib.error, RecursionError):
        raise _UnreadableFileError("a data file is no compressed JSON") from None
    for line in read:
        if not isinstance(line, dict) or not isinstance(line.get("Item"), dict):
            raise _UnreadableFileError("a data file has a line that is no item")
        yield line["Item"]


EXPORTED: Final = Law(
    "export",
    "The files of an export hold exactly the items that the table held at one moment.",
    "control-plane 13",
    _draw_exported,
    _judge_exported,
    needs_storage=True,
)
IMPORTING: Final = Law(
    "import",
    "A table that is imported holds exactly the items in its files.",
    "control-plane 13",
    _draw_imported,
    _judge_imported,
    needs_storage=True,
)
ROUND_TRIP: Final = Law(
    "export-and-import",
    "What is exported and imported again is the table as it was at one moment.",
    "control-plane 13",
    _draw_imported,
    _judge_round_trip,
    needs_storage=True,
)

LAWS: Final = (EXPORTED, IMPORTING, ROUND_TRIP)
