"""Laws of filters: what a condition selects, its negation leaves out; and what was stored is found by what it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from conformance.laws.law import LABEL, Broken, CannotJudgeError, Item, Law, Observed, Probe, broken
from conformance.laws.readings import (
    MISSING_ITEM,
    TWICE,
    UNDUE,
    creations,
    datatype_of,
    item_equal_to,
    item_fault,
    key_names,
    key_of,
    row_faults,
)
from conformance.laws.sketch import (
    Sketch,
    partition_of,
    read_of,
    sketch,
    stripped,
    with_expression,
    with_used_placeholders,
    without,
)
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.expressions import Placeholders
from conformance.strategies.items import Path, paths_in

_OPERATOR: Final = re.compile(
    r"\b(attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size|BETWEEN|IN|AND|OR|NOT)\b"
    r"|<>|<=|>=|=|<|>",
    re.IGNORECASE,
)
_CONNECTIVES: Final = frozenset({"AND", "OR", "NOT"})


def operators_of(condition: str) -> str:
    """What a condition is made of, without its operands: a part of the kind, so that faults of operators differ."""
    operators = [
        match[0].upper() if match[0].isupper() else match[0].lower() for match in _OPERATOR.finditer(condition)
    ]
    operators = [name.upper() if name.upper() in {*_CONNECTIVES, "BETWEEN", "IN"} else name for name in operators]
    if "BETWEEN" in operators:
        operators.remove("AND")
    if _CONNECTIVES & set(operators):
        return "a compound condition"
    return " and ".join(dict.fromkeys(operators)) or "a condition"


def _filter(request: JSONObject) -> str:
    return str(request.get("FilterExpression", ""))


def _table_key(observed: Observed, probe: Probe) -> tuple[str, ...]:
    return key_names(creations(observed.scenario.tables).get(str(probe.request.get("TableName")), {}))


# --- rows(p) and rows(NOT p) ------------------------------------------------------------------------------


def _negated(_own: JSONObject, requests: Callable[[str], list[JSONObject]]) -> JSONObject | None:
    return next(({**one, "FilterExpression": f"NOT ({stripped(_filter(one))})"} for one in requests("p")), None)


def _unfiltered(_own: JSONObject, requests: Callable[[str], list[JSONObject]]) -> JSONObject | None:
    return next((without(one, "FilterExpression") for one in requests("p")), None)


def _read(made: Sketch) -> tuple[str, JSONObject, list[str]]:
    """A Scan or Query of the table or an index, and the attributes that its filter may not name (data-plane 6.1)."""
    index = pick(made.draw, (None, None, *made.table.indexes))
    # Of an index, a filter may only name what is projected; those of it all are enough.
    index = index if index and index.projection == "ALL" else None
    if chance(made.draw, 50):
        return "Scan", read_of(made.table, index), []
    return "Query", partition_of(made, index), [key.name for key in (index or made.table).keys.attributes]


def _draw_complement(draw: Draw) -> Scenario:
    made = sketch(draw)
    operation, request, keys = _read(made)
    placeholders = Placeholders()
    text = made.condition(made.paths(keys), placeholders)
    made.probe("all", operation, pages=True)
    made.probe("not-p", operation, pages=True)
    made.probe("p", operation, with_expression(request, "FilterExpression", text, placeholders), pages=True)
    return made.scenario()


def _judge_complement(observed: Observed) -> Iterator[Broken]:
    p, negated, whole = observed.probe("p"), observed.probe("not-p"), observed.probe("all")
    operators = operators_of(_filter(p.request))
    selected, left_out, everything = p.items(), negated.items(), whole.items()
    both = Counter(map(item_equal_to, selected)) & Counter(map(item_equal_to, left_out))
    if both:
        item = next(item for item in selected if both[item_equal_to(item)])
        yield broken(p, negated, whole, how=f"an item is selected by {operators} and by its negation", actual=item)
        return
    for fault in row_faults(everything, selected + left_out, _table_key(observed, p)):
        how = {
            MISSING_ITEM: f"an item is selected neither by {operators} nor by its negation",
            UNDUE: f"an item is selected by {operators} or its negation, and is not there without a filter",
        }.get(fault.how, f"{fault.how} (selected by {operators} or its negation)")
        yield broken(p, negated, whole, how=how, expected=fault.expected, actual=fault.actual)


COMPLEMENT = Law(
    "complement",
    "The items that a filter selects and those that its negation selects are all items, and none is in both.",
    "data-plane 4.7 (NOT of a false comparison is true), 6.2",
    _draw_complement,
    _judge_complement,
    {"not-p": _negated, "all": _unfiltered},
    eventual=True,
)


# --- p AND q, p OR q --------------------------------------------------------------------------------------


def _connected(word: str) -> Callable[[JSONObject, Callable[[str], list[JSONObject]]], JSONObject | None]:
    def derive(_own: JSONObject, requests: Callable[[str], list[JSONObject]]) -> JSONObject | None:
        for p, q in zip(requests("p"), requests("q"), strict=False):
            joined = {**p, "FilterExpression": f"({stripped(_filter(p))}) {word} ({stripped(_filter(q))})"}
            for holder in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
                if holder in p or holder in q:
                    joined[holder] = {**p.get(holder, {}), **q.get(holder, {})}
            return with_used_placeholders(joined)
        return None

    return derive


def _draw_connectives(draw: Draw) -> Scenario:
    made = sketch(draw)
    operation, request, keys = _read(made)
    # One set of placeholders for both, so that they can stand in one expression.
    placeholders = Placeholders()
    texts = [made.condition(made.paths(keys), placeholders, 0) for _ in range(2)]
    made.probe("and", operation, pages=True)
    made.probe("or", operation, pages=True)
    for role, text in zip(("p", "q"), texts, strict=True):
        made.probe(role, operation, with_expression(request, "FilterExpression", text, placeholders), pages=True)
    return made.scenario()


def _judge_connectives(observed: Observed) -> Iterator[Broken]:
    p, q, both, either = (observed.probe(role) for role in ("p", "q", "and", "or"))
    if not _share_placeholders(p.request, q.request) or without(p.request, "FilterExpression") != without(
        q.request, "FilterExpression"
    ):
        raise CannotJudgeError("the two filters are of different requests")
    of_p, of_q = (Counter(map(item_equal_to, probe.items())) for probe in (p, q))
    names = " and of ".join(sorted({operators_of(_filter(one.request)) for one in (p, q)}))
    for probe, due, word in ((both, of_p & of_q, "AND"), (either, of_p | of_q, "OR")):
        came = Counter(map(item_equal_to, probe.items()))
        for less, more, how in ((came, due, "does not select an item"), (due, came, "selects an item")):
            if more - less:
                yield broken(
                    probe,
                    p,
                    q,
                    how=f"{word} {how} {'as' if how.startswith('does') else 'other than'} its operands say: of {names}",
                    expected=sum(due.values()),
                    actual=probe.items(),
                )


def _share_placeholders(one: JSONObject, other: JSONObject) -> bool:
    for holder in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        mine, yours = one.get(holder, {}), other.get(holder, {})
        if any(mine[name] != yours[name] for name in mine.keys() & yours.keys()):
            return False
    return True


CONNECTIVES = Law(
    "connectives",
    "p AND q selects the items that p and q both select, p OR q those that either does.",
    "data-plane 4.2, 4.7",
    _draw_connectives,
    _judge_connectives,
    {"and": _connected("AND"), "or": _connected("OR")},
    eventual=True,
)


# --- a filter of the item's own ---------------------------------------------------------------------------

# Of a value, a condition that is true of it and the values in it; None where there is none for its datatype.
_Rule = Callable[[Any, Any], "tuple[str, list[JSONObject]] | None"]


def _ordered(text: str, count: int = 1) -> _Rule:
    def rule(datatype: str, content: Any) -> tuple[str, list[JSONObject]] | None:
        return (text, [{datatype: content}] * count) if datatype in ("S", "N", "B") else None

    return rule


def _always(text: str, count: int = 1) -> _Rule:
    return lambda datatype, content: (text, [{datatype: content}] * count)


def _beginning(datatype: str, content: Any) -> tuple[str, list[JSONObject]] | None:
    if datatype == "S":
        return "begins_with(@, :0)", [{"S": content[: (len(content) + 1) // 2]}]
    # Four characters of base64 are three bytes.
    return ("begins_with(@, :0)", [{"B": content[:4]}]) if datatype == "B" else None


def _containing(datatype: str, content: Any) -> tuple[str, list[JSONObject]] | None:
    if datatype == "S":
        return "contains(@, :0)", [{"S": content[len(content) // 2 :]}]
    if datatype == "B":
        return "contains(@, :0)", [{"B": content[-4:]}]
    if datatype in ("SS", "NS", "BS", "L") and content:
        return "contains(@, :0)", [{datatype[0]: content[-1]} if datatype != "L" else content[-1]]
    return None


def _sized(datatype: str, content: Any) -> tuple[str, list[JSONObject]] | None:
    # Of characters beyond the BMP the size is not sure (data-plane 4.7).
    if datatype in ("SS", "NS", "BS", "L", "M") or (datatype == "S" and content.isascii()):
        return "size(@) = :0", [{"N": str(len(content))}]
    return ("size(@) = :0", [{"N": str(len(content) * 3 // 4 - content.count("="))}]) if datatype == "B" else None


# `@` stands for the path.
RULES: Final[Mapping[str, _Rule]] = {
    "=": _always("@ = :0"),
    "<=": _ordered("@ <= :0"),
    ">=": _ordered("@ >= :0"),
    "BETWEEN": _ordered("@ BETWEEN :0 AND :1", 2),
    "IN": lambda datatype, content: ("@ IN (:0, :1)", [{"NULL": True}, {datatype: content}]),
    "NOT <>": _always("NOT @ <> :0"),
    "attribute_exists": lambda _datatype, _content: ("attribute_exists(@)", []),
    "attribute_type": lambda datatype, _content: ("attribute_type(@, :0)", [{"S": datatype}]),
    "begins_with": _beginning,
    "contains": _containing,
    "size": _sized,
}


def _path_of(request: JSONObject) -> Path:
    """The path that a probe is about: its names in their order, and indexes as text (`[0]`)."""
    names = request.get("ExpressionAttributeNames", {})
    text = _filter(request) or "#0"
    found = re.search(r"#0(?:\.#\d+|\[\d+\])*", text)
    parts = re.findall(r"#\d+|\[\d+\]", found[0]) if found else []
    return tuple(int(part[1:-1]) if part.startswith("[") else str(names.get(part, "")) for part in parts)


def _value_at(item: Item, path: Path) -> Any:
    value: Any = {"M": item}
    for part in path:
        holder = value.get("M" if isinstance(part, str) else "L") if isinstance(value, dict) else None
        if isinstance(part, str):
            value = holder.get(part) if isinstance(holder, dict) else None
        else:
            value = holder[part] if isinstance(holder, list) and part < len(holder) else None
    return value


def _path_text(path: Path) -> tuple[str, dict[str, str]]:
    text = ""
    names: dict[str, str] = {}
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            placeholder = f"#{len(names)}"
            text += f".{placeholder}" if text else placeholder
            names[placeholder] = part
    return text, names


def _matching(rule: str) -> Callable[[JSONObject, Callable[[str], list[JSONObject]]], JSONObject | None]:
    def derive(own: JSONObject, requests: Callable[[str], list[JSONObject]]) -> JSONObject | None:
        for put in requests("put"):
            path = _path_of(own)
            value = _value_at(put.get("Item", {}), path)
            if datatype_of(value) == "no attribute value":
                return None
            ((datatype, content),) = value.items()
            condition = RULES[rule](datatype, content)
            if condition is None:
                return None
            subject, names = _path_text(path)
            text, values = condition
            request = {
                "TableName": put.get("TableName"),
                "ConsistentRead": True,
                "FilterExpression": text.replace("@", subject),
                "ExpressionAttributeNames": names,
            }
            if values:
                request["ExpressionAttributeValues"] = {f":{n}": value for n, value in enumerate(values)}
            return request
        return None

    return derive


_ROLES: Final = {rule: f"by {rule}" for rule in RULES}


def _draw_matching(draw: Draw) -> Scenario:
    made = sketch(draw, writes=0)
    key = made.key()
    made.put_items(made.table, [key])
    made.steps[-1] = replace(made.steps[-1], label=f"{LABEL}put")
    item = made.steps[-1].request["Item"]
    found = [(path, value) for path, value in paths_in(item) if len(path) <= 4]
    for _ in range(4):
        path, value = pick(draw, found)
        ((datatype, content),) = value.items()
        rules = [rule for rule in RULES if RULES[rule](datatype, content)]
        subject, names = _path_text(path)
        request = {"FilterExpression": f"attribute_exists({subject})", "ExpressionAttributeNames": names}
        made.probe(_ROLES[pick(draw, rules)], "Scan", request, pages=True)
    return made.scenario()


def _judge_matching(observed: Observed) -> Iterator[Broken]:
    put = observed.probe("put")
    _ = put.body
    item = put.request.get("Item", {})
    key = _table_key(observed, put)
    probes = [(rule, probe) for rule, role in _ROLES.items() for probe in observed.probes(role)]
    for rule, probe in probes:
        kind = f"{rule} of type {datatype_of(_value_at(item, _path_of(probe.request)))}"
        found = [one for one in probe.items() if key_of(one, key) == key_of(item, key)]
        if not found:
            yield broken(probe, put, how=f"an item is not found by its own attribute: {kind}", expected=item)
        elif len(found) > 1:
            yield broken(probe, put, how=f"{TWICE}: {kind}", actual=found)
        elif fault := item_fault(item, found[0], typed=True):
            yield broken(probe, put, how=f"the item found is another: {fault}", expected=item, actual=found[0])


SELF_MATCH = Law(
    "self-match",
    "A filter that is built from an attribute of a stored item, whatever its operator and datatype, returns the item.",
    "data-plane 4.7",
    _draw_matching,
    _judge_matching,
    {role: _matching(rule) for rule, role in _ROLES.items()},
)

LAWS: Final = (COMPLEMENT, CONNECTIVES, SELF_MATCH)
