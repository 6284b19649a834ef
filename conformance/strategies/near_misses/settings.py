"""What can be wrong with updates of tables, and with what they have besides items (control-plane 5, 9, 10, 18, 19)."""

from __future__ import annotations

from typing import Final

from conformance.references import FROM, is_reference
from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.near_misses.registry import Draft, near_miss
from conformance.strategies.schemas import Table

_UNITS: Final[JSONObject] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
_BY_TITLE: Final[list[JSON]] = [{"AttributeName": "title", "KeyType": "HASH"}]
_TITLE: Final[list[JSON]] = [{"AttributeName": "title", "AttributeType": "S"}]


def _only(draft: Draft, **members: JSON) -> None:
    """The request is about the same table, and asks for nothing else."""
    name = draft.request["TableName"]
    draft.request.clear()
    draft.request.update({"TableName": name, **members})


# --- UpdateTable ------------------------------------------------------------------------------------------


@near_miss("an update of nothing", operations=("UpdateTable",))
def _nothing(draft: Draft) -> None:
    nothing: tuple[JSONObject, ...] = (
        {},
        {"AttributeDefinitions": _TITLE},
        {"GlobalSecondaryIndexUpdates": []},
        {"BillingMode": None},
    )
    _only(draft, **draft.choose(nothing))


def _created(draft: Draft, **changed: JSON) -> JSONObject:
    """A creation that would do, but for what is changed of it."""
    index: JSONObject = {"IndexName": "one", "KeySchema": _BY_TITLE, "Projection": {"ProjectionType": "ALL"}}
    index |= {"ProvisionedThroughput": _UNITS} if draft.table.provisioned else {}
    return {"Create": {name: value for name, value in {**index, **changed}.items() if value is not None}}


@near_miss("an index that cannot be created", operations=("UpdateTable",), weight=6)
def _index(draft: Draft) -> None:
    other_type: list[JSON] = [{"AttributeName": "title", "AttributeType": "N"}]
    wrong: list[tuple[list[JSON], JSONObject]] = [
        ([], _created(draft)),
        (other_type, _created(draft, IndexName="ab")),
        (_TITLE, _created(draft, IndexName="not a name")),
        (_TITLE, _created(draft, KeySchema=[])),
        (_TITLE, _created(draft, KeySchema=[{"AttributeName": "title", "KeyType": "RANGE"}])),
        (_TITLE, _created(draft, KeySchema=[{"AttributeName": "unknown", "KeyType": "HASH"}])),
        (_TITLE, _created(draft, KeySchema=[*_BY_TITLE, {"AttributeName": "title", "KeyType": "RANGE"}])),
        (_TITLE, _created(draft, KeySchema=None)),
        (_TITLE, _created(draft, Projection=None)),
        (_TITLE, _created(draft, Projection={})),
        (_TITLE, _created(draft, Projection={"ProjectionType": "INCLUDE"})),
        (_TITLE, _created(draft, Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["price"]})),
        (_TITLE, _created(draft, ProvisionedThroughput=None if draft.table.provisioned else _UNITS)),
        *((_TITLE, _created(draft, IndexName=index.name)) for index in draft.table.indexes),
    ]
    # An attribute that is a key already has one type.
    key = draft.table.partition_key
    retyped: list[JSON] = [{"AttributeName": key.name, "AttributeType": "N" if key.datatype != "N" else "S"}]
    wrong.append((retyped, _created(draft, KeySchema=[{"AttributeName": key.name, "KeyType": "HASH"}])))
    definitions, update = draft.choose(wrong)
    members: JSONObject = {"AttributeDefinitions": definitions} if definitions else {}
    _only(draft, **members, GlobalSecondaryIndexUpdates=[update])


@near_miss("updates of indexes that do not go together", operations=("UpdateTable",), weight=4)
def _index_updates(draft: Draft) -> None:
    there = next((index.name for index in draft.table.indexes if index.is_global), "unknown")
    local = next((index.name for index in draft.table.indexes if not index.is_global), "unknown")
    delete: JSONObject = {"Delete": {"IndexName": there}}
    update: JSONObject = {"Update": {"IndexName": there, "ProvisionedThroughput": _UNITS}}
    wrong: tuple[list[JSON], ...] = (
        [{}],
        [_created(draft), _created(draft, IndexName="two")],
        [_created(draft) | delete],
        [_created(draft), delete],
        [delete, delete],
        [update, update],
        [update, delete],
        [{"Delete": {"IndexName": "unknown"}}],
        [{"Delete": {"IndexName": local}}],
        [{"Delete": {}}],
        [{"Update": {"IndexName": "unknown", "ProvisionedThroughput": _UNITS}}],
        [{"Update": {"IndexName": there, "ProvisionedThroughput": _UNITS | {"ReadCapacityUnits": 0}}}],
        [{"Update": {"IndexName": there}}],
    )
    _only(draft, AttributeDefinitions=_TITLE, GlobalSecondaryIndexUpdates=draft.choose(wrong))


@near_miss("a billing mode that does not fit", operations=("UpdateTable",), weight=3)
def _billing(draft: Draft) -> None:
    wrong: tuple[JSONObject, ...] = (
        {"BillingMode": "PROVISIONED"},
        {"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": _UNITS},
        {"ProvisionedThroughput": _UNITS | {"WriteCapacityUnits": 0}},
        {"ProvisionedThroughput": {"ReadCapacityUnits": 1}},
        {"ProvisionedThroughput": _UNITS | {"ReadCapacityUnits": 10**12 + 1}},
        {"BillingMode": "ON_DEMAND"},
        {"OnDemandThroughput": {"MaxReadRequestUnits": 0}},
        {"WarmThroughput": {"ReadUnitsPerSecond": 1}},
        {"WarmThroughput": {}},
    )
    _only(draft, **draft.choose(wrong))


@near_miss("a stream that cannot be had", operations=("UpdateTable", "CreateTable"), weight=3)
def _stream(draft: Draft) -> None:
    there = draft.table.stream is not None
    wrong: tuple[JSONObject, ...] = (
        {"StreamEnabled": True},
        {"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"},
        {"StreamEnabled": True, "StreamViewType": "ALL"},
        {"StreamViewType": "NEW_IMAGE"},
        {},
        # What is so already.
        {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"} if there else {"StreamEnabled": False},
    )
    specification = draft.choose(wrong)
    if draft.operation == "CreateTable":
        draft.request["StreamSpecification"] = specification
    else:
        _only(draft, StreamSpecification=specification)


@near_miss("settings that are none", operations=("UpdateTable", "CreateTable"))
def _settings(draft: Draft) -> None:
    wrong: tuple[JSONObject, ...] = (
        {"TableClass": "COLD"},
        {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
        {"SSESpecification": {"SSEType": "NONE"}},
        {"DeletionProtectionEnabled": "true"},
        {"OnDemandThroughput": {"MaxReadRequestUnits": -2}},
    )
    if draft.operation == "UpdateTable":
        _only(draft, **draft.choose(wrong))
    else:
        draft.request.update(draft.choose(wrong))


# --- time to live -----------------------------------------------------------------------------------------


@near_miss("a time to live that is none", operations=("UpdateTimeToLive",), weight=3)
def _time_to_live(draft: Draft) -> None:
    specification = draft.request["TimeToLiveSpecification"]
    wrong: tuple[JSONObject, ...] = (
        {},
        {"Enabled": True},
        {"AttributeName": "expires"},
        specification | {"AttributeName": ""},
        specification | {"AttributeName": "x" * 256},
        {"Enabled": True, "AttributeName": draft.table.partition_key.name},
    )
    draft.request["TimeToLiveSpecification"] = draft.choose(wrong)


# --- ARNs, tags, policies ---------------------------------------------------------------------------------

_NO_ARNS: Final = (
    *("Things", "arn", "arn:aws:dynamodb", "arn:aws:s3:::bucket", "", " "),
    *("arn:aws:dynamodb:us-east-1", "table/Things", "arn:aws:dynamodb:::table/Things"),
)
# What DescribeTable says besides.
_OTHERS: Final = ("TableId", "TableName", "LatestStreamLabel", "LatestStreamArn", "TableArn")


# Members that hold a table's or a stream's ARN as the target gave it.
_ARNS: Final = ("ResourceArn", "StreamArn", "TableArn")


def _takes_an_arn(step: Step, _table: Table) -> bool:
    """(A data stream's ARN is nobody's reply.)"""
    return any(is_reference(step.request.get(member)) for member in _ARNS)


@near_miss("an ARN of something else", *_ARNS, when=_takes_an_arn, weight=3)
def _arn(draft: Draft) -> None:
    member = next(member for member in _ARNS if member in draft.request)
    head, _, last = str(draft.request[member][FROM]).rpartition(".")
    others = [{FROM: f"{head}.{other}"} for other in _OTHERS if other != last]
    draft.request[member] = draft.choose((*_NO_ARNS, *others))


@near_miss("tags that are none", operations=("TagResource", "CreateTable"), weight=3)
def _tags(draft: Draft) -> None:
    tag = {"Key": "team", "Value": "core"}
    wrong: tuple[list[JSON], ...] = (
        [],
        [{"Key": "team"}],
        [{"Value": "core"}],
        [tag | {"Key": ""}],
        [tag | {"Key": "k" * 129}],
        [tag | {"Value": "v" * 257}],
        [tag | {"Key": "aws:team"}],
        [tag | {"Key": "team!"}],
        [tag | {"Value": "a;b"}],
        [{"Key": f"tag-{number}", "Value": ""} for number in range(51)],
    )
    draft.request["Tags"] = draft.choose(wrong)


@near_miss("keys of tags that are none", operations=("UntagResource",))
def _tag_keys(draft: Draft) -> None:
    draft.request["TagKeys"] = draft.choose(([], [""], ["k" * 129], "team", [None]))


@near_miss("a policy that is none", operations=("PutResourcePolicy",), weight=3)
def _policy(draft: Draft) -> None:
    draft.request["Policy"] = draft.choose(("", "{", "[]", "{}", '"text"', '{"Version": "2012-10-17"}', " " * 20_481))


@near_miss("a revision that is none", operations=("PutResourcePolicy", "DeleteResourcePolicy"))
def _revision(draft: Draft) -> None:
    draft.request["ExpectedRevisionId"] = draft.choose(("", "x", "no_policy", "1" * 256))


@near_miss("insights of an index that is none", operations=("UpdateContributorInsights", "DescribeContributorInsights"))
def _insights(draft: Draft) -> None:
    local = next((index.name for index in draft.table.indexes if not index.is_global), "unknown")
    draft.request["IndexName"] = draft.choose(("unknown", "ab", "not a name", local))


@near_miss("an action or a mode that is none", operations=("UpdateContributorInsights",))
def _action(draft: Draft) -> None:
    draft.request[draft.choose(("ContributorInsightsAction", "ContributorInsightsMode"))] = draft.choose(
        ("enable", "", "ALL")
    )


@near_miss("a number of results that is none", operations=("ListContributorInsights",))
def _results(draft: Draft) -> None:
    draft.request["MaxResults"] = draft.choose((101, "1", 1.5))
