"""Celery with its results in DynamoDB: results, failures, retries, a group and a chord, with a worker in a thread."""

from __future__ import annotations

from urllib.parse import urlsplit

import connecting
from celery import Celery, chord, group
from celery.contrib.testing.worker import start_worker

host = urlsplit(connecting.ENDPOINT).netloc
app = Celery(
    "example", broker="memory://", backend=f"dynamodb://example:example@{host}/results?read=5&write=5&ttl_seconds=3600"
)
app.conf.update(result_extended=True, broker_connection_retry_on_startup=True)


@app.task
def add(a: float, b: float) -> float:
    return a + b


@app.task
def fail() -> None:
    raise ValueError("as it should")


@app.task(bind=True, max_retries=2, default_retry_delay=0.05)
def stumble(self) -> str:  # `self` is celery's own instance
    if self.request.retries < 1:
        raise self.retry()
    return "up again"


@app.task
def total(numbers: list[float]) -> float:
    return sum(numbers)


with start_worker(app, perform_ping_check=False, pool="solo"):
    assert add.delay(1.5, 2).get(timeout=10) == 3.5
    failed = fail.delay()
    assert isinstance(failed.get(timeout=10, propagate=False), ValueError)
    assert stumble.delay().get(timeout=10) == "up again"
    assert group(add.s(n, n) for n in range(5)).apply_async().get(timeout=10) == [0, 2, 4, 6, 8]
    assert chord((add.s(n, 1) for n in range(4)), total.s()).apply_async().get(timeout=10) == 10
    failed.forget()
print("celery: done")
