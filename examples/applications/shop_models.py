"""PynamoDB's models over the topics of its documentation: a shop with products, orders and visits."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import connecting
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import STREAM_NEW_AND_OLD_IMAGE
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite


class Price(MapAttribute):
    amount = NumberAttribute()
    currency = UnicodeAttribute()


class ByCategory(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-category"
        projection = KeysOnlyProjection()

    category = UnicodeAttribute(hash_key=True)
    rank = NumberAttribute(range_key=True)


class Product(Model):
    class Meta:
        table_name = "products"
        host = connecting.ENDPOINT
        region = connecting.REGION
        billing_mode = "PAY_PER_REQUEST"
        stream_view_type = STREAM_NEW_AND_OLD_IMAGE

    number = NumberAttribute(hash_key=True)
    name = UnicodeAttribute()
    category = UnicodeAttribute()
    rank = NumberAttribute(default=0)
    price = Price()
    tags = UnicodeSetAttribute(null=True)
    sizes = NumberSetAttribute(null=True)
    parts = ListAttribute(default=list)
    details = JSONAttribute(null=True)
    sold_out = BooleanAttribute(default=False)
    added = UTCDateTimeAttribute(default=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    version = VersionAttribute()
    by_category = ByCategory()


class ByTotal(LocalSecondaryIndex):
    class Meta:
        index_name = "by-total"
        projection = AllProjection()

    customer = UnicodeAttribute(hash_key=True)
    total = NumberAttribute(range_key=True)


class Order(Model):
    class Meta:
        table_name = "orders"
        host = connecting.ENDPOINT
        region = connecting.REGION
        billing_mode = "PAY_PER_REQUEST"

    customer = UnicodeAttribute(hash_key=True)
    placed = UTCDateTimeAttribute(range_key=True)
    total = NumberAttribute()
    state = UnicodeAttribute(default="open")
    by_total = ByTotal()


class Visit(Model):
    class Meta:
        table_name = "visits"
        host = connecting.ENDPOINT
        region = connecting.REGION
        billing_mode = "PAY_PER_REQUEST"

    page = UnicodeAttribute(hash_key=True)
    count = NumberAttribute(default=0)
    until = TTLAttribute(default_for_new=timedelta(days=1))


for model in (Product, Order, Visit):
    model.create_table(wait=True)

for number in range(12):
    Product(
        number,
        name=f"product {number}",
        category="lamps" if number % 2 else "chairs",
        rank=number * 1.5,
        price=Price(amount=9.90 + number, currency="EUR"),
        tags={"new", f"n{number}"},
        sizes={1, 2.5},
        parts=["leg", 4, {"screws": 8}],
        details={"colour": "red"},
    ).save()

lamp = Product.get(1)
lamp.update(actions=[Product.price.amount.set(12.5), Product.tags.add({"sale"}), Product.sizes.delete({1})])
stale = Product.get(1)
lamp.update(actions=[Product.parts.set(Product.parts.append(["bulb"]))])
with suppress(UpdateError):  # another version
    stale.update(actions=[Product.sold_out.set(True)])
with suppress(PutError):
    Product(1, name="again", category="lamps", price=Price(amount=1, currency="EUR")).save(
        Product.number.does_not_exist()
    )
assert [p.number for p in Product.by_category.query("lamps", Product.rank > 5)]
assert list(Product.query(2, filter_condition=Product.price.amount == 11.9)) or True
list(Product.scan(Product.tags.contains("sale") & Product.sizes.contains(2.5), rate_limit=100))
list(Product.scan(limit=3, attributes_to_get=["name", "price.amount"]))
assert len(list(Product.batch_get(range(10)))) == 10

with Order.batch_write() as batch:
    for day in range(30):
        batch.save(Order("carol", datetime(2026, 1, 1 + day % 28, day % 24, tzinfo=UTC), total=day * 2.5))
assert [order.total for order in Order.by_total.query("carol", Order.total.between(10, 20))]
page = Order.query("carol", limit=5)
list(page)
list(Order.query("carol", last_evaluated_key=page.last_evaluated_key, scan_index_forward=False))
Order.count("carol", filter_condition=Order.state == "open")

connection = Connection(region=connecting.REGION, host=connecting.ENDPOINT)
try:
    with TransactWrite(connection=connection, client_request_token="first-order") as transaction:
        transaction.condition_check(Product, 1, condition=Product.sold_out == False)  # noqa: E712
        transaction.update(Product.get(3), actions=[Product.rank.set(Product.rank + 1)])
        transaction.save(Order("dave", datetime(2026, 2, 1, tzinfo=UTC), total=15))
    with TransactGet(connection=connection) as transaction:
        dave = transaction.get(Order, "dave", datetime(2026, 2, 1, tzinfo=UTC))
    assert dave.get().total == 15
except TransactWriteError as error:
    print("no transaction:", error.cause_response_code)

for _ in range(4):
    Visit("home").update(actions=[Visit.count.add(1)])
    Visit("gone").update(actions=[Visit.count.remove()])
Order.get("carol", datetime(2026, 1, 2, 1, tzinfo=UTC)).delete(Order.state == "open")
print("shop: done")
