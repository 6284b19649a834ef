"""What a table has besides items and indexes: time to live, tags, policies, contributor insights; and the account.

Tags and policies are given to an ARN, which is each target's own: it is taken from what DescribeTable said.
"""

from __future__ import annotations

import json
from typing import Final

from conformance.references import FROM
from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.drawing import Draw, chance, draw_members, pick, pick_some
from conformance.strategies.items import World
from conformance.strategies.schemas import Table

# --- time to live (control-plane 9) -----------------------------------------------------------------------

# None of these has numbers of our days in it: whether an item expires at once is each implementation's own matter.
EXPIRY_ATTRIBUTES: Final = ("expires", "expires", "title", "x.y", "details")


def update_time_to_live(draw: Draw, world: World, table: Table) -> Step:
    """It is enabled where it is not, and the other way round, for the most part."""
    enabled_on = world.expiry.get(table.name)
    enable = (enabled_on is None) is not chance(draw, 15)
    attribute = enabled_on if enabled_on and chance(draw, 85) else pick(draw, EXPIRY_ATTRIBUTES)
    world.expiry[table.name] = attribute if enable else None
    specification = {"Enabled": enable, "AttributeName": attribute}
    return Step("UpdateTimeToLive", {"TableName": table.name, "TimeToLiveSpecification": specification})


def describe_time_to_live(_draw: Draw, _world: World, table: Table) -> Step:
    return Step("DescribeTimeToLive", {"TableName": table.name})


# --- tags (control-plane 10) ------------------------------------------------------------------------------

TAG_KEYS: Final = ("team", "env", "Team", "cost center", "größe", "a:b/c=d+e-f_g@h", "k" * 128)
TAG_VALUES: Final = ("", "core", "prod", "1", "ü ü", "v" * 256)
# A page of tags holds ten.
MANY_TAGS: Final = 14


def draw_tags(draw: Draw, most: int = 3) -> list[JSON]:
    return [{"Key": key, "Value": pick(draw, TAG_VALUES)} for key in pick_some(draw, TAG_KEYS, 1, most)]


def many_tags(draw: Draw) -> list[JSON]:
    return [{"Key": f"tag-{number}", "Value": pick(draw, TAG_VALUES)} for number in range(MANY_TAGS)]


def tag_resource(draw: Draw, world: World, table: Table) -> Step:
    tags = many_tags(draw) if chance(draw, 20) else draw_tags(draw)
    return Step("TagResource", {"ResourceArn": world.table_arn(table), "Tags": tags})


def untag_resource(draw: Draw, world: World, table: Table) -> Step:
    """Keys that are there or not: nothing is said of those that are not."""
    keys = pick_some(draw, (*TAG_KEYS, "tag-0", "tag-13"), 1, 3)
    return Step("UntagResource", {"ResourceArn": world.table_arn(table), "TagKeys": keys})


def list_tags_of_resource(draw: Draw, world: World, table: Table) -> Step:
    return Step("ListTagsOfResource", {"ResourceArn": world.table_arn(table)}, pages=chance(draw, 60))


# --- policies (control-plane 19) --------------------------------------------------------------------------

_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:*", "dynamodb:Query")


def draw_policy(draw: Draw) -> str:
    statement = {
        "Sid": pick(draw, ("one", "two")),
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": pick(draw, _ACTIONS),
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _policed(draw: Draw, world: World, table: Table) -> JSONObject:
    """A table; where it has a stream, perhaps that."""
    of_stream = table.stream is not None and chance(draw, 20)
    return {"ResourceArn": world.stream_arn(table) if of_stream else world.table_arn(table)}


def draw_expected_revision(draw: Draw, world: World, table: Table) -> JSONObject:
    """The revision that the last policy got, none, or one that nothing had."""
    known = world.revisions.get(table.name)
    latest: JSON = {FROM: f"{known}.RevisionId"} if known else "NO_POLICY"
    return draw_members(draw, ExpectedRevisionId=(50, (latest, latest, latest, "NO_POLICY", "1700000000000")))


def put_resource_policy(draw: Draw, world: World, table: Table) -> Step:
    request = _policed(draw, world, table) | {"Policy": draw_policy(draw)}
    request |= draw_expected_revision(draw, world, table)
    request |= draw_members(draw, ConfirmRemoveSelfResourceAccess=(10, (True, False)))
    label = world.label()
    if request["ResourceArn"] == world.table_arn(table):
        world.revisions[table.name] = label
    return Step("PutResourcePolicy", request, label=label)


def get_resource_policy(draw: Draw, world: World, table: Table) -> Step:
    return Step("GetResourcePolicy", _policed(draw, world, table))


def delete_resource_policy(draw: Draw, world: World, table: Table) -> Step:
    request = _policed(draw, world, table) | draw_expected_revision(draw, world, table)
    return Step("DeleteResourcePolicy", request)


# --- contributor insights (control-plane 18) --------------------------------------------------------------


def _insights_of(draw: Draw, table: Table) -> JSONObject:
    """The table, or one of its global indexes."""
    names = tuple(index.name for index in table.indexes if index.is_global)
    return {"TableName": table.name, **(draw_members(draw, IndexName=(35, names)) if names else {})}


def update_contributor_insights(draw: Draw, _world: World, table: Table) -> Step:
    request = _insights_of(draw, table)
    request["ContributorInsightsAction"] = pick(draw, ("ENABLE", "ENABLE", "DISABLE"))
    modes = ("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS")
    return Step("UpdateContributorInsights", request | draw_members(draw, ContributorInsightsMode=(25, modes)))


def describe_contributor_insights(draw: Draw, _world: World, table: Table) -> Step:
    return Step("DescribeContributorInsights", _insights_of(draw, table))


def list_contributor_insights(draw: Draw, _world: World, table: Table) -> Step:
    request: JSONObject = {"TableName": table.name, **draw_members(draw, MaxResults=(30, (1, 2, 100)))}
    return Step("ListContributorInsights", request, pages=True)


# --- the account (control-plane 11) -----------------------------------------------------------------------


def describe_limits(_draw: Draw, _world: World, _table: Table) -> Step:
    return Step("DescribeLimits", {})


def describe_endpoints(_draw: Draw, _world: World, _table: Table) -> Step:
    return Step("DescribeEndpoints", {})
