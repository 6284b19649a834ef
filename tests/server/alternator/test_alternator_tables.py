"""CreateTable, DescribeTable, DeleteTable, ListTables: dossier 3 and 4; `ct-*`, `dt-*`, `lt-*` are recorded."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, index, key_schema

from reference_server import ReferenceServer

Body = dict[str, Any]


@pytest.fixture
def caller() -> Caller:
    return Caller("alternator-6.2")


@pytest.fixture
def later() -> Caller:
    return Caller("alternator-2026")


def definitions(*keys: str) -> list[Body]:
    return [dict(zip(("AttributeName", "AttributeType"), key.split(":"), strict=True)) for key in keys]


def request(**members: Any) -> Body:
    """A CreateTable request; a member that is None is left out."""
    body = {
        "TableName": "tab",
        "KeySchema": key_schema("p"),
        "AttributeDefinitions": definitions("p:S"),
        "BillingMode": "PAY_PER_REQUEST",
        **members,
    }
    return {name: content for name, content in body.items() if content is not None}


def refusal(caller: Caller, operation: str, body: Body) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        caller.call(operation, **body)
    return refused.value.type_name, refused.value.message


def refused_create(caller: Caller, **members: Any) -> str:
    type_name, message = refusal(caller, "CreateTable", request(**members))
    assert type_name == "ValidationException"
    assert caller.call("ListTables") == {"TableNames": []}
    return message


def test_create_table_answers_the_request(caller: Caller) -> None:
    body = request(BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}, Bogus=1)
    described = caller.call("CreateTable", **body)["TableDescription"]  # ct-provisioned, ct-vector-index
    assert set(described) - set(body) == {"CreationDateTime", "TableStatus", "TableId"}
    assert body.items() <= described.items()
    assert described["TableStatus"] == "ACTIVE"


def test_a_table_is_there_once(caller: Caller) -> None:
    caller.call("CreateTable", **request())
    assert refusal(caller, "CreateTable", request()) == ("ResourceInUseException", "Table tab already exists")
    # What is wrong with the request is told before (inferred).
    assert refusal(caller, "CreateTable", request(BillingMode="FREE"))[0] == "ValidationException"


LENGTH = "TableName must be at least 3 characters long and at most 222 characters long"
PATTERN = "TableName must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "Missing TableName field in request"),  # ct-no-name
        (5, "Non-string TableName field in request"),  # ct-name-number
        ("ab", LENGTH),  # ct-name-short
        ("z" * 223, LENGTH),  # ct-name-223
        ("bad table!", PATTERN),  # ct-name-bad-chars
        ("t\u00e9st", PATTERN),  # ct-name-unicode
        ("arn:aws:dynamodb:us-east-1:000000000000:table/t_arn", PATTERN),  # ct-name-arn
        (".scylla.alternator.system.x", "Prefix .scylla.alternator. is reserved for accessing internal tables"),
    ],
)
def test_names_of_tables(caller: Caller, name: Any, message: str) -> None:
    assert refused_create(caller, TableName=name) == message


def test_the_longest_name(caller: Caller, later: Caller) -> None:
    caller.call("CreateTable", **request(TableName="z" * 222))  # ct-name-222
    later.call("CreateTable", **request(TableName="z" * 192))
    assert "at most 192 characters" in refusal(later, "CreateTable", request(TableName="z" * 193))[1]


UNREADABLE = "JSON assert failed on condition '{}', at: 0x0"
TWO = "KeySchema must list exactly one or two key columns"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"KeySchema": None}, "Missing KeySchema member"),  # ct-no-keyschema
        ({"KeySchema": []}, TWO),  # ct-empty-keyschema
        ({"KeySchema": "p"}, TWO),  # ct-keyschema-string
        ({"KeySchema": key_schema("p", "c") + key_schema("d")}, TWO),  # ct-keyschema-three
        ({"KeySchema": [5]}, "First element of KeySchema must be an object"),
        (
            {"KeySchema": [{"AttributeName": "p", "KeyType": "RANGE"}]},  # ct-keyschema-range-first
            "First key in KeySchema must be a HASH key",
        ),
        (
            {"KeySchema": key_schema("p") + key_schema("p")},  # ct-keyschema-two-hash
            "Second key in KeySchema must be a RANGE key",
        ),
        ({"AttributeDefinitions": definitions("q:S")}, "KeySchema key 'p' missing in AttributeDefinitions"),
        ({"AttributeDefinitions": []}, "KeySchema key 'p' missing in AttributeDefinitions"),  # ct-empty-attrdefs
        ({"AttributeDefinitions": None}, UNREADABLE.format("false")),  # ct-no-attrdefs
        (
            {"AttributeDefinitions": definitions("p:S", "q:S")},  # ct-spurious-attrdefs
            'AttributeDefinitions defines spurious attributes not used by any KeySchema: {"q"}',
        ),
        (
            {"AttributeDefinitions": definitions("p:S", "p:N")},  # ct-duplicate-attrdefs
            "Duplicate AttributeName=p in AttributeDefinitions",
        ),
        (
            {"AttributeDefinitions": definitions("p:M")},
            "Invalid key type 'M', can only be S, B or N.",
        ),  # ct-bad-attrtype
        (
            {"KeySchema": key_schema(":attrs")},
            "Column name ':attrs' is currently reserved. FIXME.",  # ct-attr-name-:attrs
        ),
    ],
)
def test_keys_that_are_refused(caller: Caller, members: Body, message: str) -> None:
    assert refused_create(caller, **members) == message


@pytest.mark.parametrize("name", ["", "a" * 256])  # ct-attr-name-empty, ct-attr-name-256
def test_any_name_of_an_attribute_is_accepted_but_later(caller: Caller, later: Caller, name: str) -> None:
    body = request(KeySchema=key_schema(name), AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"}])
    caller.call("CreateTable", **body)
    assert "ttribute name" in refusal(later, "CreateTable", body)[1]


def test_a_key_may_have_one_attribute_twice(caller: Caller) -> None:
    caller.call("CreateTable", **request(KeySchema=key_schema("p", "p")))  # ct-keyschema-same-name


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"BillingMode": None}, "When BillingMode=PROVISIONED, ProvisionedThroughput must be specified."),
        (
            {"ProvisionedThroughput": {}},
            "When BillingMode=PAY_PER_REQUEST, ProvisionedThroughput cannot be specified.",
        ),
        ({"BillingMode": "FREE"}, "Unknown BillingMode={}. Must be PAY_PER_REQUEST or PROVISIONED."),
        (
            {"SSESpecification": {"Enabled": True}},
            "SSESpecification: configuring encryption-at-rest is not yet supported.",
        ),
        ({"SSESpecification": {}}, "SSESpecification needs boolean Enabled"),
        ({"StreamSpecification": {}}, "StreamSpecification needs boolean StreamEnabled"),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "EVERYTHING"}},
            'Malformed value StreamViewType : "EVERYTHING"',
        ),
        ({"GlobalSecondaryIndexes": 5}, "GlobalSecondaryIndexes must be an array."),
    ],
)
def test_settings_that_are_refused(caller: Caller, members: Body, message: str) -> None:
    assert refused_create(caller, **members) == message


@pytest.mark.parametrize(
    "members",
    [
        {"BillingMode": None, "ProvisionedThroughput": {"ReadCapacityUnits": 0}},  # ct-throughput-zero, -partial
        {"TableClass": "GOLD"},  # ct-table-class-bad
        {"SSESpecification": {"Enabled": False}},
        {"StreamSpecification": {"StreamEnabled": False, "StreamViewType": "ANY"}},  # as ct-stream-disabled-type
        {"ResourcePolicy": {}},
        {"GlobalSecondaryIndexes": [], "LocalSecondaryIndexes": []},  # ct-gsi-empty-list, ct-lsi-empty-list
    ],
)
def test_settings_that_are_not_looked_at(caller: Caller, members: Body) -> None:
    caller.call("CreateTable", **request(**members))


def with_global(*indexes: Body, types: str = "p:S g:S") -> Body:
    return request(AttributeDefinitions=definitions(*types.split()), GlobalSecondaryIndexes=[*indexes])


@pytest.mark.parametrize(
    ("indexes", "message"),
    [
        ([{"IndexName": "gi_idx"}], "Missing KeySchema member"),  # ct-gsi-no-keyschema
        ([{"KeySchema": key_schema("g")}], "GlobalSecondaryIndexes IndexName must be a string."),  # ct-gsi-no-name
        ([index("gii", "g"), index("gii", "p")], "Duplicate IndexName 'gii', "),  # ct-gsi-dup-name
        ([index("gi", "g")], "IndexName must be at least 3 characters long"),  # ct-gsi-short-name
        ([index("g i!", "g")], "IndexName 'g i!' must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
        (
            [index("i" * 219, "g")],  # as ct-gsi-long-name: 222 with the table's name and the colon are accepted
            f"The total length of TableName ('tab') and IndexName ('{'i' * 219}') cannot exceed 221 characters",
        ),
        ([index("gi1", "x")], "KeySchema key 'x' missing in AttributeDefinitions"),  # ct-gsi-undefined-key
    ],
)
def test_global_indexes_that_are_refused(caller: Caller, indexes: list[Body], message: str) -> None:
    assert refused_create(caller, **with_global(*indexes)) == message


def test_there_may_be_many_indexes_of_any_projection(caller: Caller) -> None:
    indexes = [index(f"gi{number}", "g", projection="SOME", include=["x"]) for number in range(21)]
    caller.call("CreateTable", **with_global(*indexes))  # ct-gsi-21, ct-gsi-bad-projection
    described = caller.call("DescribeTable", TableName="tab")["Table"]["GlobalSecondaryIndexes"]
    assert len(described) == 21
    assert {one["Projection"]["ProjectionType"] for one in described} == {"ALL"}


@pytest.mark.parametrize(
    ("keys", "local", "message"),
    [
        (["p"], ["p", "l"], "LocalSecondaryIndex requires that the base table have a range key"),
        (["p", "c"], ["l", "c"], "LocalSecondaryIndex hash key must match the base table hash key"),
        (["p", "c"], ["p"], "LocalSecondaryIndex must specify a sort key"),
        (["p", "c"], ["p", "p"], "LocalSecondaryIndex sort key cannot be the same as hash key"),
    ],
)
def test_local_indexes_that_are_refused(caller: Caller, keys: list[str], local: list[str], message: str) -> None:
    """ct-lsi-no-range, -other-hash, -no-sort, -sort-is-hash."""
    members = {
        "KeySchema": key_schema(*keys),
        "AttributeDefinitions": definitions("p:S", "c:S", "l:S"),
        "LocalSecondaryIndexes": [index("li1", *local)],
    }
    assert refused_create(caller, **members) == message


# --- DescribeTable ----------------------------------------------------------------------------------------


def create_indexed(caller: Caller) -> None:
    caller.create_table(
        "tab",
        "p:S",
        "c:S",
        types="g:S l:N",
        GlobalSecondaryIndexes=[index("gi1", "g", projection="KEYS_ONLY"), index("gi2", "p"), index("gi3", "g", "l")],
        LocalSecondaryIndexes=[index("li1", "p", "l")],
        DeletionProtectionEnabled=True,
    )


def test_a_table_as_it_is_described(caller: Caller) -> None:
    create_indexed(caller)
    table = caller.call("DescribeTable", TableName="tab")["Table"]
    assert list(table) == [
        "TableName",
        "TableStatus",
        "TableArn",
        "TableId",
        "BillingModeSummary",
        "ProvisionedThroughput",
        "CreationDateTime",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "AttributeDefinitions",
    ]  # dt-gsi, dt-lsi
    assert table["TableArn"] == "arn:scylla:alternator:alternator_tab:scylla:table/tab"
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == key_schema("p", "c")
    assert {one["AttributeName"] for one in table["AttributeDefinitions"]} == {"p", "c", "g", "l"}
    local = {"IndexName": "li1", "IndexArn": f"{table['TableArn']}/index/li1", "KeySchema": key_schema("p", "l")}
    assert table["LocalSecondaryIndexes"] == [local | {"Projection": {"ProjectionType": "ALL"}}]


def test_an_index_without_a_sort_key_shows_one_of_the_table(caller: Caller, later: Caller) -> None:
    def schemas(one: Caller) -> list[list[Body]]:
        create_indexed(one)
        described = one.call("DescribeTable", TableName="tab")["Table"]["GlobalSecondaryIndexes"]
        return [index["KeySchema"] for index in described]

    assert schemas(caller) == [key_schema("g", "p"), key_schema("p", "c"), key_schema("g", "l")]  # dt-gsi
    assert schemas(later) == [key_schema("g"), key_schema("p"), key_schema("g", "l")]


def test_what_is_described_later(later: Caller) -> None:
    create_indexed(later)
    table = later.call("DescribeTable", TableName="tab")["Table"]
    assert table["TableSizeBytes"] == 0
    assert table["StreamSpecification"] == {"StreamEnabled": False}
    assert table["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"


MISSING = ("ResourceNotFoundException", "Requested resource not found: Table: nope not found")


@pytest.mark.parametrize("operation", ["DescribeTable", "DeleteTable", "UpdateTable", "DescribeTimeToLive"])
@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"TableName": "nope"}, MISSING),  # dt-missing, del-missing, ut-missing-table, ttl-missing-table
        ({}, ("ValidationException", "Missing TableName field in request")),  # dt-no-name
        ({"TableName": None}, ("ValidationException", "Non-string TableName field in request")),  # dt-name-null
        ({"TableName": ""}, ("ValidationException", LENGTH)),  # dt-name-empty
        ({"TableName": "a b!"}, ("ValidationException", PATTERN)),  # dt-name-bad
        ({"TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/tab"}, ("ValidationException", PATTERN)),
    ],
)
def test_tables_that_are_not_there(caller: Caller, operation: str, body: Body, refused: tuple[str, str]) -> None:
    caller.create_table("tab", "p:S")
    assert refusal(caller, operation, body) == refused


# --- DeleteTable, ListTables ------------------------------------------------------------------------------


def test_a_deleted_table_is_gone_though_it_was_protected(caller: Caller) -> None:
    create_indexed(caller)
    described = caller.call("DeleteTable", TableName="tab")["TableDescription"]  # del-protected
    assert described["TableStatus"] == "DELETING"
    assert "KeySchema" not in described
    assert refusal(caller, "DescribeTable", {"TableName": "tab"})[0] == "ResourceNotFoundException"
    create_indexed(caller)


def test_names_come_in_no_order_page_by_page(caller: Caller) -> None:
    names = [f"tab{number}" for number in range(9)]
    for name in names:
        caller.create_table(name, "p:S")
    listed = caller.call("ListTables")["TableNames"]
    assert listed != sorted(listed) == names
    paged: list[str] = []
    start: Body = {}
    while True:
        page = caller.call("ListTables", Limit=2, **start)
        paged += page["TableNames"]
        if "LastEvaluatedTableName" not in page:
            break
        start = {"ExclusiveStartTableName": page["LastEvaluatedTableName"]}
    assert paged == listed


@pytest.mark.parametrize("start", ["nope", "a!", "zzzzzz"])  # lt-start-absent, -bad, -last
def test_behind_a_table_that_is_not_there_is_nothing(caller: Caller, start: str) -> None:
    caller.create_table("tab", "p:S")
    assert caller.call("ListTables", ExclusiveStartTableName=start) == {"TableNames": []}


@pytest.mark.parametrize("limit", [0, 101, -1])  # lt-limit-0, -101, -neg
def test_limits_of_a_page(caller: Caller, limit: int) -> None:
    message = "Limit must be greater than 0 and no greater than 100"
    assert refusal(caller, "ListTables", {"Limit": limit}) == ("ValidationException", message)


@pytest.mark.parametrize("limit", ["1", 1.5, 4294967297, None, True])  # lt-limit-string, -fraction, -big, -null
def test_a_limit_is_an_integer(caller: Caller, limit: Any) -> None:
    assert refusal(caller, "ListTables", {"Limit": limit})[1] == UNREADABLE.format("data_.f.flags & kIntFlag")


def test_there_are_no_backups(caller: Caller) -> None:
    caller.create_table("tab", "p:S")
    described = caller.call("DescribeContinuousBackups", TableName="tab")["ContinuousBackupsDescription"]
    assert described["ContinuousBackupsStatus"] == "DISABLED"
    refused = refusal(caller, "DescribeContinuousBackups", {"TableName": "nope"})
    assert refused == ("TableNotFoundException", "Table nope not found")


def test_what_is_missing_is_told_in_words_later(later: Caller) -> None:
    message = "Missing AttributeDefinitions in CreateTable request"
    assert refused_create(later, AttributeDefinitions=None) == message


def test_nothing_takes_time_though_it_would_elsewhere(caller: Caller) -> None:
    caller.server = ReferenceServer(dialect="alternator-6.2", transition_seconds=60)
    create_indexed(caller)
    assert caller.call("DescribeTable", TableName="tab")["Table"]["TableStatus"] == "ACTIVE"
    caller.call("DeleteTable", TableName="tab")
    assert caller.call("ListTables") == {"TableNames": []}
