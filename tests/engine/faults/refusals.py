"""What is refused, in which order, and with which words."""

from __future__ import annotations

from reference_server.expressions import checks
from reference_server.model import explanation
from reference_server.operations import items, reads, writes
from reference_server.tables import item_keys
from reference_server.tables.catalogue import Catalogue
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import call, delete, get, item, put, query, scan, update, witness

_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="table-looked-up-first",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="PutItem looks for its table before it looks at its expressions.",
        notice="A request with a syntax error to a table that is missing is told of the table, not of the error.",
        patches=(
            edit(items.put_item, ("item = request.Item", "catalogue.open(request.TableName)\nitem = request.Item")),
        ),
        witness=witness(put("Missing", _KEY, ConditionExpression="x ="), tables=[]),
    ),
    Fault(
        id="unused-values-accepted-by-delete",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="DeleteItem does not mind placeholders that no expression uses.",
        notice="A request that production refuses passes all tests.",
        patches=(edit(items.delete_item, ("placeholders.refuse_unused()", "pass")),),
        witness=witness(
            delete(
                "Simple",
                _KEY,
                ConditionExpression="attribute_not_exists(x)",
                ExpressionAttributeValues={":v": {"N": "1"}},
            )
        ),
    ),
    Fault(
        id="operand-count-of-the-rule",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="A wrong number of operands is refused with the number that would have been right.",
        notice="The message says that there are as many operands as there should be.",
        patches=(
            edit(
                checks.check_function,
                (
                    """
                    raise ValidationException(
                        messages.OPERAND_COUNT, kind=kind.value, operator=rule.name, count=len(operands)
                    )
                    """,
                    """
                    raise ValidationException(
                        messages.OPERAND_COUNT, kind=kind.value, operator=rule.name, count=len(rule.operands)
                    )
                    """,
                ),
            ),
        ),
        witness=witness(scan("Simple", "begins_with(x)")),
    ),
    Fault(
        id="bounds-told-the-wrong-way-round",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="The refusal of BETWEEN with its bounds exchanged names them the wrong way round.",
        notice="The message shows a request that would have been right.",
        patches=(
            edit(
                checks._check_bounds,
                (
                    "raise ValidationException(message, kind=kind.value, lower=_render(lower), upper=_render(upper))",
                    "raise ValidationException(message, kind=kind.value, lower=_render(upper), upper=_render(lower))",
                ),
            ),
        ),
        witness=witness(scan("Simple", "x BETWEEN :l AND :u", l=2, u=1)),
    ),
    Fault(
        id="bounds-of-two-types-accepted",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="BETWEEN takes bounds of two datatypes.",
        notice="A request that production refuses finds nothing instead.",
        patches=(
            edit(
                checks._check_bounds,
                (
                    """
                    if datatype(lower) != datatype(upper):
                        message = messages.BETWEEN_DATATYPES
                    elif values.compare(lower, upper) > 0:
                        message = messages.BETWEEN_BOUNDS
                    else:
                        return
                    """,
                    """
                    if datatype(lower) != datatype(upper):
                        return
                    elif values.compare(lower, upper) > 0:
                        message = messages.BETWEEN_BOUNDS
                    else:
                        return
                    """,
                ),
            ),
        ),
        witness=witness(scan("Simple", "x BETWEEN :l AND :u", l=1, u="2")),
    ),
    Fault(
        id="second-violation-not-told",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="Of several constraints that a request violates the first alone is told.",
        notice="Errors have to be mended one at a time; messages differ from production's.",
        patches=(
            edit(
                explanation._refusal,
                ("len(told) == VIOLATIONS_TOLD", "len(told) == 1"),
            ),
        ),
        witness=witness(call("GetItem")),
    ),
    Fault(
        id="surplus-key-attribute-accepted",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="A Key may have more attributes than the key schema.",
        notice="A request that production refuses passes all tests.",
        patches=(edit(item_keys.check_key, ("len(key) != len(keys.names)", "len(key) < len(keys.names)")),),
        witness=witness(get("Simple", item(pk="a", x=1))),
    ),
    Fault(
        id="expression-and-legacy-mixed",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="Scan takes a FilterExpression and AttributesToGet together.",
        notice="A request that production refuses passes all tests.",
        patches=(
            edit(
                reads.scan,
                (
                    "refuse_mixture(request, SCAN)",
                    "if request.AttributesToGet is None:\n    refuse_mixture(request, SCAN)",
                ),
            ),
        ),
        witness=witness(scan("Simple", "attribute_exists(pk)", AttributesToGet=["pk"])),
    ),
    Fault(
        id="reserved-word-accepted-in-a-path",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="A reserved word is accepted behind a dot.",
        notice="An expression that production refuses passes all tests.",
        patches=(
            edit(
                checks._check_path,
                (
                    "element.upper() in RESERVED_WORDS",
                    "element is path.elements[0] and element.upper() in RESERVED_WORDS",
                ),
            ),
        ),
        witness=witness(get("Simple", _KEY, ProjectionExpression="m.name")),
    ),
    Fault(
        id="comparison-with-itself-accepted",
        area=Area.REFUSALS,
        difficulty=Difficulty.RARE,
        sentence="A comparison of an attribute with itself is accepted.",
        notice="An expression that production refuses passes all tests.",
        patches=(
            edit(
                checks.check_operation,
                ("_check_distinct(kind, operator, (left, right))", "pass"),
            ),
        ),
        witness=witness(scan("Simple", "x = x")),
    ),
    Fault(
        id="update-of-sort-key-accepted",
        area=Area.REFUSALS,
        difficulty=Difficulty.MEDIUM,
        sentence="An update that sets the sort key is accepted, and moves nothing.",
        notice="An update that production refuses makes a second item.",
        patches=(
            edit(
                writes._refuse_key_updates,
                (
                    """
                    for name in schema.keys.names:
                        if name in update.updated_attributes:
                            raise ValidationException(messages.KEY_UPDATED, name=name)
                    """,
                    """
                    for name in schema.keys.names[:1]:
                        if name in update.updated_attributes:
                            raise ValidationException(messages.KEY_UPDATED, name=name)
                    """,
                ),
            ),
        ),
        witness=witness(update("Sorted", item(pk="a", sk=1), "SET sk = :v", v=2)),
    ),
    Fault(
        id="missing-table-told-by-name",
        area=Area.REFUSALS,
        difficulty=Difficulty.EASY,
        sentence="A read of a table that is not there is refused with the text of DescribeTable, which names it.",
        notice="Texts that are matched in tests differ from production's.",
        patches=(
            edit(
                Catalogue.open,
                (
                    "raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)",
                    "raise ResourceNotFoundException(messages.TABLE_NAMED_NOT_FOUND, name=short_name(name))",
                ),
            ),
        ),
        witness=witness(query("Missing", "pk = :p", p="a"), tables=[]),
    ),
)
