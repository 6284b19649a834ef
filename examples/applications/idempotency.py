"""Powertools' idempotency: each payment once, however often it is asked for."""

from __future__ import annotations

import warnings
from contextlib import suppress

import connecting
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyValidationError

warnings.simplefilter("ignore")
client = connecting.client()
for name, keys in (("payments", ["id"]), ("orders", ["tenant", "id"])):
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=name)
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"AttributeName": "expiration", "Enabled": True})

calls = []
store = DynamoDBPersistenceLayer(table_name="payments")
config = IdempotencyConfig(event_key_jmespath="payment", payload_validation_jmespath="amount", expires_after_seconds=60)


@idempotent(config=config, persistence_store=store)
def pay(event: dict, _context: object) -> dict:
    calls.append(event)
    if event["amount"] < 0:
        raise ValueError("no negative payments")
    return {"paid": event["amount"], "lines": [1.5, 2]}


by_tenant = DynamoDBPersistenceLayer(
    table_name="orders", key_attr="tenant", sort_key_attr="id", static_pk_value="tenant-1"
)


@idempotent_function(data_keyword_argument="order", config=IdempotencyConfig(), persistence_store=by_tenant)
def place(order: dict) -> str:
    calls.append(order)
    return f"order {order['number']}"


class Context:
    function_name = "pay"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:pay"
    aws_request_id = "1"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


for payment in range(10):
    for _ in range(3):
        pay({"payment": str(payment), "amount": payment}, Context())
try:
    pay({"payment": "1", "amount": 99}, Context())
except IdempotencyValidationError:
    pass
else:
    raise AssertionError("another amount must be refused")
with suppress(ValueError):
    pay({"payment": "bad", "amount": -1}, Context())
for number in range(5):
    place(order={"number": number})
    place(order={"number": number})
assert len(calls) == 16, len(calls)
print("idempotency: done")
