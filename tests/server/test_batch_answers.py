"""The answer of a BatchGetItem ends with 16 MB; what did not fit is told so that it can be asked for as it stands."""

from __future__ import annotations

from typing import Any

from calling import Caller

from reference_server import limits

ITEMS = 50
TEXT = 400_000


def test_what_does_not_fit_into_an_answer_is_unprocessed_and_can_be_asked_for_again() -> None:
    caller = Caller()
    caller.create_table("Things", "pk:S")
    for number in range(ITEMS):
        caller.call("PutItem", TableName="Things", Item={"pk": {"S": str(number)}, "text": {"S": "x" * TEXT}})
    request: dict[str, Any] = {
        "Things": {
            "Keys": [{"pk": {"S": str(number)}} for number in range(ITEMS)],
            "ProjectionExpression": "#k",
            "ExpressionAttributeNames": {"#k": "pk"},
            "ConsistentRead": True,
        }
    }
    found: list[str] = []
    answers = 0
    while request:
        answer = caller.call("BatchGetItem", RequestItems=request)
        answers += 1
        read = [item["pk"]["S"] for item in answer["Responses"]["Things"]]
        assert len(read) * TEXT <= limits.BATCH_GET_BYTES + TEXT
        found += read
        left = answer["UnprocessedKeys"]
        if left:
            assert left["Things"] == {**request["Things"], "Keys": left["Things"]["Keys"]}
        request = left
    assert answers == 2
    assert sorted(found, key=int) == [str(number) for number in range(ITEMS)]
