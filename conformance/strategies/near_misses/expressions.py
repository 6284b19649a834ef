"""What can be wrong with expressions and their placeholders (data-plane 4)."""

from __future__ import annotations

from conformance.strategies.near_misses.registry import CONDITIONS, EXPRESSIONS, Draft, near_miss
from conformance.strategies.values import KEY_VALUES, AttributeValue

# --- placeholders -----------------------------------------------------------------------------------------


@near_miss("a value is not used", *EXPRESSIONS)
def _unused_value(draft: Draft) -> None:
    draft.define(unused={"S": "a"})


@near_miss("a name is not used", *EXPRESSIONS)
def _unused_name(draft: Draft) -> None:
    names = {**draft.request.get("ExpressionAttributeNames", {}), "#unused": "title"}
    draft.request["ExpressionAttributeNames"] = names


@near_miss("a value is not defined", "ExpressionAttributeValues")
def _undefined_value(draft: Draft) -> None:
    _drop_one(draft, "ExpressionAttributeValues")


@near_miss("a name is not defined", "ExpressionAttributeNames")
def _undefined_name(draft: Draft) -> None:
    _drop_one(draft, "ExpressionAttributeNames")


@near_miss("names or values are empty", *EXPRESSIONS)
def _empty_placeholders(draft: Draft) -> None:
    draft.request[draft.choose(("ExpressionAttributeNames", "ExpressionAttributeValues"))] = {}


@near_miss("a placeholder that is none", *EXPRESSIONS)
def _illegal_placeholder(draft: Draft) -> None:
    if draft.choose((True, False)):
        name = draft.choose(("n", "#", "#n-0", "#n 0", "", ":n", "##n", "#é"))
        names = {**draft.request.get("ExpressionAttributeNames", {}), name: "title"}
        draft.request["ExpressionAttributeNames"] = names
    else:
        name = draft.choose(("v", ":", ":v-0", ":v.0", "", "#v", "::v"))
        values = {**draft.request.get("ExpressionAttributeValues", {}), name: {"S": "a"}}
        draft.request["ExpressionAttributeValues"] = values


@near_miss("a placeholder for an empty name", "ExpressionAttributeNames")
def _empty_name(draft: Draft) -> None:
    names = draft.request["ExpressionAttributeNames"]
    names[draft.choose(sorted(names))] = ""


@near_miss("values without an expression", operations=("PutItem", "DeleteItem", "UpdateItem", "Scan"))
def _values_alone(draft: Draft) -> None:
    draft.forget(*EXPRESSIONS)
    draft.define(v0={"S": "a"})


@near_miss("names without an expression", operations=("PutItem", "DeleteItem", "UpdateItem", "Scan", "GetItem"))
def _names_alone(draft: Draft) -> None:
    draft.forget(*EXPRESSIONS)
    draft.request["ExpressionAttributeNames"] = {"#n0": "title"}


def _drop_one(draft: Draft, member: str) -> None:
    del draft.request[member][draft.choose(sorted(draft.request[member]))]
    if not draft.request[member]:
        del draft.request[member]


# --- all of them ------------------------------------------------------------------------------------------


@near_miss("an operand of another type", "ExpressionAttributeValues", weight=6)
def _operand_type(draft: Draft) -> None:
    values = draft.request["ExpressionAttributeValues"]
    other: tuple[AttributeValue, ...] = (
        {"S": "a"},
        {"N": "1"},
        {"B": "YQ=="},
        {"BOOL": True},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"SS": ["a"]},
        {"NS": ["1"]},
    )
    values[draft.choose(sorted(values))] = draft.choose(other)


@near_miss("a token too many or too few", *EXPRESSIONS, weight=8)
def _syntax(draft: Draft) -> None:
    member = draft.expression(EXPRESSIONS)
    words = draft.request[member].split(" ")
    place = draft.choose(range(len(words)))
    token = draft.choose(("", "", "=", "<>", ")", "(", ",", ".", "AND", "NOT", "SET", "5", "!", "'a'", "[0]", "null"))
    words[place : place + 1] = [words[place], token] if token else []
    draft.request[member] = " ".join(words)


@near_miss("an empty expression", *EXPRESSIONS)
def _empty_expression(draft: Draft) -> None:
    draft.request[draft.expression(EXPRESSIONS)] = draft.choose(("", " "))


@near_miss("a path that is none", "ConditionExpression", "FilterExpression", "ProjectionExpression", weight=6)
def _illegal_path(draft: Draft) -> None:
    member = draft.expression((*CONDITIONS, "ProjectionExpression"))
    path = draft.choose(
        (
            "title.",
            ".title",
            "title..city",
            "history[01]",
            "history[-1]",
            "history[a]",
            "history[]",
            "history[0",
            "[0]",
            "_title",
            "1title",
            "ti-tle",
            "details.name",
            "status",
            "Comment",
            "details.#",
            "and",
            "details.in",
        )
    )
    form = "{} , {}" if member == "ProjectionExpression" else "{} AND attribute_exists({})"
    draft.request[member] = form.format(draft.request[member], path)


# --- conditions -------------------------------------------------------------------------------------------


@near_miss("redundant parentheses", *CONDITIONS)
def _parentheses(draft: Draft) -> None:
    member = draft.expression(CONDITIONS)
    draft.request[member] = f"(({draft.request[member]}))"


_S: AttributeValue = {"S": "a"}
_N: AttributeValue = {"N": "1"}
_SS: AttributeValue = {"SS": ["a"]}
_M: AttributeValue = {"M": {}}
_BOOL: AttributeValue = {"BOOL": True}

# Each with the value that it speaks of as `:i`.
ILLEGAL_CONDITIONS: tuple[tuple[str, AttributeValue | None], ...] = (
    ("name = title", None),  # a reserved word
    ("title = title", None),  # operands not distinct
    ("details.city <> details.city", None),
    ("price BETWEEN price AND :i", _N),
    ("title IN (:i, title)", _S),
    ("contains(title, title)", None),
    ("title", None),  # a path is no condition
    (":i", _BOOL),
    ("size(title)", None),
    ("size(size(title)) = :i", _N),
    ("size(:i) = price", _N),
    ("size(title, tags) = :i", _N),
    ("attribute_exists(title) = price", None),
    ("attribute_exists(:i)", _S),
    ("attribute_exists(size(title))", None),
    ("attribute_exists(title, price)", None),
    ("attribute_not_exists()", None),
    ("Attribute_Exists(title)", None),
    ("attribute_type(title)", None),
    ("attribute_type(title, :i)", _N),
    ("attribute_type(title, :i)", {"S": "STRING"}),
    ("attribute_type(title, price)", None),
    ("begins_with(title, :i)", _N),
    ("begins_with(:i, title)", _SS),
    ("begins_with(title)", None),
    ("contains(title)", None),
    ("contains(title, :i, :i)", _S),
    ("price < :i", _SS),
    ("price >= :i", _M),
    (":i > price", _BOOL),
    ("price BETWEEN :i AND :i", _BOOL),
    ("list_append(history, history) = history", None),
    ("if_not_exists(title, :i) = title", _S),
    ("unknown(title)", None),
    ("title NOT IN (price)", None),
    ("title IN ()", None),
    ("title IN :i", _S),
    ("title == :i", _S),
    ("title != :i", _S),
    ("title = 'a'", None),
    ("price = 5", None),
    ("flag = true", None),
    ("title LIKE :i", _S),
    ("price + :i = price", _N),
    ("title BETWEEN :i", _S),
    ("NOT title", None),
    ("(title = :i", _S),
    ("((title)) = :i", _S),
    ("(details).city = :i", _S),
    ("_title = price", None),
    ("history[01] = price", None),
)


@near_miss("an illegal condition", *CONDITIONS, weight=16)
def _illegal_condition(draft: Draft) -> None:
    member = draft.expression(CONDITIONS)
    illegal, value = draft.choose(ILLEGAL_CONDITIONS)
    draft.request[member] = f"{draft.request[member]} AND {illegal}"
    if value is not None:
        draft.define(i=value)


@near_miss("an inverted or mixed BETWEEN", *CONDITIONS, weight=3)
def _bounds(draft: Draft) -> None:
    member = draft.expression(CONDITIONS)
    draft.request[member] += " OR price BETWEEN :lower AND :upper"
    lower, upper = draft.choose(
        (
            ({"N": "2"}, {"N": "1"}),
            ({"N": "2"}, {"S": "b"}),
            ({"N": "10"}, {"N": "9"}),
            ({"S": "b"}, {"S": "B"}),
            ({"B": "/w=="}, {"B": "AA=="}),
        )
    )
    draft.define(lower=lower, upper=upper)


@near_miss("paths that overlap or conflict", "ProjectionExpression")
def _overlapping_projection(draft: Draft) -> None:
    added = draft.choose(
        (
            "details, details.city",
            "details.city, details[0]",
            "title, title",
            "history[0], history[0].a",
            "history[1], history",
        )
    )
    draft.request["ProjectionExpression"] += f", {added}"


# --- updates ----------------------------------------------------------------------------------------------

ILLEGAL_UPDATES: tuple[tuple[str, AttributeValue | None], ...] = (
    ("REMOVE details, details.city", None),
    ("REMOVE details.city, details[0]", None),
    ("SET title = :i, title = :i", _S),
    ("SET title = :i REMOVE title", _S),
    ("SET history[0] = :i REMOVE history", _S),
    ("ADD price :i DELETE price :i", _N),
    ("SET title = price SET price = title", None),
    ("REMOVE title REMOVE price", None),
    ("SET status = title", None),
    ("SET details.name = title", None),
    ("SET title = size(price)", None),
    ("SET price = price + price + price", None),
    ("SET price = price * :i", _N),
    ("SET price = -:i", _N),
    ("SET price = price + :i", _S),
    ("SET price = :i - price", _SS),
    ("SET price = if_not_exists(price)", None),
    ("SET price = if_not_exists(price, price)", None),
    ("SET price = if_not_exists(:i, price)", _N),
    ("SET history = list_append(history)", None),
    ("SET history = list_append(history, :i)", _S),
    ("SET history = list_append(history, list_append(history, history))", None),
    ("SET price = list_append(history, history) + :i", _N),
    ("SET title = attribute_exists(price)", None),
    ("SET title = unknown(price)", None),
    ("SET title", None),
    ("SET title = ", None),
    ("SET :i = title", _S),
    ("SET title = ((:i))", _S),
    ("SET size(title) = :i", _N),
    ("REMOVE title.", None),
    ("REMOVE title = :i", _S),
    ("REMOVE", None),
    ("ADD price price", None),
    ("ADD price :i", _S),
    ("ADD price :i", _M),
    ("ADD price = :i", _N),
    ("ADD price (:i)", _N),
    ("DELETE tags :i", _N),
    ("DELETE tags :i", {"L": []}),
    ("DELETE tags", None),
    ("UPDATE title = :i", _S),
    ("title = :i", _S),
)


@near_miss("updates that overlap, conflict or are not allowed", "UpdateExpression", weight=14)
def _illegal_update(draft: Draft) -> None:
    _update_instead(draft, *draft.choose(ILLEGAL_UPDATES))


@near_miss("an update of a key attribute", "UpdateExpression", weight=4)
def _key_update(draft: Draft) -> None:
    draft.forget("ConditionExpression")
    path = draft.path(draft.choose(draft.table.keys.attributes).name)
    text = draft.choose(
        ("SET {} = title", "REMOVE {}", "SET {}.city = title", "ADD {} :i", "SET title = :i REMOVE {}[0]")
    )
    draft.request["UpdateExpression"] = text.format(path)
    if ":i" in text:
        draft.define(i={"N": "1"})


# What fails when it is carried out. `nowhere` is never stored; the others are, often.
FAILING_UPDATES: tuple[tuple[str, AttributeValue | None], ...] = (
    ("SET price = nowhere", None),
    ("SET price = nowhere + :i", _N),
    ("SET history = list_append(nowhere, :i)", {"L": []}),
    ("SET nowhere.city = title", None),
    ("SET nowhere[0] = :i", _N),
    ("SET details.nowhere.city = :i", _N),
    ("SET history[50][0] = :i", _N),
    ("SET title.city = :i", _N),
    ("SET title[0] = :i", _N),
    ("SET details[0] = :i", _N),
    ("SET price = title + price", None),
    ("SET history = list_append(title, history)", None),
    ("SET price = if_not_exists(nowhere, nowhere.city)", None),
    ("REMOVE nowhere.city", None),
    ("REMOVE nowhere[0]", None),
    ("REMOVE title.city", None),
    ("REMOVE history[50].city", None),
    ("ADD title :i", _N),
    ("ADD tags :i", _N),
    ("ADD tags :i", {"NS": ["1"]}),
    ("ADD nowhere.city :i", _N),
    ("DELETE price :i", _SS),
    ("DELETE tags :i", {"NS": ["1"]}),
    ("DELETE nowhere.city :i", _SS),
    # Sums that are no numbers any more.
    ("SET price = :i + :i", {"N": "9E+125"}),
    ("SET price = :i - :j", {"N": "12345678901234567890123456789012345678"}),
    ("SET price = :i - :j", {"N": "1E+125"}),
)


@near_miss("an update that meets a wrong type or nothing", "UpdateExpression", weight=10)
def _failing_update(draft: Draft) -> None:
    _update_instead(draft, *draft.choose(FAILING_UPDATES))


@near_miss(
    "an index key updated to what it cannot be",
    "UpdateExpression",
    when=lambda _, table: bool(table.index_keys()),
    weight=6,
)
def _index_key_update(draft: Draft) -> None:
    name, datatype = draft.choose(sorted(draft.table.index_keys().items()))
    wrong: AttributeValue = {"S": "a"} if datatype != "S" else {"N": "1"}
    empty: AttributeValue = {datatype: ""} if datatype != "N" else {"BOOL": True}
    long: AttributeValue = {"S": {"S": "k" * 2049}, "N": {"N": "x"}, "B": {"B": "a2tr" * 700}}[datatype]
    value = draft.choose((wrong, wrong, {"NULL": True}, empty, {"L": []}, long))
    form = draft.choose(("SET {} = :i", "SET {} = :i", "SET {} = if_not_exists(nowhere, :i)"))
    draft.forget("ConditionExpression")
    draft.request["UpdateExpression"] = form.format(draft.path(name))
    draft.define(i=value)


def _update_instead(draft: Draft, text: str, value: AttributeValue | None) -> None:
    """The expression that is replaced takes the condition and all placeholders with it."""
    draft.forget("ConditionExpression")
    draft.request["UpdateExpression"] = text
    if value is not None:
        draft.define(i=value)
    if ":j" in text:
        draft.define(j={"N": "0.1"})


# --- key conditions ---------------------------------------------------------------------------------------

# `{}` is the partition key, `{sort}` the sort key or, where there is none, an attribute that is no key.
ILLEGAL_KEY_CONDITIONS = (
    ":key = :key",
    "{} > :key",
    "{} <> :key",
    "{} IN (:key)",
    "{} BETWEEN :key AND :key",
    "begins_with({}, :key)",
    "{} = :key OR {} = :key",
    "NOT {} = :key",
    "{} = :key AND {} = :key",
    "{} = :key AND title = :key",
    "{} = :key AND title = :key AND price = :key",
    "{} = :key AND size({}) = :key",
    "{} = title",
    "attribute_exists({})",
    "attribute_type({}, :key)",
    "contains({}, :key)",
    "{}.city = :key",
    "{}[0] = :key",
    "title = :key",
    "{sort} = :key",
    "{} = :key AND {sort} <> :key",
    "{} = :key AND {sort} IN (:key)",
    "{} = :key AND NOT {sort} = :key",
    "{} = :key AND attribute_exists({sort})",
    "{} = :key AND contains({sort}, :key)",
    "{} = :key AND ({sort} < :key OR {sort} > :key)",
    "{} = :key AND begins_with(:key, {sort})",
    "{} = :key AND :key BETWEEN {sort} AND :key",
)


@near_miss("key conditions that are none", "KeyConditionExpression", weight=12)
def _key_condition(draft: Draft) -> None:
    sort_key = draft.table.sort_key
    # It is about the table: the keys of an index are others.
    draft.forget("FilterExpression", "ProjectionExpression", "IndexName")
    if draft.request.get("Select") in ("SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"):
        del draft.request["Select"]
    text = draft.choose(ILLEGAL_KEY_CONDITIONS)
    sort = draft.path(sort_key.name) if sort_key and "{sort}" in text and is_plain(sort_key.name) else "price"
    partition = draft.path(draft.table.partition_key.name) if "{}" in text else ""
    draft.request["KeyConditionExpression"] = text.replace("{sort}", sort).replace("{}", partition)
    if ":key" in text:
        datatype = draft.table.partition_key.datatype
        draft.define(key={datatype: KEY_VALUES[datatype][0]})


def is_plain(name: str) -> bool:
    """Whether it needs no placeholder of its own: `Draft.path` has one for one name."""
    return name == "sk"


@near_miss("key condition values of a wrong type, empty or inverted", "KeyConditionExpression", weight=4)
def _key_condition_value(draft: Draft) -> None:
    values = draft.request["ExpressionAttributeValues"]
    name = draft.choose(sorted(values))
    wrong: tuple[AttributeValue, ...] = ({"S": "a"}, {"N": "1"}, {"B": "YQ=="}, {"BOOL": True}, {"S": ""}, {"B": ""})
    values[name] = draft.choose(
        [value for value in wrong if value.keys() != values[name].keys() or "" in value.values()]
    )


@near_miss(
    "an inverted BETWEEN of a sort key", "KeyConditionExpression", when=lambda _, table: table.sort_key is not None
)
def _inverted_key_condition(draft: Draft) -> None:
    partition, sort_key = draft.table.partition_key, draft.table.keys.sort[0]
    draft.forget("FilterExpression", "ProjectionExpression", "IndexName", "Select")
    names = {"#p": partition.name, "#s": sort_key.name}
    draft.request["KeyConditionExpression"] = "#p = :p AND #s BETWEEN :lower AND :upper"
    draft.request["ExpressionAttributeNames"] = names
    bounds = {"S": ("b", "a"), "N": ("10", "9"), "B": ("Yg==", "YQ==")}[sort_key.datatype]
    lower, upper = ({sort_key.datatype: bound} for bound in bounds)
    draft.define(p={partition.datatype: KEY_VALUES[partition.datatype][0]}, lower=lower, upper=upper)


@near_miss(
    "a filter on a key attribute",
    operations=("Query",),
    when=lambda step, _: "KeyConditions" not in step.request,
    weight=4,
)
def _filter_on_key(draft: Draft) -> None:
    names = [key.name for key in draft.table.keys.attributes]
    index = next((i for i in draft.table.indexes if i.name == draft.request.get("IndexName")), None)
    if index is not None:
        names = [key.name for key in index.keys.attributes]
    present = f" AND {draft.request['FilterExpression']}" if "FilterExpression" in draft.request else ""
    form = draft.choose(("attribute_exists({})", "{} <> title", "title = {}", "NOT attribute_type({}, :filter)"))
    if ":filter" in form:
        draft.define(filter={"S": "S"})
    draft.request["FilterExpression"] = form.format(draft.path(draft.choose(names))) + present
