"""What is incidental in a text: what the request put there. Texts without it are parts of kinds (`compare.py`).

Implementations print names, values and pieces of expressions into their texts, each in its own way. Two things
tell them from the words that name a rule:

- *They stand in the request*, or in the creation of its tables. What a text has in common with those is taken out:
  names of tables, indexes and attributes, placeholders, values, and any run of an expression, however it is spaced.
  Not taken out are the words of DynamoDB's own texts, its parameters, datatypes, functions and operators: an
  attribute called `name` must not make a hole in `An expression attribute name`.
- *Where they stand*: between quotes, in brackets, after a colon where DynamoDB puts a name. So go names that the
  request does not show, such as those within items that are stored already.

Numbers are not incidental in themselves. `1 validation error detected` is another finding than `2 validation errors
detected`, and `less than or equal to 255` names another limit than `1024`. They go where they count something of
the request (`operator count: 301`) and where they are measures of the program (`line 1 column 14`). Of
those in the request, only such as are longer than three characters are taken for it: 0 and 1 stand in every request.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from conformance.scenario import JSON, JSONObject, Step

_LONGEST_TEXT = 200
# What follows in a text would be cut off anyway, once names and values are taken out.
_LONGEST_READ = 2000
# Names of tables and indexes are no longer. What is longer is not looked for: it goes by its place, or by the cut.
_LONGEST_NAME = 255

# The words of DynamoDB's texts, whatever their case, as the corpus has them. A likely name (`status`) is left out where
# only a text or two have the word: there it splits a kind at worst.
_WORDS = """
    a access action actual add against aggregated all allowable allowed already an and any are argument arguments as at
    attempted attempting attribute attributes authentication authorization base based be because between beyond binary
    boolean both bound bounds but bytes can cannot character characters choosing collection condition conditional
    conditions conflict consistent constraint contain contains converted count currently data datatype datatypes
    decimal defined definition definitions delete deleted deletion detected digits disable distinct document does
    duplicate duplicates each either element elements empty encoded enum eof equal error errors exactly exceeded
    exceeds exist existence exists expected expression expressions failed false field first for found from function get
    given global greater group has hash hashkey have header in include incorrect index indexes input inside integer
    invalid is it item items its key keys keyword larger last leading least length less level levels limit limits list
    lists long lookup lower magnitude many map match maximum may member mismatch missed missing more most multiple must
    name names near neither nested nesting no non nor not null number numeric of on once one only operand operands
    operation operations operator operators or other out outside overflow overlap pad parameter parameters parentheses
    parser part path paths pattern per predicate present primary project projection protected protection provided query
    querying random range reads redundant refers regular remaining remove request requested required requires reserved
    resource rewrite same satisfy scalar scalars schema second secondary section segment select set sets should
    significant size smaller some specific specified specify specifying start starting store string strings structure
    such supplied supported syntax table tables than that the these this to together token too total true two type
    types underflow unexpected unknown unused update upper use used using valid validation value values was way were
    when where which with within without zero
"""
# Members of requests and replies, as texts name them.
_MEMBERS = """
    AttributeDefinitions AttributeName AttributeType AttributeUpdates AttributeValue AttributeValueList AttributesToGet
    BillingMode ComparisonOperator ConditionExpression ConditionalOperator ConsistentRead ExclusiveStartKey Expected
    ExpressionAttributeNames ExpressionAttributeValues FilterExpression GlobalSecondaryIndexes IndexName Item Key Keys
    KeyConditionExpression KeyConditions KeySchema KeySchemaElement KeyType LocalSecondaryIndexes NonKeyAttributes
    ProjectionExpression ProjectionType ProvisionedThroughput QueryFilter ReadCapacityUnits RequestItems ReturnValues
    ScanFilter TableName TotalSegments UpdateExpression WriteCapacityUnits
"""
# Datatypes and constants, functions and operators. Case matters: an attribute called `n` is none of them.
_TERMS = """
    S N B SS NS BS M L BOOL NULL STRING NUMBER BINARY LIST MAP HASH RANGE INCLUDE KEYS_ONLY
    AND OR NOT IN BETWEEN SET ADD REMOVE DELETE PUT EQ NE LT LE GT GE NOT_NULL CONTAINS NOT_CONTAINS BEGINS_WITH
    attribute_exists attribute_not_exists attribute_type begins_with contains if_not_exists list_append size
"""
_KEPT_WORDS = frozenset(_WORDS.split())
_KEPT_MEMBERS = frozenset(_MEMBERS.split())
_KEPT_TERMS = frozenset(_TERMS.split()) | _KEPT_MEMBERS

# Members of requests under which names are keys: of attributes, of tables, of placeholders.
_BY_NAME = frozenset(
    {
        *("Item", "Key", "Keys", "ExclusiveStartKey", "M"),
        *("Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter"),
        *("ExpressionAttributeNames", "ExpressionAttributeValues", "RequestItems"),
    }
)
# Members of requests whose texts are names or values. Those of others are constants of the API.
_NAMES_OR_VALUES = re.compile(r".*Name|.*Names|.*Arn|AttributesToGet|NonKeyAttributes|S|N|B|SS|NS|BS")

_TOKEN = re.compile(r"(?<!\w)[:#]\w+|\w+|<>|[<>]=?|\S")
# What every text may hold next to each other, without having it from an expression.
_PUNCTUATION = frozenset("[](),.;:")


class Given:
    """What the caller gave: the names, values and expressions in one step's request and in its tables' creation."""

    def __init__(self, step: Step | None = None, tables: Sequence[JSONObject] = ()) -> None:
        self._requests = [*tables, *([] if step is None else [step.request])]

    def without(self, text: str) -> str:
        """The text with everything that was given replaced by `…`."""
        echoed = [name for name in self._names if name in text]
        text = _without_runs(text, self._expressions)
        if echoed:
            echoed.sort(key=len, reverse=True)
            text = re.sub(rf"(?<![\w…])(?:{'|'.join(map(re.escape, echoed))})(?![\w…])", "…", text)
        return text

    @cached_property
    def _names(self) -> frozenset[str]:
        found = {name for request in self._requests for name in _names(request)}
        for expression in self._expressions:
            found.update(token for token in expression if token.isidentifier())
        return frozenset(name for name in found if len(name) <= _LONGEST_NAME and not _is_kept(name))

    @cached_property
    def _expressions(self) -> list[list[str]]:
        return [_TOKEN.findall(text) for request in self._requests for text in _expressions(request)]


def is_member(name: str) -> bool:
    """Whether this is a member of the API's, and nobody's name."""
    return name in _KEPT_MEMBERS


def without_incidentals(text: str, given: Given | None = None) -> str:
    """A text as it is part of a kind: names, values and positions replaced by `…`, and cut."""
    text = text[:_LONGEST_READ]
    for pattern, replacement in _LISTS:
        text = pattern.sub(replacement, text)
    if given is not None:
        text = given.without(text)
    for pattern, replacement in _POSITIONS:
        text = pattern.sub(replacement, text)
    text = text.strip()
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rstrip(" …") + "…"


# --- what stands in the request ---------------------------------------------------------------------------


def _names(value: JSON, *, named: bool = False, taken: bool = False) -> Iterator[str]:
    """Names and values in a request. `named`: the members here are by name; `taken`: texts here are such."""
    if isinstance(value, dict):
        for name, member in value.items():
            if named:
                yield name
            by_name = not named and name in _BY_NAME
            yield from _names(member, named=by_name, taken=named or _NAMES_OR_VALUES.fullmatch(name) is not None)
    elif isinstance(value, list):
        for element in value:
            yield from _names(element, named=named, taken=taken)
    elif isinstance(value, str) and taken:
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _expressions(value: JSON) -> Iterator[str]:
    """Expressions in a request, also those of batches."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, str) and name.endswith(("Expression", "Statement")):
                yield member
            else:
                yield from _expressions(member)
    elif isinstance(value, list):
        for element in value:
            yield from _expressions(element)


def _is_kept(name: str) -> bool:
    """Whether a name must stay: because it is a word too, or too short a number, or nothing that can be told."""
    return (
        not any(map(str.isalnum, name))
        or name in _KEPT_TERMS
        or name.lower() in _KEPT_WORDS
        or (len(name) < 4 and _is_number(name))
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", text) is not None


def _without_runs(text: str, expressions: Collection[Sequence[str]]) -> str:
    """The text without runs of two tokens or more that stand in an expression, whatever is between the tokens."""
    if not expressions:
        return text
    tokens = list(_TOKEN.finditer(text))
    kept: list[str] = []
    end = start = 0
    while start < len(tokens):
        length = max(_run(tokens[start:], expression) for expression in expressions)
        if length > 1 and not all(_is_of_text(token[0]) for token in tokens[start : start + length]):
            kept += [text[end : tokens[start].start()], "…"]
            end = tokens[start + length - 1].end()
            start += length
        else:
            start += 1
    return "".join([*kept, text[end:]])


def _run(tokens: Sequence[re.Match[str]], expression: Sequence[str]) -> int:
    """How many tokens, from the first on, stand one after the other in the expression."""
    longest = 0
    for start, token in enumerate(expression):
        length = 0
        if tokens[0][0] == token:
            limit = min(len(tokens), len(expression) - start)
            length = next((n for n in range(1, limit) if tokens[n][0] != expression[start + n]), limit)
        longest = max(longest, length)
    return longest


def _is_of_text(token: str) -> bool:
    """Whether a token may stand in any text. Operators in capitals do, too, but not two in a row."""
    return token in _PUNCTUATION or token in _KEPT_WORDS or (token in _KEPT_TERMS and not token.isupper())


# --- where names and values stand ---------------------------------------------------------------------------

# A list with lists in it: `[l, [0], [1]]`.
_NESTED = r"\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\]"


def _patterns(*rules: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rules)


# Before anything else: lists of names and values, as DynamoDB prints paths. Sets of an enumeration, constraints and
# the patterns of names are the API's.
_LISTS = _patterns((rf"(?<!set: )(?<!pattern: )(?<!constraint: )(?<=: ){_NESTED}", "[…]"))

# Applied in this order. What is replaced becomes `…`, which none of them matches.
_POSITIONS = _patterns(
    # Addresses of a stack, and whatever they stand among: `at: 0x5f3a 0x5f3b`.
    (r"(?:,? at:)?(?:\s*(?:\S+\+)?0x[0-9a-f]+\)?)+", " …"),
    (r"arn:[^\s,\]]+", "arn:…"),
    (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "…"),
    # Which number or truth a member of another type was given.
    (r"\b(?:NUMBER|DECIMAL)_VALUE(?= cannot be converted)", "<number>"),
    (r"\b(?:TRUE|FALSE)_VALUE(?= cannot be converted)", "<boolean>"),
    # `Value '...' at 'member.1.member.name'`: the value goes, the member stays, but for positions and keys in it.
    (r"Value '.*?' at '", "Value '…' at '"),
    (r"(?<=[.'])[^.']+(?=\.member\b)", "…"),
    # Quoted values, names and tokens, but for the member after `at`, and conditions of a program (`IsString()`).
    # What is quoted last may have been cut off, with its quote.
    (r"(?<![\w…])(?<!\bat )'(?!…')(?!\w+\(\)').*?'(?!\w)", "'…'"),
    (r'(?<![\w…])"(?!…").*?"(?!\w)', '"…"'),
    (r'(?<![\w…])"(?!…")[^"]*$', '"…"'),
    (rf"(?<!set: )(?<!pattern: )(?<!constraint: ){_NESTED}", "[…]"),
    (r"\{.*\}|\{[^}]*$", "{…}"),
    # Placeholders, as they are named without quotes: `:v`, `#n`.
    (r"(?<![\w.])[:#](?:\w+|…)", "…"),
    # Names where DynamoDB puts them: after a noun and a colon ...
    (
        r"\b(Tables?|TableName|Stream|[Ii]ndex|IndexName|Index ?[Kk]ey|[Kk]eys?|AttributeName|[Aa]ttribute"
        r"|attribute name|[Ee]lement|keyword|(?<!operator or )function|path|[Nn]ame"
        r"|numeric value)([:=]) ?(?!…|Syntax error)[^\s,;]+?(?=[.,;]?(?:\s|$))",
        r"\1\2 …",
    ),
    # ... or after a noun alone.
    (
        r"\b(the key|for key|Index Key|[Ss]econdary index|update attribute|[Tt]he attribute|hash key"
        r"|range key|key column|overlap at|[Tt]he table|[Ff]or table)"
        r" (?!…|(?:as|attribute|cannot|does|element|for|has|is|key|must|not|schema|to)\b)[\w-]+(?:\.[\w-]+)*",
        r"\1 …",
    ),
    # A name that is empty, or was cut off.
    (r":\s*$", ": …"),
    # Numbers that count what is in the request, or measure in it.
    (r"\b(expression size|operator count|number of operands|nesting levels|found): \d+", r"\1: …"),
    (r"\b(Given value) [-+]?\d+", r"\1 …"),
    (r"\b(line|column|char|offset|position|byte)([:=]? ?)\d+", r"\1\2…"),
    (r"(?<![\w.])[\w.-]+:\d{2,5}\b(?!\.\d)", "…"),
    # Ids and clocks. A dot behind them may end the sentence.
    (r"(?<![\w.])\d{9,}(?!\w|\.\w)", "…"),
    # One ellipsis for all that it stands for.
    (r"…(?:[\s.,]*…)+", "…"),
    (r"\s+", " "),
)
