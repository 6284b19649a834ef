"""The workloads by name, in the order in which they run."""

from __future__ import annotations

from typing import Final

from conformance.concurrency.workloads.append import Append
from conformance.concurrency.workloads.batch import Batch
from conformance.concurrency.workloads.counter import Counter
from conformance.concurrency.workloads.index import Index
from conformance.concurrency.workloads.lock import Lock
from conformance.concurrency.workloads.register import Register
from conformance.concurrency.workloads.tokens import Tokens
from conformance.concurrency.workloads.transactions import Transactions
from conformance.concurrency.workloads.transfer import Transfer
from conformance.concurrency.workloads.unique import Unique
from conformance.concurrency.workloads.workload import Workload

WORKLOADS: Final[dict[str, Workload]] = {
    workload.name: workload
    for workload in (
        Counter(),
        Append(),
        Register(),
        Lock(),
        Transfer(),
        Transactions(),
        Unique(),
        Tokens(),
        Batch(),
        Index(),
    )
}
