"""What is kept beside a table: tags, policies, insights. And what an account may have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from calling import HEADERS, Refused
from test_update_table import Tables, index

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


class Kept(Tables):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.arn: str = self.table()["TableArn"]

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Some replies have no body."""
        headers = HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        response = self.server.handle("POST", "/", headers, json.dumps(request).encode())
        assert response.status < 500, response.body
        if response.status != 200:
            raise Refused(json.loads(response.body))
        body: dict[str, Any] = json.loads(response.body or b"{}")
        return body

    def tag(self, **tags: str) -> None:
        self.call("TagResource", ResourceArn=self.arn, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])

    def tags(self) -> dict[str, str]:
        found: dict[str, str] = {}
        more: dict[str, Any] = {}
        while True:
            page = self.call("ListTagsOfResource", ResourceArn=self.arn, **more)
            assert len(page["Tags"]) <= 10
            found |= {tag["Key"]: tag["Value"] for tag in page["Tags"]}
            if "NextToken" not in page:
                return found
            more = {"NextToken": page["NextToken"]}


def test_tags_are_put_listed_by_page_and_taken_away() -> None:
    kept = Kept()
    many = {f"key{number:02}": str(number) for number in range(25)}
    kept.tag(**many)
    kept.tag(key00="again")
    assert kept.tags() == {**many, "key00": "again"}
    kept.call("UntagResource", ResourceArn=kept.arn, TagKeys=["key00", "absent"])
    assert "key00" not in kept.tags()


def test_tags_come_with_a_table_and_go_with_it() -> None:
    kept = Kept()
    kept.create_table("Art", "pk:S", Tags=[{"Key": "team", "Value": "blue"}])
    kept.arn = kept.call("DescribeTable", TableName="Art")["Table"]["TableArn"]
    assert kept.tags() == {"team": "blue"}
    kept.call("DeleteTable", TableName="Art")
    kept.create_table("Art", "pk:S")
    assert kept.tags() == {}


def test_no_more_than_fifty() -> None:
    kept = Kept()
    kept.tag(**{f"key{number}": "" for number in range(50)})
    with pytest.raises(Refused, match="ValidationException"):
        kept.tag(other="")
    assert len(kept.tags()) == 50


@pytest.mark.parametrize(
    ("operation", "request_", "complaint"),
    [
        ("TagResource", {"Tags": []}, "Atleast one Tag needs to be provided as Input."),
        ("UntagResource", {"TagKeys": []}, "Atleast one Tag Key needs to be provided as Input."),
        ("TagResource", {"Tags": [{"Key": "aws:x", "Value": ""}]}, "ValidationException"),
        ("ListTagsOfResource", {"ResourceArn": "foo"}, "Invalid TableArn: Invalid ResourceArn provided as input foo"),
        (
            "ListTagsOfResource",
            {"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Nobody"},
            "ResourceNotFoundException: Requested resource not found: ResourcArn: arn:.*Nobody not found",
        ),
        (
            "ListTagsOfResource",
            {"ResourceArn": "arn:aws:dynamodb:eu-west-1:000000000000:table/Music"},
            "ResourceNotFoundException",
        ),
    ],
)
def test_tags_that_are_refused(operation: str, request_: dict[str, Any], complaint: str) -> None:
    kept = Kept()
    with pytest.raises(Refused, match=complaint):
        kept.call(operation, **{"ResourceArn": kept.arn, **request_})


def test_limits_and_endpoints() -> None:
    kept = Kept()
    assert kept.call("DescribeLimits")["TableMaxReadCapacityUnits"] == 40_000
    (endpoint,) = kept.call("DescribeEndpoints")["Endpoints"]
    assert endpoint == {"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}


def test_a_policy_has_revisions() -> None:
    kept = Kept()

    def put(policy: str, **expected: str) -> str:
        revision: str = kept.call("PutResourcePolicy", ResourceArn=kept.arn, Policy=policy, **expected)["RevisionId"]
        return revision

    with pytest.raises(Refused, match="PolicyNotFoundException"):
        kept.call("GetResourcePolicy", ResourceArn=kept.arn)
    first = put(POLICY, ExpectedRevisionId="NO_POLICY")
    assert put(POLICY) == first
    assert kept.call("GetResourcePolicy", ResourceArn=kept.arn) == {"Policy": POLICY, "RevisionId": first}
    other = json.dumps({"Statement": [{"Effect": "Deny"}]})
    second = put(other, ExpectedRevisionId=first)
    assert second != first
    for expected in (first, "NO_POLICY"):
        with pytest.raises(Refused, match="PolicyNotFoundException"):
            put(POLICY, ExpectedRevisionId=expected)
        with pytest.raises(Refused, match="PolicyNotFoundException"):
            kept.call("DeleteResourcePolicy", ResourceArn=kept.arn, ExpectedRevisionId=expected)
    assert kept.call("DeleteResourcePolicy", ResourceArn=kept.arn) == {"RevisionId": second}
    assert kept.call("DeleteResourcePolicy", ResourceArn=kept.arn) == {}


@pytest.mark.parametrize("policy", ["", "text", "[]", "{}", json.dumps({"Statement": "x" * 20_480})])
def test_what_is_no_policy(policy: str) -> None:
    kept = Kept()
    with pytest.raises(Refused, match="ValidationException"):
        kept.call("PutResourcePolicy", ResourceArn=kept.arn, Policy=policy)


def test_a_policy_comes_with_a_table_and_goes_with_it() -> None:
    kept = Kept()
    kept.create_table("Art", "pk:S", ResourcePolicy=POLICY)
    arn = kept.call("DescribeTable", TableName="Art")["Table"]["TableArn"]
    assert kept.call("GetResourcePolicy", ResourceArn=arn)["Policy"] == POLICY
    kept.call("DeleteTable", TableName="Art")
    kept.create_table("Art", "pk:S")
    with pytest.raises(Refused, match="PolicyNotFoundException"):
        kept.call("GetResourcePolicy", ResourceArn=arn)


def test_insights() -> None:
    kept = Kept(transition_seconds=5.0)
    kept.settle()
    name = {"TableName": "Music"}
    assert kept.call("DescribeContributorInsights", **name) == {**name, "ContributorInsightsStatus": "DISABLED"}
    enabled = kept.call("UpdateContributorInsights", **name, ContributorInsightsAction="ENABLE")
    assert enabled == {
        **name,
        "ContributorInsightsStatus": "ENABLING",
        "ContributorInsightsMode": "ACCESSED_AND_THROTTLED_KEYS",
    }
    kept.settle()
    described = kept.call("DescribeContributorInsights", **name)
    assert described["ContributorInsightsStatus"] == "ENABLED"
    assert len(described["ContributorInsightsRuleList"]) == 4
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        kept.call("UpdateContributorInsights", **name, IndexName="Nobody", ContributorInsightsAction="ENABLE")
    listed = kept.call("ListContributorInsights")
    assert [entry["ContributorInsightsStatus"] for entry in listed["ContributorInsightsSummaries"]] == ["ENABLED"]
    disabled = kept.call("UpdateContributorInsights", **name, ContributorInsightsAction="DISABLE")
    assert disabled["ContributorInsightsStatus"] == "DISABLING"
    kept.settle()
    assert kept.call("DescribeContributorInsights", **name)["ContributorInsightsStatus"] == "DISABLED"


def test_insights_are_listed_by_page() -> None:
    kept = Kept()
    kept.change_index([{"AttributeName": "g", "AttributeType": "S"}], Create=index())
    kept.settle()
    for name in (None, "ByG"):
        more = {} if name is None else {"IndexName": name}
        kept.call("UpdateContributorInsights", TableName="Music", ContributorInsightsAction="ENABLE", **more)
    first = kept.call("ListContributorInsights", MaxResults=1)
    rest = kept.call("ListContributorInsights", MaxResults=1, NextToken=first["NextToken"])
    entries = first["ContributorInsightsSummaries"] + rest["ContributorInsightsSummaries"]
    assert [entry.get("IndexName") for entry in entries] == [None, "ByG"]
    assert "NextToken" not in rest
    for token in ("٣", "-1", "1" * 5000, "no"):
        assert kept.call("ListContributorInsights", MaxResults=1, NextToken=token) == first


def test_tags_do_not_change_while_a_table_is_made_or_deleted() -> None:
    kept = Kept(transition_seconds=5.0)
    kept.settle()
    kept.create_table("Art", "pk:S")
    arn = kept.arn.replace("Music", "Art")
    tag = {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]}
    with pytest.raises(Refused, match=r"ResourceInUseException: .* Table is being created: Art"):
        kept.call("TagResource", **tag)
    assert kept.call("ListTagsOfResource", ResourceArn=arn) == {"Tags": []}
    kept.settle()
    kept.call("TagResource", **tag)
    kept.call("DeleteTable", TableName="Art")
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        kept.call("TagResource", **tag)


@pytest.mark.parametrize(("key", "good"), [("a#b", False), ("Größe 1 +-=._:/@", True)])
def test_characters_of_tags(key: str, good: bool) -> None:
    kept = Kept()
    if good:
        kept.tag(**{key: key})
        assert kept.tags() == {key: key}
    else:
        with pytest.raises(Refused, match="ValidationException"):
            kept.tag(**{key: "x"})
        with pytest.raises(Refused, match="ValidationException"):
            kept.tag(x=key)
