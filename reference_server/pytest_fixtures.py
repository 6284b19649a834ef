"""pytest fixtures, found by pytest once the package is installed.

Loaded into every pytest run on the machine's environment, so nothing but pytest is imported before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reference_server.interception import InProcess


@pytest.fixture
def dynamodb_reference() -> Iterator[InProcess]:
    """DynamoDB in process, empty: every boto3 client that the test makes talks to it (see `InProcess`)."""
    from reference_server.interception import InProcess

    with InProcess() as dynamodb:
        yield dynamodb
