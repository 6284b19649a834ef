"""Tags and write isolation: dossier 6 and 10; `tag-*` and `ct-tags-*` are recorded requests."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

ARN = "arn:scylla:alternator:alternator_tab:scylla:table/tab"
Tags = list[dict[str, Any]]


@pytest.fixture
def caller() -> Caller:
    return with_table("alternator-6.2")


@pytest.fixture
def later() -> Caller:
    return with_table("alternator-2026")


def with_table(dialect: str) -> Caller:
    caller = Caller(dialect)
    caller.create_table("tab", "p:S")
    return caller


def tagged(**tags: str) -> Tags:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def listed(caller: Caller) -> dict[str, str]:
    tags = caller.call("ListTagsOfResource", ResourceArn=ARN)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def refused(caller: Caller, operation: str = "TagResource", **body: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        caller.call(operation, **body)
    return refusal.value.type_name, refusal.value.message


def test_tags_come_and_go_at_once(caller: Caller) -> None:
    caller.call("TagResource", ResourceArn=ARN, Tags=tagged(k2="v2", k1="v1"))
    assert list(listed(caller).items()) == [("k1", "v1"), ("k2", "v2")]
    caller.call("TagResource", ResourceArn=ARN, Tags=tagged(k1="new"))
    caller.call("UntagResource", ResourceArn=ARN, TagKeys=["k2", "nope"])
    assert listed(caller) == {"k1": "new"}  # tag-list-2
    caller.call("UntagResource", ResourceArn=ARN, TagKeys=[])  # tag-untag-empty


def test_a_reply_is_of_no_bytes(caller: Caller) -> None:
    headers = {"x-amz-target": "DynamoDB_20120810.TagResource"}
    body = b'{"ResourceArn": "%s", "Tags": [{"Key": "a", "Value": ""}]}' % ARN.encode()
    response = caller.server.handle("POST", "/", headers, body)  # tag-add
    assert (response.status, response.body) == (200, b"")


def test_tags_of_a_new_table(caller: Caller) -> None:
    caller.call("DeleteTable", TableName="tab")
    caller.create_table("tab", "p:S", Tags=[*tagged(a="1", b=""), *tagged(a="2")])  # ct-tags-duplicate
    assert listed(caller) == {"a": "2", "b": ""}
    assert refused(caller, "TagResource", ResourceArn=ARN, Tags=5)[1] == "Cannot parse tags"


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (None, "Cannot parse tags"),  # tag-no-tags
        ([], "The number of tags must be at least 1"),  # tag-empty-list
        ([5], "invalid tag object"),
        ([{"Key": "a"}], "string Key and Value required"),  # tag-no-value
        ([{"Key": "", "Value": "x"}], "A tag Key cannot be empty"),
        ([{"Key": "k" * 129, "Value": "x"}], "A tag Key is limited to 128 characters"),
        ([{"Key": "k", "Value": "v" * 257}], "A tag Value is limited to 256 characters"),
        ([{"Key": "a@b", "Value": "x"}], "A tag Key can only contain letters, spaces, and [+-=._:/]"),  # tag-key-at
        ([{"Key": "a", "Value": "é"}], "A tag Value can only contain letters, spaces, and [+-=._:/]"),
        (
            [{"Key": f"t{number}", "Value": "x"} for number in range(51)],  # tag-51
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ),
    ],
)
def test_tags_that_are_refused(caller: Caller, tags: Any, message: str) -> None:
    assert refused(caller, ResourceArn=ARN, Tags=tags) == ("ValidationException", message)
    assert listed(caller) == {}


def test_the_tags_that_are_there_already_count(caller: Caller) -> None:
    """The limit is the resource's, as the text says, not the request's (rule: tag-rules)."""
    fifty = {f"t{number}": "x" for number in range(50)}
    caller.call("TagResource", ResourceArn=ARN, Tags=tagged(**fifty))
    caller.call("TagResource", ResourceArn=ARN, Tags=tagged(t0="new"))
    message = "Number of Tags exceed the current limit for the provided ResourceArn"
    assert refused(caller, ResourceArn=ARN, Tags=tagged(t50="x")) == ("ValidationException", message)
    assert listed(caller) == fifty | {"t0": "new"}


@pytest.mark.parametrize(
    ("keys", "message"), [(None, "Cannot parse tag keys"), ([5], "TagKeys must be list of strings")]
)
def test_keys_that_are_refused(caller: Caller, keys: Any, message: str) -> None:
    assert refused(caller, "UntagResource", ResourceArn=ARN, TagKeys=keys) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("arn", "later_type", "later_message"),
    [
        (5, "AccessDeniedException", "Incorrect resource identifier"),  # tag-arn-number
        ("tab", "AccessDeniedException", "ResourceArn: Invalid table ARN `tab` - missing `arn:` prefix"),
        (
            ARN.replace("tab", "nope"),  # tag-arn-unknown-scylla
            "ResourceNotFoundException",
            f"ResourceArn: Invalid table ARN `{ARN.replace('tab', 'nope')}` - not found",
        ),
        (f"{ARN}/", "ResourceNotFoundException", f"ResourceArn: Invalid table ARN `{ARN}/` - not found"),
    ],
)
def test_wrong_arns(caller: Caller, later: Caller, arn: Any, later_type: str, later_message: str) -> None:
    for operation in ("TagResource", "UntagResource", "ListTagsOfResource"):
        body = {"ResourceArn": arn, "Tags": tagged(a="b"), "TagKeys": []}
        assert refused(caller, operation, **body) == ("AccessDeniedException", "Incorrect resource identifier")
        assert refused(later, operation, **body) == (later_type, later_message)


@pytest.mark.parametrize("key", ["aws:x", "system:x"])  # tag-aws, tag-system
def test_tags_of_the_system(caller: Caller, later: Caller, key: str) -> None:
    tags = [{"Key": key, "Value": "x"}]
    caller.call("TagResource", ResourceArn=ARN, Tags=tags)
    assert listed(caller) == {key: "x"}
    if key.startswith("aws:"):
        later.call("TagResource", ResourceArn=ARN, Tags=tags)
    else:
        message = "Tag key 'system:x' is reserved for internal use"
        assert refused(later, ResourceArn=ARN, Tags=tags) == ("ValidationException", message)


# --- write isolation --------------------------------------------------------------------------------------


def isolation(value: str) -> Tags:
    return [{"Key": "system:write_isolation", "Value": value}]


UNKNOWN = (
    "Incorrect write isolation tag zzz. Allowed values: "
    '{"unsafe_rmw", "unsafe", "u", "o", "always_use_lwt", "always", "only_rmw_uses_lwt", "a", "forbid_rmw", '
    '"forbid", "f"}'
)


def test_an_unknown_isolation(caller: Caller) -> None:
    assert refused(caller, ResourceArn=ARN, Tags=isolation("zzz"))[1] == UNKNOWN  # tag-isolation-bad
    with pytest.raises(Refused, match="Incorrect write isolation tag zzz"):
        caller.create_table("other", "p:S", Tags=isolation("zzz"))  # ct-tags-isolation-bad
    assert caller.call("ListTables")["TableNames"] == ["tab"]


@pytest.mark.parametrize("dialect", ["alternator-6.2", "alternator-2026"])
@pytest.mark.parametrize("value", ["a", "always_use_lwt", "o", "unsafe_rmw", "f", "forbid"])
def test_a_table_may_forbid_writes_that_read(dialect: str, value: str) -> None:
    caller = with_table(dialect)
    caller.call("TagResource", ResourceArn=ARN, Tags=isolation(value))
    item = {"p": {"S": "x"}}
    caller.call("PutItem", TableName="tab", Item=item)
    for reading in ({"ConditionExpression": "attribute_exists(p)"}, {"ReturnValues": "ALL_OLD"}):
        if value.startswith("f"):
            type_name, message = refused(caller, "PutItem", TableName="tab", Item=item, **reading)
            assert type_name == "ValidationException"
            assert message.startswith("Read-modify-write operations are disabled by 'forbid_rmw' write isolation")
        else:
            caller.call("PutItem", TableName="tab", Item=item, **reading)
