"""A server in this process, called as the wire calls it."""

from __future__ import annotations

from typing import Any

import orjson

from reference_server import ReferenceServer

HEADERS = {
    "host": "localhost",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-date": "20260101T000000Z",
    "authorization": "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, "
    f"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={'0' * 64}",
}


class Refused(Exception):  # noqa: N818
    """What a request was refused with: the error's name without its namespace, and the text."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.type_name = body["__type"].rpartition("#")[2]
        self.message = body.get("message", body.get("Message"))
        self.body = body
        super().__init__(f"{self.type_name}: {self.message}")


class Caller:
    """`Caller().put_item_or_whatever` is not the point: `call("PutItem", TableName=...)` sends the wire's own JSON."""

    def __init__(self, dialect: str = "aws") -> None:
        self.server = ReferenceServer(dialect=dialect)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        headers = HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        response = self.server.handle("POST", "/", headers, orjson.dumps(request))
        body: dict[str, Any] = orjson.loads(response.body or b"{}")
        assert response.status < 500, body
        if response.status != 200:
            raise Refused(body)
        return body

    def create_table(self, name: str, *keys: str, types: str = "", **options: Any) -> None:
        """`keys` are `pk:S`, `sk:N`; `types` more definitions, as `g:S h:N`."""
        names = [key.partition(":")[0] for key in keys]
        definitions = [definition.split(":") for definition in [*keys, *types.split()]]
        self.call(
            "CreateTable",
            TableName=name,
            KeySchema=key_schema(*names),
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in definitions],
            BillingMode="PAY_PER_REQUEST",
            **options,
        )


def key_schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def index(name: str, *keys: str, projection: str = "ALL", include: list[str] | None = None) -> dict[str, Any]:
    described: dict[str, Any] = {"ProjectionType": projection}
    if include:
        described["NonKeyAttributes"] = include
    return {"IndexName": name, "KeySchema": key_schema(*keys), "Projection": described}
