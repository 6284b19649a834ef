"""python-dynamodb-lock: a lock, contention, heartbeats, and a lock whose owner has gone."""

from __future__ import annotations

import datetime
import time

import connecting
from python_dynamodb_lock.python_dynamodb_lock import DynamoDBLockClient, DynamoDBLockError

DynamoDBLockClient.create_dynamodb_table(connecting.client(), table_name="locks")


def client(owner: str) -> DynamoDBLockClient:
    return DynamoDBLockClient(
        connecting.resource(),
        table_name="locks",
        heartbeat_period=datetime.timedelta(seconds=0.3),
        safe_period=datetime.timedelta(seconds=1.5),
        lease_duration=datetime.timedelta(seconds=2),
        owner_name=owner,
    )


first, second = client("first"), client("second")
for number in range(3):
    with first.acquire_lock(f"job-{number}", additional_attributes={"attempt": number}):
        time.sleep(0.05)

held = first.acquire_lock("report", sort_key="daily")
try:
    second.acquire_lock(
        "report",
        sort_key="daily",
        retry_period=datetime.timedelta(seconds=0.1),
        retry_timeout=datetime.timedelta(seconds=0.5),
    )
except DynamoDBLockError as error:
    if error.code != DynamoDBLockError.ACQUIRE_TIMEOUT:
        raise
else:
    raise AssertionError("it was held")
time.sleep(1)
held.release()
with second.acquire_lock("report", sort_key="daily"):
    pass

gone = client("gone")
gone.acquire_lock("abandoned")
gone.close()  # without its locks: its heartbeats end
taken = second.acquire_lock(
    "abandoned", retry_period=datetime.timedelta(seconds=0.2), retry_timeout=datetime.timedelta(seconds=5)
)
taken.release()
for each in (first, second):
    each.close()
print("locks: done")
