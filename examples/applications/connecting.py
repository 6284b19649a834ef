"""Where the applications find their server: the only argument. Any credentials will do."""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3

ENDPOINT = sys.argv[1]
REGION = "us-east-1"

os.environ |= {
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ENDPOINT_URL_DYNAMODB": ENDPOINT,
}


def client() -> Any:
    return boto3.client("dynamodb", endpoint_url=ENDPOINT)


def resource() -> Any:
    return boto3.resource("dynamodb", endpoint_url=ENDPOINT)
