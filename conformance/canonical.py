"""What may differ between two answers without being a divergence: one named rule each.

A rule rewrites *one* reply into a form in which the legitimate freedom is gone: a time becomes `<time>`, a set is
sorted, a page of a Scan keeps what does not depend on the order of hashes. Two replies are then compared as they
stand. So a rule cannot excuse a difference by looking at the other side, and what it takes away is exactly
what it names. Each rule has two tests: one in which the freedom is not reported, and one in which an implementation
that is wrong in the same place is caught all the same.

Rules apply by operation, in the order of `RULES`: where one needs what another takes away, it stands before it.

What is never compared, because it is no part of the answer that a caller works with: response headers (request
id, date, checksum, server), the order of the members of a JSON object, and white space.

What is *not* a freedom, though implementations take it:
- A number's spelling. `1.50` for `1.5` is a divergence: DynamoDB normalises (data-plane 3.2).
- `UnprocessedItems` and `UnprocessedKeys` left out where they are empty: AWS always sends them (data-plane 7.1, 7.2,
  recorded), and callers index them without asking.
- Empty members that AWS leaves out, such as `Attributes: {}` (data-plane 1.4); `Item: {}` against no Item.
- The order of Query on a table, of TransactGetItems' responses, of cancellation reasons, of a KeySchema.
- `Count: 1.0` for `Count: 1`: an integer to the typed SDKs, and JSON's two spellings are not one to them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from conformance.references import references
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step
from conformance.table_changes import created_indexes

# What rules of pages put in the place of what hangs on a page's extent. Whether a reply is such a page is a matter of
# that reply, so they may stand on one side of a comparison only.
COUNT, ITEMS, UNITS, VALUE = "<count>", "<items>", "<units>", "<value>"
# A member that no reply has: the attributes that items of an index have, and the index has not.
SURPLUS = "Items beyond the projection"


@dataclass(frozen=True, slots=True)
class CanonicalReply:
    """A reply as it is compared.

    `data` is the body without what has its own layer: error type, message and consumed capacity. Texts of errors
    within the data (cancellation reasons, statements of a batch) are `inner_messages`, by their path. An answer
    of status 5xx, and none, have neither data nor messages, only a `failure`: whatever stands in them is not
    DynamoDB's.
    """

    outcome: Outcome
    status: int
    error_type: str | None
    data: JSON
    message: str | None
    inner_messages: Mapping[str, str]
    capacity: JSON
    failure: str = ""


@dataclass(slots=True)
class Draft:
    """What rules rewrite, in place. All of it is the draft's own: nothing is shared with the reply."""

    step: Step
    accepted: bool
    data: Any
    error_type: str | None
    message: str | None
    capacity: Any
    indexes: Mapping[tuple[str, str], Sequence[str]]
    projections: Mapping[tuple[str, str], frozenset[str]]

    @property
    def members(self) -> dict[str, Any]:
        """The members of the body, or none where it is no object."""
        return self.data if isinstance(self.data, dict) else {}


@dataclass(frozen=True, slots=True)
class Rule:
    """A legitimate freedom. `operations` is where it applies; none named means everywhere."""

    name: str
    reason: str
    apply: Callable[[Draft], None]
    operations: frozenset[str] = field(default_factory=frozenset)


def canonicalise(step: Step, reply: Reply, *, tables: Sequence[JSONObject] = ()) -> CanonicalReply:
    """The reply with every freedom taken out.

    `tables` are the CreateTable requests behind the step (`tables_of`). They say what an index is sorted by, and what
    it has of an item: without them the order of a Query on an index is compared strictly, ties included.
    """
    if reply.outcome in (Outcome.FAILED, Outcome.NO_ANSWER):
        failure = reply.failure or reply.message or ""
        return CanonicalReply(reply.outcome, reply.status, reply.error_type, None, None, {}, None, failure)
    if step.pages:
        # Where a page ended is no longer to be seen, so what ended it does not matter any more.
        step = replace(step, request={name: value for name, value in step.request.items() if name != "Limit"})
    draft = Draft(
        step=step,
        accepted=reply.outcome is Outcome.ACCEPTED,
        data=_copy(reply.body),
        error_type=None,
        message=None,
        capacity=None,
        indexes=_index_sort_keys(tables),
        projections=_projections(tables),
    )
    draft.capacity = draft.members.pop("ConsumedCapacity", None)
    if not draft.accepted:
        draft.error_type = draft.members.pop("__type", None)
        draft.message = draft.members.pop("message", None)
    for rule in RULES:
        if not rule.operations or step.operation in rule.operations:
            rule.apply(draft)
    inner_messages = dict(_take_inner_messages(draft.members))
    return CanonicalReply(
        reply.outcome, reply.status, draft.error_type, draft.data, draft.message, inner_messages, draft.capacity
    )


def tables_of(scenario: Scenario) -> tuple[JSONObject, ...]:
    """Every CreateTable request of a scenario, those of its steps too, and the indexes that UpdateTable creates."""
    steps = scenario.steps
    return (
        *scenario.tables,
        *(step.request for step in steps if step.operation == "CreateTable"),
        *(created_indexes(step.request) for step in steps if step.operation == "UpdateTable"),
    )


# --- walking ----------------------------------------------------------------------------------------------


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copy(element) for element in value]
    return value


class _Place(NamedTuple):
    """A member of some object in the data: `holder[name]` can be read and replaced."""

    holder: dict[str, Any]
    name: str

    @property
    def value(self) -> Any:
        return self.holder[self.name]


def _places(value: Any) -> Iterator[_Place]:
    """Every member of every object, outermost first. What a place is replaced with is walked too."""
    if isinstance(value, dict):
        for name in list(value):
            yield _Place(value, name)
            if name in value:
                yield from _places(value[name])
    elif isinstance(value, list):
        for element in value:
            yield from _places(element)


def _sort(elements: Any) -> None:
    """Any order that is the same for the same elements."""
    if isinstance(elements, list):
        elements.sort(key=_order)


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _take_inner_messages(members: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts in `CancellationReasons[].Message` and `Responses[].Error.Message`, which are messages and no data."""
    for path, holders in (
        ("CancellationReasons[{}].Message", _dicts(members.get("CancellationReasons"))),
        ("Responses[{}].Error.Message", [r.get("Error") for r in _dicts(members.get("Responses"))]),
    ):
        for index, holder in enumerate(holders):
            if isinstance(holder, dict) and isinstance(holder.get("Message"), str):
                yield path.format(index), holder.pop("Message")


def _dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; an empty one stands in for what is none, to keep the others' places."""
    return [element if isinstance(element, dict) else {} for element in value] if isinstance(value, list) else []


# --- errors -----------------------------------------------------------------------------------------------


def _error_namespace(draft: Draft) -> None:
    if isinstance(draft.error_type, str):
        draft.error_type = draft.error_type.rpartition("#")[2]


def _message_member(draft: Draft) -> None:
    if not draft.accepted and draft.message is None:
        draft.message = draft.members.pop("Message", None)


# --- ids, times, addresses --------------------------------------------------------------------------------

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ARN = re.compile(r"arn:(?P<partition>aws(?:-[a-z]+)*):dynamodb:[a-z0-9-]*:[a-zA-Z0-9]*:(?P<resource>[a-z-]+/)")
_LABEL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}")
_SHARD_ID = re.compile(r"shardId-[0-9a-zA-Z-]{20,57}")
_SEQUENCE_NUMBER = re.compile(r"\d{21,40}")
_ITERATOR = re.compile(r".{1,2048}", re.DOTALL)
# Milliseconds and eight digits, as AWS prints them (control-plane 12, 13).
_OWN_ID = re.compile(r"(?P<kind>/(?:backup|export|import)/)\d{14}-[0-9a-f]{8}$")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")

# Epoch seconds from 2001 to 2286. Milliseconds, ISO texts and 0.0 are wrong and stay what they are.
_SECONDS = range(10**9, 10**10)


# Times whose names do not say it as the others' do: those of exports and imports.
_MOMENTS = frozenset({"StartTime", "EndTime", "ExportTime", "ExportFromTime", "ExportToTime"})


def _times(draft: Draft) -> None:
    for place in _places(draft.data):
        if (
            (place.name.endswith("DateTime") or place.name in _MOMENTS)
            and isinstance(place.value, int | float)
            and int(place.value) in _SECONDS
        ):
            place.holder[place.name] = "<time>"


def _table_ids(draft: Draft) -> None:
    for place in _places(draft.data):
        if place.name == "TableId" and isinstance(place.value, str) and _UUID.fullmatch(place.value):
            place.holder[place.name] = "<id>"


def _arns(draft: Draft) -> None:
    def replaced(text: str) -> str:
        return _ARN.sub(lambda match: f"arn:{match['partition']}:dynamodb:<region>:<account>:{match['resource']}", text)

    for place in _places(draft.data):
        if place.name.endswith("Arn") and isinstance(place.value, str):
            place.holder[place.name] = replaced(place.value)
        elif place.name == "awsRegion" and isinstance(place.value, str):
            place.holder[place.name] = "<region>"
    if draft.message is not None:
        draft.message = replaced(draft.message)


def _backup_ids(draft: Draft) -> None:
    for place in _places(draft.data):
        if place.name.endswith("Arn") and isinstance(place.value, str):
            place.holder[place.name] = _OWN_ID.sub(r"\g<kind><id>", place.value)


def _stream_labels(draft: Draft) -> None:
    for place in _places(draft.data):
        if place.name in ("LatestStreamLabel", "StreamLabel", "LatestStreamArn", "StreamArn") and isinstance(
            place.value, str
        ):
            head, slash, label = place.value.rpartition("/")
            if _LABEL.fullmatch(label):
                place.holder[place.name] = f"{head}{slash}<label>"


def _stream_ids(draft: Draft) -> None:
    for place in _places(draft.data):
        if not isinstance(place.value, str):
            continue
        if place.name in ("ShardId", "ParentShardId", "LastEvaluatedShardId"):
            legal = _SHARD_ID.fullmatch(place.value)
        elif place.name in ("SequenceNumber", "StartingSequenceNumber", "EndingSequenceNumber"):
            legal = _SEQUENCE_NUMBER.fullmatch(place.value)
        elif place.name in ("ShardIterator", "NextShardIterator"):
            legal = _ITERATOR.fullmatch(place.value)
        elif place.name == "eventID":
            legal = _EVENT_ID.fullmatch(place.value)
        else:
            continue
        if legal:
            place.holder[place.name] = "<id>"


# Alternator's own forms of the same, up to 6.2 (`alternator.md` 11). They are no forms of DynamoDB's, so they get
# placeholders of their own: two Alternators may agree in them, but nobody else with one.
_ALTERNATOR_FORMS: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = (
    (
        frozenset({"StreamArn", "LatestStreamArn", "LastEvaluatedStreamArn"}),
        re.compile(rf"S{_UUID.pattern}", re.IGNORECASE),
        "S<id>",
    ),
    (
        frozenset({"StreamLabel", "LatestStreamLabel"}),
        re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"'),
        '"<label>"',
    ),
    (
        frozenset({"ShardId", "ParentShardId", "LastEvaluatedShardId"}),
        re.compile(r"H [0-9a-f]+:[0-9a-f]{32}"),
        "H <id>",
    ),
    (frozenset({"eventID"}), re.compile(rf"E[0-9a-f]{{32}}:{_UUID.pattern}", re.IGNORECASE), "E<id>"),
)


def _alternator_ids(draft: Draft) -> None:
    for place in _places(draft.data):
        for names, form, placeholder in _ALTERNATOR_FORMS:
            if place.name in names and isinstance(place.value, str) and form.fullmatch(place.value):
                place.holder[place.name] = placeholder


def _endpoint(draft: Draft) -> None:
    for endpoint in _dicts(draft.members.get("Endpoints")):
        if isinstance(endpoint.get("Address"), str) and endpoint["Address"]:
            endpoint["Address"] = "<address>"


# --- tables -----------------------------------------------------------------------------------------------

_CREATED = frozenset({"CREATING", "ACTIVE"})
_UPDATED = frozenset({"UPDATING", "ACTIVE"})


def _description(draft: Draft) -> dict[str, Any]:
    for member in ("TableDescription", "Table"):
        if isinstance(draft.members.get(member), dict):
            found: dict[str, Any] = draft.members[member]
            return found
    return {}


def _status_of_created(draft: Draft) -> None:
    description = _description(draft)
    if description.get("TableStatus") in _CREATED:
        description["TableStatus"] = "<created>"
    for index in _dicts(description.get("GlobalSecondaryIndexes")):
        if index.get("IndexStatus") in _CREATED:
            index["IndexStatus"] = "<created>"


def _status_of_restored(draft: Draft) -> None:
    summary = _description(draft).get("RestoreSummary")
    if isinstance(summary, dict) and isinstance(summary.get("RestoreInProgress"), bool):
        summary["RestoreInProgress"] = "<restored>"


def _status_of_backup(draft: Draft) -> None:
    details = draft.members.get("BackupDetails")
    if isinstance(details, dict) and details.get("BackupStatus") in ("CREATING", "AVAILABLE"):
        details["BackupStatus"] = "<created>"


def _sizes_of_backups(draft: Draft) -> None:
    for place in _places(draft.data):
        size = place.value
        if place.name in _BACKUP_SIZES and isinstance(size, int) and not isinstance(size, bool) and size >= 0:
            place.holder[place.name] = "<as of some hours ago>"


_BACKUP_SIZES = frozenset({"BackupSizeBytes", "TableSizeBytes", "ItemCount"})


def _status_of_updated(draft: Draft) -> None:
    description, request = _description(draft), draft.step.request
    if request.get("BillingMode") is not None and isinstance(description.get("BillingModeSummary"), dict):
        del description["BillingModeSummary"]
    updates = _dicts(request.get("GlobalSecondaryIndexUpdates"))
    deleted = {update["Delete"].get("IndexName") for update in updates if isinstance(update.get("Delete"), dict)}
    if deleted:
        # As long as an index is being deleted it is shown, and so are the definitions of its keys.
        description.pop("AttributeDefinitions", None)
        shown = description.get("GlobalSecondaryIndexes")
        if isinstance(shown, list):
            shown[:] = [index for index in shown if not _is_being_deleted(index, deleted)]
            if not shown:
                del description["GlobalSecondaryIndexes"]
    if description.get("TableStatus") in _UPDATED:
        description["TableStatus"] = "<updated>"
    for index in _dicts(description.get("GlobalSecondaryIndexes")):
        if index.get("IndexStatus") in _UPDATED | _CREATED:
            index["IndexStatus"] = "<updated>"
            if isinstance(index.get("Backfilling"), bool):
                del index["Backfilling"]


def _is_being_deleted(index: Any, names: set[Any]) -> bool:
    return isinstance(index, dict) and index.get("IndexName") in names and index.get("IndexStatus") == "DELETING"


def _status_of_time_to_live(draft: Draft) -> None:
    description = draft.members.get("TimeToLiveDescription")
    if isinstance(description, dict):
        arrived = {"ENABLING": "ENABLED", "DISABLING": "DISABLED"}
        status = description.get("TimeToLiveStatus")
        if isinstance(status, str):
            description["TimeToLiveStatus"] = arrived.get(status, status)
            if status == "DISABLING":
                # The name is shown until the change is through.
                description.pop("AttributeName", None)


def _sizes(draft: Draft) -> None:
    description = _description(draft)
    for holder in (
        description,
        *_dicts(description.get("GlobalSecondaryIndexes")),
        *_dicts(description.get("LocalSecondaryIndexes")),
    ):
        for name in ("TableSizeBytes", "IndexSizeBytes", "ItemCount"):
            size = holder.get(name)
            if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
                holder[name] = "<as of some hours ago>"


def _description_order(draft: Draft) -> None:
    description = _description(draft)
    for name in ("AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        _sort(description.get(name))
    for name in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in _dicts(description.get(name)):
            if isinstance(index.get("Projection"), dict):
                _sort(index["Projection"].get("NonKeyAttributes"))


def _unmodelled_twin(draft: Draft) -> None:
    description = _description(draft)
    twin = description.get("TableThroughputModeSummary")
    if isinstance(twin, dict) and isinstance(description.get("BillingModeSummary"), dict):
        del description["TableThroughputModeSummary"]


def _table_names(draft: Draft) -> None:
    members = draft.members
    names = members.get("TableNames")
    if not isinstance(names, list):
        return
    if "ExclusiveStartTableName" in draft.step.request:
        # What follows a name depends on the order.
        members["TableNames"] = "<the names that follow>"
        members.pop("LastEvaluatedTableName", None)
    elif isinstance(members.get("LastEvaluatedTableName"), str):
        members["TableNames"] = f"<{len(names)} names>"
        members["LastEvaluatedTableName"] = "<a name>"
    else:
        _sort(names)


def _tag_order(draft: Draft) -> None:
    members = draft.members
    tags = members.get("Tags")
    if isinstance(tags, list) and ("NextToken" in members or draft.step.request.get("NextToken")):
        members["Tags"] = f"<{len(tags)} tags>"
    if isinstance(members.get("NextToken"), str):
        members["NextToken"] = "<token>"
    _sort(tags)


def _stream_order(draft: Draft) -> None:
    members, request = draft.members, draft.step.request
    streams = members.get("Streams")
    if not isinstance(streams, list):
        return
    if not request.get("TableName") or request.get("ExclusiveStartStreamArn"):
        members["Streams"] = "<streams>"
        members.pop("LastEvaluatedStreamArn", None)
        return
    members["Streams"] = [json.loads(text) for text in sorted({_order(stream) for stream in streams})]


def _record_order(draft: Draft) -> None:
    records = draft.members.get("Records")
    if not isinstance(records, list):
        return
    if draft.step.request.get("Limit") is not None:
        draft.members["Records"] = f"<{len(records)} records>"
        return
    # Stable: those of one item stay as they came.
    records.sort(
        key=lambda record: _order((record.get("dynamodb") or {}).get("Keys") if isinstance(record, dict) else 0)
    )


def _status_of_insights(draft: Draft) -> None:
    summaries = _dicts(draft.members.get("ContributorInsightsSummaries"))
    arrived = {"ENABLING": "ENABLED", "DISABLING": "DISABLED"}
    for holder in (draft.members, *summaries):
        status = holder.get("ContributorInsightsStatus")
        if isinstance(status, str):
            holder["ContributorInsightsStatus"] = arrived.get(status, status)
    _sort(draft.members.get("ContributorInsightsSummaries"))


_RULE_OF_INSIGHTS = re.compile(r"(?P<rule>DynamoDBContributorInsights-(?:PKC|SKC|PKT|SKT)-.+)-[0-9a-f]{13,}")


def _rules_of_insights(draft: Draft) -> None:
    rules = draft.members.get("ContributorInsightsRuleList")
    if isinstance(rules, list):
        rules[:] = [_RULE_OF_INSIGHTS.sub(r"\g<rule>-<id>", rule) if isinstance(rule, str) else rule for rule in rules]
        _sort(rules)


_REVISION = re.compile(r"\d{10,}")


def _revisions(draft: Draft) -> None:
    revision = draft.members.get("RevisionId")
    if isinstance(revision, str) and _REVISION.fullmatch(revision):
        draft.members["RevisionId"] = "<revision>"


_QUOTAS = tuple(f"{of}Max{kind}CapacityUnits" for of in ("Account", "Table") for kind in ("Read", "Write"))


def _quotas(draft: Draft) -> None:
    for name in _QUOTAS:
        quota = draft.members.get(name)
        if isinstance(quota, int) and not isinstance(quota, bool) and quota > 0:
            draft.members[name] = "<quota>"


def _empty_body(draft: Draft) -> None:
    if draft.accepted and draft.data == "":
        draft.data = {}


# --- items ------------------------------------------------------------------------------------------------


def _set_order(draft: Draft) -> None:
    for place in _places(draft.data):
        # An attribute may be called `SS`, but its value is an object then.
        if place.name in ("SS", "NS", "BS") and len(place.holder) == 1:
            _sort(place.value)


def _is_page(draft: Draft) -> bool:
    return draft.accepted and "LastEvaluatedKey" in draft.members


def _is_filtered(draft: Draft) -> bool:
    return any(draft.step.request.get(name) for name in ("FilterExpression", "QueryFilter", "ScanFilter"))


def _is_ended_by_limit(draft: Draft) -> bool:
    """Whether as many items were evaluated as the request's Limit is.

    A reply that does not count them is still the page that it is: the number of items tells it, and a filter
    is given the benefit of the doubt. What is missing there is found by the comparison.
    """
    request, members = draft.step.request, draft.members
    limit, items = request.get("Limit"), members.get("Items")
    if limit is None:
        return False
    counts = [members.get("ScannedCount")]
    if not _is_filtered(draft):
        counts += [members.get("Count"), len(items) if isinstance(items, list) else None]
    evaluated = next((count for count in counts if count is not None), limit)
    return bool(evaluated == limit)


def _uncount(members: dict[str, Any], *names: str) -> None:
    """Take out counts that are counts; that they are there is compared."""
    for name in names:
        if isinstance(members.get(name), int) and not isinstance(members[name], bool):
            members[name] = COUNT


def _scan_order(draft: Draft) -> None:
    _sort(draft.members.get("Items"))


def _scan_pages(draft: Draft) -> None:
    """An incomplete Scan shows items that the order of hashes has chosen.

    - A whole answer (from the beginning, all segments, to the end) is compared as a whole: this rule leaves it.
    - The first page, ended by its Limit: how many items were evaluated is fixed, and, without a filter, returned.
    - Any other part (a later page, a segment, a page ended by its size): which members there are, no more.
      That the parts make up the whole is a law, and `properties/` holds targets to it.

    Whichever items an index shows, it shows nothing of them that it has not got: that is kept.
    """
    request, members = draft.step.request, draft.members
    if not draft.accepted:
        return
    from_start = "ExclusiveStartKey" not in request and request.get("TotalSegments", 1) == 1
    if from_start and not _is_page(draft):
        return
    by_limit = from_start and _is_ended_by_limit(draft)
    filtered = _is_filtered(draft)
    items = members.get("Items")
    if isinstance(items, list):
        projected = _projected(draft)
        surplus = {name: VALUE for item in items for name in _surplus(item, projected)}
        members["Items"] = ITEMS
        if surplus:
            members[SURPLUS] = dict(sorted(surplus.items()))
    if not by_limit or filtered:
        _uncount(members, "Count")
    if not by_limit:
        _uncount(members, "ScannedCount")
    if from_start:
        members["LastEvaluatedKey"] = _names(members["LastEvaluatedKey"])
    else:
        members.pop("LastEvaluatedKey", None)
    draft.capacity = _uncounted(draft.capacity)


def _followed_pages(draft: Draft) -> None:
    """Capacity is rounded up page by page, and which items share one is the order's matter."""
    if draft.step.pages:
        draft.capacity = _uncounted(draft.capacity)


def _pages_cut_by_size(draft: Draft) -> None:
    """A page of a Query that its size ended, not its Limit: where exactly is not known (data-plane 6.2, 9.7).

    Kept: that it is one, that there are items on it, and the first of them; the key's names.
    """
    members = draft.members
    if not _is_page(draft) or _is_ended_by_limit(draft):
        return
    items = members.get("Items")
    if isinstance(items, list):
        members["Items"] = items[:1]
    _uncount(members, "Count", "ScannedCount")
    members["LastEvaluatedKey"] = _names(members["LastEvaluatedKey"])
    draft.capacity = _uncounted(draft.capacity)


def _index_ties(draft: Draft) -> None:
    """Items of an index whose sort keys are equal, in any order; the runs of equal keys in theirs.

    A run that touches the edge of a page may go on behind it, and then which of its items are on this page is
    free as well: of such a run only the sort keys are kept, and what the index has not got.
    """
    request, members = draft.step.request, draft.members
    sort_keys = draft.indexes.get(_index_of(draft))
    items = members.get("Items")
    if sort_keys is None:
        return
    projected = _projected(draft)

    def kept(item: Any) -> dict[str, Any]:
        return _sort_key(item, sort_keys) | dict.fromkeys(_surplus(item, projected), VALUE)

    if isinstance(items, list):
        runs: list[list[Any]] = []
        for item in items:
            if runs and _sort_key(runs[-1][0], sort_keys) == _sort_key(item, sort_keys):
                runs[-1].append(item)
            else:
                runs.append([item])
        for run in runs:
            _sort(run)
        if runs and _is_page(draft):
            runs[-1] = list(map(kept, runs[-1]))
        if runs and "ExclusiveStartKey" in request and (len(runs) > 1 or not _is_page(draft)):
            runs[0] = list(map(kept, runs[0]))
        members["Items"] = [item for run in runs for item in run]
    if isinstance(members.get("LastEvaluatedKey"), dict):
        key = members["LastEvaluatedKey"]
        members["LastEvaluatedKey"] = {name: key[name] if name in sort_keys else VALUE for name in sorted(key)}


def _sort_key(item: Any, names: Sequence[str]) -> dict[str, Any]:
    """A projection may have taken the sort key away; then all its items look equal, and any order is right."""
    return {name: item.get(name) for name in names} if isinstance(item, dict) else {}


def _index_of(draft: Draft) -> tuple[str, str]:
    """The table and index that a read names."""
    request = draft.step.request
    return str(request.get("TableName")).rpartition("/")[2], str(request.get("IndexName"))


def _projected(draft: Draft) -> frozenset[str] | None:
    """What the index that is read has of an item; None where that is everything, or not known."""
    return draft.projections.get(_index_of(draft))


def _surplus(item: Any, projected: frozenset[str] | None) -> list[str]:
    """The attributes of an item that its index has not got."""
    return [] if projected is None or not isinstance(item, dict) else sorted(item.keys() - projected)


def _projections(tables: Sequence[JSONObject]) -> dict[tuple[str, str], frozenset[str]]:
    """The attributes that each global index has, where its projection leaves some out (data-plane 6.4).

    A local index fetches the others from its table where they are asked for, so of those nothing is said; nor of an
    index that was made twice.
    """
    keys = {str(table.get("TableName")): _attributes(table) for table in tables if "KeySchema" in table}
    found: dict[tuple[str, str], frozenset[str]] = {}
    made: Counter[tuple[str, str]] = Counter()
    for table in tables:
        name = str(table.get("TableName"))
        for index in _dicts(table.get("GlobalSecondaryIndexes")):
            place = name, str(index.get("IndexName"))
            made[place] += 1
            (projection,) = _dicts([index.get("Projection")])
            kind = projection.get("ProjectionType")
            if kind in ("KEYS_ONLY", "INCLUDE") and name in keys:
                more = projection.get("NonKeyAttributes") if kind == "INCLUDE" else ()
                found[place] = keys[name] | _attributes(index) | frozenset(map(str, more or ()))
    return {place: names for place, names in found.items() if made[place] == 1}


def _attributes(holder: JSONObject) -> frozenset[str]:
    return frozenset(str(element.get("AttributeName")) for element in _dicts(holder.get("KeySchema")))


def _index_sort_keys(tables: Sequence[JSONObject]) -> dict[tuple[str, str], Sequence[str]]:
    """What each index of each table is sorted by: its RANGE attributes, which may be none, or up to four."""
    found: dict[tuple[str, str], Sequence[str]] = {}
    for table in tables:
        for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in _dicts(table.get(member)):
                found[str(table.get("TableName")), str(index.get("IndexName"))] = [
                    str(element.get("AttributeName"))
                    for element in _dicts(index.get("KeySchema"))
                    if element.get("KeyType") == "RANGE"
                ]
    return found


def _names(key: Any) -> Any:
    return dict.fromkeys(sorted(key), VALUE) if isinstance(key, dict) else key


def _batch_get(draft: Draft) -> None:
    responses, rest = draft.members.get("Responses"), draft.members.get("UnprocessedKeys")
    if not isinstance(responses, dict):
        return
    for name, items in responses.items():
        if rest:
            # Where the 16 MB end, and what is left out then, is not known to the item (data-plane 7.1, 9.7).
            responses[name] = "<a part>"
        _sort(items)
    if rest and isinstance(rest, dict):
        for name, keys in rest.items():
            if isinstance(keys, dict) and isinstance(keys.get("Keys"), list):
                rest[name] = {**keys, "Keys": "<the others>"}
        draft.capacity = _uncounted(draft.capacity)


def _batch_write(draft: Draft) -> None:
    rest = draft.members.get("UnprocessedItems")
    for requests in rest.values() if isinstance(rest, dict) else ():
        _sort(requests)


def _collections(draft: Draft) -> None:
    metrics = draft.members.get("ItemCollectionMetrics")
    if not isinstance(metrics, dict):
        return
    if draft.step.operation in ("BatchWriteItem", "TransactWriteItems"):
        for collections in metrics.values():
            for collection in _dicts(collections):
                _estimate(collection)
            _sort(collections)
    else:
        _estimate(metrics)


def _estimate(collection: dict[str, Any]) -> None:
    bounds = collection.get("SizeEstimateRangeGB")
    if isinstance(bounds, list) and len(bounds) == 2 and all(isinstance(bound, int | float) for bound in bounds):
        lower, upper = bounds
        if 0 <= lower <= upper:
            collection["SizeEstimateRangeGB"] = "<estimate>"


# --- capacity ---------------------------------------------------------------------------------------------


def _unasked_capacity(draft: Draft) -> None:
    if draft.step.request.get("ReturnConsumedCapacity") in (None, "NONE"):
        draft.capacity = None


def _capacity_numbers(draft: Draft) -> None:
    for place in _places(draft.capacity):
        if isinstance(place.value, int) and not isinstance(place.value, bool) and place.name.endswith("Units"):
            place.holder[place.name] = float(place.value)


def _capacity_order(draft: Draft) -> None:
    _sort(draft.capacity)


def _uncounted(capacity: Any) -> Any:
    """Consumed capacity without its figures: what a page costs hangs on what is on it."""
    for place in _places(capacity):
        if place.name.endswith("Units") and isinstance(place.value, int | float):
            place.holder[place.name] = UNITS
    return capacity


# --- messages ---------------------------------------------------------------------------------------------

_JAVA_CLASS = re.compile(r"(?:class )?\b(?:java|sun|com\.amazonaws?)(?:\.\w+)+(?:<[^>]*>+)?")
# `RequestItems` printed as Java prints a map. The text after it is what was recorded as stable.
_ECHOED_MAP = re.compile(r"Value '\{.*\}' at '(?P<member>\w+)' failed", re.DOTALL)


def _java_classes(draft: Draft) -> None:
    if draft.message is not None and draft.message.startswith(("Unrecognized collection type ", "class ")):
        draft.message = _JAVA_CLASS.sub("<class>", draft.message)


# What replies give that is each target's own, and requests hand back: labels of streams, UUIDs, ids of backups.
_OWN = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)\d{14}-[0-9a-f]{8}"
)


def _echoed_references(draft: Draft) -> None:
    if draft.message is not None and any(references(draft.step.request)):
        draft.message = _OWN.sub("<own>", draft.message)


def _echoed_maps(draft: Draft) -> None:
    if draft.message is not None:
        draft.message = _ECHOED_MAP.sub(r"Value '{<map>}' at '\g<member>' failed", draft.message)


# --- the rules --------------------------------------------------------------------------------------------


_QUERY = frozenset({"Query"})
# Accepted with no bytes at all.
WITHOUT_BODY = frozenset({"TagResource", "UntagResource"})
_SCAN = frozenset({"Scan"})
_BATCH_GET = frozenset({"BatchGetItem"})
_BATCH_WRITE = frozenset({"BatchWriteItem"})
_RESTORES = frozenset({"RestoreTableFromBackup", "RestoreTableToPointInTime"})
_TABLES = frozenset({"CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"}) | _RESTORES
_BACKUPS = frozenset({"CreateBackup", "DescribeBackup", "ListBackups", "DeleteBackup"})
_TRANSFERS = frozenset({"ExportTableToPointInTime", "DescribeExport", "ImportTable", "DescribeImport", "ListImports"})
_INSIGHTS = frozenset({"UpdateContributorInsights", "DescribeContributorInsights", "ListContributorInsights"})
_POLICIES = frozenset({"PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"})
_STREAMS = frozenset({"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"})

RULES: tuple[Rule, ...] = (
    Rule(
        "error namespace",
        "SDKs read what follows # in __type; emulators and AWS's services differ in what stands before it.",
        _error_namespace,
    ),
    Rule(
        "member of the message",
        "Errors carry their text as message or Message, by type; every SDK reads both.",
        _message_member,
    ),
    Rule("times", "Epoch seconds differ from run to run; texts, milliseconds and zero are compared.", _times),
    Rule(
        "table ids", "A TableId is random; that it is a UUID is compared.", _table_ids, _TABLES | _BACKUPS | _TRANSFERS
    ),
    Rule(
        "regions and accounts",
        "Those in an ARN are the target's own; its partition, service and resource are compared.",
        _arns,
    ),
    Rule(
        "ids of backups and transfers",
        "An ARN of a backup, export or import ends in a time and random digits; that it does is compared.",
        _backup_ids,
    ),
    Rule(
        "stream labels", "A stream's label is the time at which it was enabled; its form is compared.", _stream_labels
    ),
    Rule(
        "stream ids",
        "Ids of shards and events, sequence numbers and iterators are opaque; their form is compared.",
        _stream_ids,
        _STREAMS,
    ),
    Rule(
        "ids of Alternator",
        "Its streams, labels, shards and events are named in forms of its own; each form is compared.",
        _alternator_ids,
    ),
    Rule("endpoints", "The address of an endpoint is the target's own.", _endpoint, frozenset({"DescribeEndpoints"})),
    Rule(
        "status of a created table",
        "A table may be ACTIVE as soon as CreateTable answers, or CREATING first; so may its indexes.",
        _status_of_created,
        frozenset({"CreateTable"}) | _RESTORES,
    ),
    Rule(
        "progress of a restore",
        "A restored table may be there when the restore answers, or be under way.",
        _status_of_restored,
        _RESTORES,
    ),
    Rule(
        "status of a created backup",
        "A backup may be AVAILABLE as soon as CreateBackup answers, or CREATING first.",
        _status_of_backup,
        frozenset({"CreateBackup"}),
    ),
    Rule(
        "sizes of backups",
        "Those of a backup are its table's, which are some hours old; that they are counts is compared.",
        _sizes_of_backups,
        _BACKUPS,
    ),
    Rule(
        "status of an updated table",
        "A change may be through when UpdateTable answers, or under way: backfilling, deletion, billing.",
        _status_of_updated,
        frozenset({"UpdateTable"}),
    ),
    Rule(
        "status of time to live",
        "ENABLING and DISABLING last up to an hour, or no time at all.",
        _status_of_time_to_live,
        frozenset({"DescribeTimeToLive"}),
    ),
    Rule(
        "sizes of tables",
        "AWS refreshes item counts and sizes about every six hours; that they are counts is compared.",
        _sizes,
        _TABLES,
    ),
    Rule(
        "order in descriptions",
        "Attribute definitions, indexes and projected attributes come in any order; a key schema does not.",
        _description_order,
        _TABLES,
    ),
    Rule(
        "unmodelled twin",
        "TableThroughputModeSummary repeats BillingModeSummary, is in no model, and no client sees it.",
        _unmodelled_twin,
        _TABLES,
    ),
    Rule(
        "order of tables",
        "AWS documents no order for ListTables. A cut list is compared by its length, a continued one not at all.",
        _table_names,
        frozenset({"ListTables"}),
    ),
    Rule(
        "order of tags",
        "Tags come in any order, so which ones a page holds is free; how many it holds is compared.",
        _tag_order,
        frozenset({"ListTagsOfResource"}),
    ),
    Rule(
        "order of streams",
        "Streams are listed in any order, and outlive their tables by a day: what else is listed hangs on the past.",
        _stream_order,
        frozenset({"ListStreams"}),
    ),
    Rule(
        "order of records",
        "A stream keeps the order of an item's records; those of different items come in any, as in a batch.",
        _record_order,
        frozenset({"GetRecords"}),
    ),
    Rule(
        "status of contributor insights",
        "ENABLING and DISABLING last a while, or no time at all; summaries come in any order.",
        _status_of_insights,
        _INSIGHTS,
    ),
    Rule(
        "rules of contributor insights",
        "What ends the name of a rule tells it from those of a table before; the rest of the name is compared.",
        _rules_of_insights,
        frozenset({"DescribeContributorInsights"}),
    ),
    Rule("revisions of policies", "A RevisionId is opaque; that it is a number is compared.", _revisions, _POLICIES),
    Rule(
        "quotas",
        "How many units an account may have differs from one to the next, and by region; that they are is compared.",
        _quotas,
        frozenset({"DescribeLimits"}),
    ),
    Rule(
        "empty body",
        "AWS answers TagResource and UntagResource with no bytes at all; SDKs read {} the same.",
        _empty_body,
        WITHOUT_BODY,
    ),
    Rule("order in sets", "The elements of a set have no order; how they are spelt is compared.", _set_order),
    Rule("order of Scan", "Scan goes by a hash that is each implementation's own.", _scan_order, _SCAN),
    Rule(
        "pages of Scan",
        "Which items are on a page or in a segment hangs on that hash; whole answers are compared as a whole.",
        _scan_pages,
        _SCAN,
    ),
    Rule(
        "capacity of followed pages",
        "It is rounded up on each page, and which items share one is the order's matter; its members are compared.",
        _followed_pages,
    ),
    Rule(
        "pages cut by size",
        "Where the 1 MB of a page end is not known to the byte: the first item of a cut page is compared.",
        _pages_cut_by_size,
        _QUERY,
    ),
    Rule(
        "ties in an index",
        "Items with equal index keys come in any order; where a page may cut through them, any of them may come.",
        _index_ties,
        _QUERY,
    ),
    Rule(
        "order of BatchGetItem",
        "Items of a batch come in any order; of a batch that was cut, that it was cut is compared.",
        _batch_get,
        _BATCH_GET,
    ),
    Rule("order of unprocessed items", "What a batch left undone comes in any order.", _batch_write, _BATCH_WRITE),
    Rule(
        "sizes of item collections",
        "SizeEstimateRangeGB is an estimate; that it is two bounds in order is compared.",
        _collections,
    ),
    Rule(
        "capacity that was not asked for",
        "A ConsumedCapacity that nobody asked for is read by nobody.",
        _unasked_capacity,
    ),
    Rule(
        "numbers of capacity", "Capacity units are doubles: 1 and 1.0 are one number to every SDK.", _capacity_numbers
    ),
    Rule(
        "order of capacity",
        "The capacity of several tables is a list in any order.",
        _capacity_order,
        frozenset({"BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"}),
    ),
    Rule(
        "Java classes",
        "Some texts of SerializationException name classes of AWS's own program.",
        _java_classes,
    ),
    Rule(
        "echoed references",
        "A request may hand back what an earlier reply gave, and a refusal quotes it; the rest of it is compared.",
        _echoed_references,
    ),
    Rule(
        "echoed maps",
        "An error about a whole map prints it as Java would; only the text around it was recorded as stable.",
        _echoed_maps,
    ),
)
