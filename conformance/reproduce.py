"""A scenario as something to run by hand: a boto3 script, or AWS CLI lines.

Both take the endpoint from AWS_ENDPOINT_URL_DYNAMODB, as the SDKs and the CLI themselves do, so they run unchanged
against any implementation, AWS included. Both create the scenario's tables, send its steps up to the one in question,
and show every answer. (A scenario as a case of the corpus is `cases.dump_case`.)

Clients check and rewrite what they are given: they refuse a missing member, drop a null, and cannot say a number
where text is due. What a client cannot say is sent as the bytes that the suite sends: by boto3 with the body
replaced, and beside the CLI by curl. The CLI's lines are for its version 2, which takes binaries as base64.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from pprint import pformat
from typing import Any

from conformance.scenario import JSON, JSONObject, Scenario, Step
from conformance.targets.target import WireRequest


def as_boto3(scenario: Scenario, step: int) -> str:
    """A Python script that runs the scenario up to this step."""
    last = scenario.steps[: step + 1]
    creations = [Step("CreateTable", table) for table in scenario.tables]
    calls = "\n\n".join(_boto3_creation(creation) for creation in creations)
    steps = "\n\n".join(
        (f"# The one that diverges.\n{_boto3_call(one)}" if index == step else _boto3_call(one))
        for index, one in enumerate(last)
    )
    raw = any(not _sayable(one) for one in (*creations, *last))
    helpers = _BOTO3_ANSWER + (_BOTO3_SEND if raw else "")
    return (
        "\n\n".join(
            part.strip("\n")
            for part in (_BOTO3_HEAD.format(about=_about(scenario, step)), helpers, calls, steps)
            if part
        )
        + "\n"
    )


def as_aws_cli(scenario: Scenario, step: int) -> str:
    """Lines for a POSIX shell that run the scenario up to this step."""
    parts = [_SHELL_HEAD.format(about=_about(scenario, step)).strip("\n")]
    for table in scenario.tables:
        wait = f"aws dynamodb wait table-exists --table-name {shlex.quote(str(table.get('TableName')))}"
        parts.append(f"{_shell_line(Step('CreateTable', table))}\n{wait}")
    for index, one in enumerate(scenario.steps[: step + 1]):
        parts.append(f"# The one that diverges.\n{_shell_line(one)}" if index == step else _shell_line(one))
    return "\n\n".join(parts) + "\n"


def as_curl(scenario: Scenario, step: int) -> str:
    """Lines for a POSIX shell that send the very bytes that the suite sends, by curl alone."""
    parts = [_SHELL_HEAD.format(about=_about(scenario, step)).strip("\n")]
    for table in scenario.tables:
        name = json.dumps({"TableName": table.get("TableName")})
        waiting = _curl(Step("DescribeTable", {"TableName": table.get("TableName")})).removesuffix("\necho")
        parts.append(_curl(Step("CreateTable", table)))
        parts.append(
            f'# Until {name} is there.\nuntil {waiting} | grep -q \'"TableStatus": *"ACTIVE"\'; do sleep 1; done'
        )
    for index, one in enumerate(scenario.steps[: step + 1]):
        parts.append(f"# The one that diverges.\n{_curl(one)}" if index == step else _curl(one))
    return "\n\n".join(parts) + "\n"


def _about(scenario: Scenario, step: int) -> str:
    title = re.sub(r"\s+", " ", scenario.title) or scenario.id
    return f"{title}: step {step + 1}, {scenario.steps[step].operation}."


# --- boto3 ------------------------------------------------------------------------------------------------

_BOTO3_HEAD = """
# {about}
#
#     AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 python reproduce.py
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

for name, value in (
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "touchstone"),
    ("AWS_SECRET_ACCESS_KEY", "touchstone"),
):
    os.environ.setdefault(name, value)
# The requests go out as they stand, once.
client = boto3.client("dynamodb", config=Config(parameter_validation=False, retries={{"total_max_attempts": 1}}))
"""

_BOTO3_ANSWER = """
def answer(call, request):
    try:
        reply = call(**request)
    except ClientError as error:
        reply = error.response
    reply.pop("ResponseMetadata", None)
    print(call.__name__, json.dumps(reply, indent=4, default=str, ensure_ascii=False))
"""

_BOTO3_SEND = '''

def send(call, stand_in, body, headers):
    """What boto3 has no words for: a call of the same operation with this body."""

    def replace(params, **_):
        params["body"] = body.encode("utf-8", "surrogatepass")
        for name, value in headers.items():
            params["headers"].pop(name, None)
            if value is not None:
                params["headers"][name] = value

    client.meta.events.register("before-call.dynamodb", replace, unique_id="send")
    try:
        answer(call, stand_in)
    finally:
        client.meta.events.unregister("before-call.dynamodb", unique_id="send")
'''


def _boto3_creation(creation: Step) -> str:
    call = _boto3_call(creation)
    name = creation.request.get("TableName")
    return f'{call}\nclient.get_waiter("table_exists").wait(TableName={name!r}, WaiterConfig={{"Delay": 1}})'


def _boto3_call(step: Step) -> str:
    method = _snake_case(step.operation)
    if _sayable(step):
        request = pformat(_with_bytes(step.request), width=100, sort_dicts=False)
        return f"answer(\n    client.{method},\n{_indented(request)},\n)"
    # botocore looks up the tables of a batch before it sends it.
    stand_in: JSONObject = {member: {} for member in _REQUIRED.get(step.operation, ()) if member == "RequestItems"}
    body = step.body().decode("utf-8", "surrogatepass")
    return f"send(\n    client.{method},\n    {stand_in!r},\n    {body!r},\n    {dict(step.headers)!r},\n)"


def _with_bytes(value: JSON) -> Any:
    """Binaries as boto3 takes them: not in base64."""
    if isinstance(value, dict):
        if value.keys() == {"B"} and isinstance(value["B"], str):
            return {"B": base64.b64decode(value["B"])}
        if value.keys() == {"BS"} and isinstance(value["BS"], list):
            return {"BS": [base64.b64decode(element) for element in value["BS"]]}
        return {name: _with_bytes(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_bytes(element) for element in value]
    return value


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


# --- shell ------------------------------------------------------------------------------------------------

_SHELL_HEAD = """
# {about}
#
#     AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 sh reproduce.sh
: "${{AWS_ENDPOINT_URL_DYNAMODB:?the address of the server}}"
export AWS_DEFAULT_REGION="${{AWS_DEFAULT_REGION:-us-east-1}}"
export AWS_ACCESS_KEY_ID="${{AWS_ACCESS_KEY_ID:-touchstone}}"
export AWS_SECRET_ACCESS_KEY="${{AWS_SECRET_ACCESS_KEY:-touchstone}}"
export AWS_MAX_ATTEMPTS=1 AWS_PAGER=
"""

# The CLI would ask for all pages of these.
_PAGINATED = frozenset({"Query", "Scan", "ListTables", "BatchGetItem"})


def _shell_line(step: Step) -> str:
    if not (_sayable(step) and _passes_client_validation(step.request)):
        return f"# Not to be said with the CLI.\n{_curl(step)}"
    options = [_option(member, value) for member, value in step.request.items()]
    if step.operation in _PAGINATED:
        options.append("--no-paginate")
    return " \\\n    ".join([f"aws dynamodb {_kebab_case(step.operation)}", *options])


def _option(member: str, value: JSON) -> str:
    option = f"--{_kebab_case(member)}"
    if isinstance(value, bool):
        return option if value else f"--no-{_kebab_case(member)}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.startswith("-"):
        return f"{option}={shlex.quote(text)}"
    return f"{option} {shlex.quote(text)}"


def _curl(step: Step) -> str:
    request = WireRequest.of(step)
    lines = ['curl -sS "$AWS_ENDPOINT_URL_DYNAMODB/"']
    if "authorization" in request.headers:
        lines.append("--aws-sigv4 aws:amz:us-east-1:dynamodb")
        lines.append('--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"')
    for name, value in request.headers.items():
        if name not in ("authorization", "x-amz-date"):
            lines.append(f"-H {shlex.quote(f'{name}: {value}')}")
    body = request.body.decode("utf-8", "backslashreplace")
    lines.append(f"--data-binary {shlex.quote(body)}")
    return " \\\n    ".join(lines) + "\necho"


# --- what clients can say ---------------------------------------------------------------------------------

# The members of the operations and the JSON type that clients know them to have.
_TEXT = """
    TableName IndexName
    KeyConditionExpression FilterExpression ProjectionExpression ConditionExpression UpdateExpression
    ReturnValues ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure Select
    ExclusiveStartTableName ConditionalOperator BillingMode TableClass ClientRequestToken
""".split()  # noqa: SIM905
_NUMBERS = ("Limit", "Segment", "TotalSegments")
_BOOLEANS = ("ConsistentRead", "ScanIndexForward", "DeletionProtectionEnabled")
_LISTS = """
    KeySchema AttributeDefinitions GlobalSecondaryIndexes LocalSecondaryIndexes AttributesToGet Tags TransactItems
""".split()  # noqa: SIM905
_ITEMS = ("Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey")
_OBJECTS = """
    RequestItems ExpressionAttributeNames ProvisionedThroughput StreamSpecification SSESpecification
    OnDemandThroughput WarmThroughput Expected AttributeUpdates KeyConditions QueryFilter ScanFilter
""".split()  # noqa: SIM905
_TYPES: Mapping[str, type] = {
    **dict.fromkeys(_TEXT, str),
    **dict.fromkeys(_NUMBERS, int),
    **dict.fromkeys(_BOOLEANS, bool),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys((*_ITEMS, *_OBJECTS), dict),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "PutItem": ("TableName", "Item"),
    "GetItem": ("TableName", "Key"),
    "UpdateItem": ("TableName", "Key"),
    "DeleteItem": ("TableName", "Key"),
    "Query": ("TableName",),
    "Scan": ("TableName",),
    "BatchGetItem": ("RequestItems",),
    "BatchWriteItem": ("RequestItems",),
    "CreateTable": ("TableName", "KeySchema", "AttributeDefinitions"),
    "DescribeTable": ("TableName",),
    "DeleteTable": ("TableName",),
    "ListTables": (),
}


def _sayable(step: Step) -> bool:
    """Whether a client can send the request by its own means, and sends it as it is."""
    if step.raw is not None or step.headers or step.operation not in _REQUIRED:
        return False
    if any(member not in step.request for member in _REQUIRED[step.operation]):
        return False
    return all(_is_of_its_type(member, value) for member, value in step.request.items())


def _is_of_its_type(member: str, value: Any) -> bool:
    known = _TYPES.get(member)
    # A boolean is an `int` to Python, not to a client.
    right = known is not None and isinstance(value, known) and isinstance(value, bool) is (known is bool)
    if not right:
        return False
    if member in _ITEMS:
        return all(map(_is_attribute_value, value.values()))
    if member == "RequestItems":
        return all(map(_is_batch_of_one_table, value.values()))
    if member == "ExpressionAttributeNames":
        return all(isinstance(name, str) for name in value.values())
    return not any(_is_unsayable(inside) for inside in _everything_in(value))


def _is_batch_of_one_table(entry: JSON) -> bool:
    if isinstance(entry, list):
        requests = [request for one in entry if isinstance(one, dict) for request in one.values()]
        items = [item for request in requests if isinstance(request, dict) for item in request.values()]
        members = [member for one in entry if isinstance(one, dict) for member in one]
        whole = len(members) == len(requests) == len(items) == len(entry)
        return whole and set(members) <= {"PutRequest", "DeleteRequest"} and all(map(_is_item, items))
    if not isinstance(entry, dict) or not isinstance(entry.get("Keys"), list):
        return False
    others = {member: value for member, value in entry.items() if member != "Keys"}
    return all(map(_is_item, entry["Keys"])) and all(_is_of_its_type(*member) for member in others.items())


def _is_item(value: JSON) -> bool:
    return isinstance(value, dict) and all(map(_is_attribute_value, value.values()))


def _is_attribute_value(value: JSON) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((datatype, content),) = value.items()
    if datatype in ("S", "N"):
        return isinstance(content, str)
    if datatype == "B":
        return _is_base64(content)
    if datatype in ("BOOL", "NULL"):
        return isinstance(content, bool)
    if datatype == "M":
        return _is_item(content)
    if not isinstance(content, list):
        return False
    of_element = {
        "L": _is_attribute_value,
        "BS": _is_base64,
        "SS": lambda element: isinstance(element, str),
        "NS": lambda element: isinstance(element, str),
    }.get(datatype)
    return of_element is not None and all(map(of_element, content))


def _is_base64(text: JSON) -> bool:
    """In the one spelling that comes out again when it is encoded anew."""
    if not isinstance(text, str):
        return False
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode("ascii") == text
    except (binascii.Error, ValueError):
        return False


def _is_unsayable(value: JSON) -> bool:
    return value is None or isinstance(value, float)


def _everything_in(value: JSON) -> Iterable[JSON]:
    yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _everything_in(inside)


def _passes_client_validation(request: JSONObject) -> bool:
    """Of the constraints in the service model the CLI checks the least lengths and the least values."""
    least_lengths = {"TableName": 1, "IndexName": 3, "ExclusiveStartTableName": 3, "KeySchema": 1, "AttributesToGet": 1}
    least_values = {"Limit": 1, "Segment": 0, "TotalSegments": 1}
    if any(len(request[name]) < least for name, least in least_lengths.items() if name in request):
        return False
    if any(request[name] < least for name, least in least_values.items() if name in request):
        return False
    batches = request.get("RequestItems", {"": {"Keys": [1]}}).values()
    return bool(batches) and all(batch["Keys"] if isinstance(batch, dict) else batch for batch in batches)


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _kebab_case(name: str) -> str:
    return _snake_case(name).replace("_", "-")
