"""A scenario as something to run by hand: a boto3 script, AWS CLI lines, or a shell script with nothing but curl.

All take the endpoint from AWS_ENDPOINT_URL_DYNAMODB, as the SDKs and the CLI themselves do, so they run unchanged
against any implementation, AWS included. All create the scenario's tables, wait for them, send its steps up to the one
in question, and show every answer under a line `--- step N: Operation`. (A scenario as a case of the corpus is
`cases.dump_case`; that all four do what they say is `verification.py`'s to show.)

Clients check and rewrite what they are given: they refuse a missing member, drop a null, and cannot say a number
where text is due. What a client can say is read from the service model (`strategies/members.py`). The rest is sent as
the bytes that the suite sends: beside boto3 as a signed request, beside the CLI by curl.

What a step takes from an earlier reply, and following a cursor, are a loop in Python. The shell scripts call `python3`
for these two, and need nothing but curl otherwise. The CLI's lines are for its version 2, which takes binaries as
base64; version 1 encodes them once more.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import shlex
from collections.abc import Collection, Iterable, Sequence
from pprint import pformat
from typing import Any, Final

from conformance.paging import CURSORS
from conformance.references import is_reference, label_of, references
from conformance.scenario import JSON, Scenario, Step
from conformance.strategies.members import shape, shape_of_input
from conformance.targets.target import STREAMS_OPERATIONS, WireRequest

# What stands before every step's answer, so that a reader, and `verification.py`, can tell them apart.
HEADING: Final = "--- step"
# These set something going that takes its time; the suite waits for it too (`replay.py`).
_SETTLING: Final = frozenset({"CreateTable", "UpdateTable", "DeleteTable"})
_LEGAL_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")


def as_boto3(scenario: Scenario, step: int) -> str:
    """A Python script that runs the scenario up to this step."""
    parts = _parts(scenario, step)
    wired = not all(is_sayable(part.step) for part in parts)
    helpers = [_BOTO3_ANSWER, _BOTO3_FILLED, _BOTO3_SETTLE]
    head = _BOTO3_HEAD.format(about=_about(scenario, step), imports=_BOTO3_WIRE_IMPORTS if wired else "")
    if any(part.step.operation in STREAMS_OPERATIONS for part in parts):
        head += _BOTO3_STREAMS
    if any(part.step.operation == "TransactWriteItems" for part in parts):
        head += _BOTO3_NO_TOKEN
    if any(part.step.pages for part in parts):
        helpers.append(_BOTO3_PAGES)
    if wired:
        helpers.append(_BOTO3_WIRE)
    return _joined([head, *helpers, *map(_boto3_step, parts)])


def as_aws_cli(scenario: Scenario, step: int) -> str:
    """Lines for a POSIX shell with the AWS CLI that run the scenario up to this step."""
    parts = _parts(scenario, step)
    lines = [_cli_step(part) for part in parts]
    # The CLI's own waiting would go on for minutes where a table was refused, and a pipe hides whether it was.
    settles = any(part.settles and (part.keep or not _is_for_cli(part)) for part in parts)
    helpers = _shell_helpers(parts, sends=settles or not all(map(_is_for_cli, parts)), settles=settles)
    return _joined([_SHELL_HEAD.format(about=_about(scenario, step)), *helpers, *lines])


def as_curl(scenario: Scenario, step: int) -> str:
    """A POSIX shell script with curl that runs the scenario up to this step: the bytes that the suite sends."""
    parts = _parts(scenario, step)
    settles = any(part.settles for part in parts)
    return _joined(
        [
            _SHELL_HEAD.format(about=_about(scenario, step)),
            *_shell_helpers(parts, sends=True, settles=settles),
            *map(_curl_step, parts),
        ]
    )


# --- a scenario in parts ----------------------------------------------------------------------------------


class _Part:
    """One request of a script: a table's creation, or a step. `referred` are the labels that later ones name."""

    def __init__(self, step: Step, heading: str, remark: str, referred: Collection[str]) -> None:
        self.step, self.heading, self.remark = step, heading, remark
        self.refers = any(references(step.request))
        self.keep = step.label if step.label in referred else ""
        name = step.request.get("TableName")
        legal = isinstance(name, str) and _LEGAL_NAME.fullmatch(name) is not None
        # Empty where there is nothing to wait for.
        self.settles = str(name) if legal and step.operation in _SETTLING else ""


def _parts(scenario: Scenario, step: int) -> list[_Part]:
    last = scenario.steps[: step + 1]
    referred = {label_of(reference) for one in last for reference in references(one.request)}
    creations = [_Part(Step("CreateTable", table), "--- table: CreateTable", "", ()) for table in scenario.tables]
    return creations + [
        _Part(
            one,
            f"{HEADING} {index + 1}: {one.operation}",
            "# The one that diverges.\n" if index == step else "",
            referred,
        )
        for index, one in enumerate(last)
    ]


def _about(scenario: Scenario, step: int) -> str:
    title = re.sub(r"\s+", " ", scenario.title) or scenario.id
    return f"{title}: step {step + 1}, {scenario.steps[step].operation}."


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


# --- boto3 ------------------------------------------------------------------------------------------------

_BOTO3_HEAD = """
# {about}
#
#     AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 python reproduce.py
import base64
import json
import os
import re
import time
from datetime import datetime

import boto3
{imports}from botocore.config import Config
from botocore.exceptions import ClientError

for name, value in (
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "touchstone"),
    ("AWS_SECRET_ACCESS_KEY", "touchstone"),
):
    os.environ.setdefault(name, value)
# The requests go out as they stand, once.
config = Config(parameter_validation=False, retries={{"total_max_attempts": 1}})
client = boto3.client("dynamodb", config=config)
"""

_BOTO3_WIRE_IMPORTS = """\
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
"""

_BOTO3_STREAMS = """\
address = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB_STREAMS") or os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
streams = boto3.client("dynamodbstreams", config=config, endpoint_url=address)
"""

_BOTO3_NO_TOKEN = """\
# boto3 would add a token of its own to transactions.
from botocore.handlers import generate_idempotent_uuid

client.meta.events.unregister("before-parameter-build", generate_idempotent_uuid)
"""

_BOTO3_ANSWER = """
replies = {}


def asked(call, request):
    try:
        reply = call(**request)
    except ClientError as error:
        reply = error.response
    return reply.pop("ResponseMetadata")["HTTPStatusCode"], reply


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.timestamp() if isinstance(value, datetime) else str(value)


def answer(heading, call, request, keep="", cursors=None):
    print(heading)
    request = filled(request)
    status, reply = pages(call, request, cursors) if cursors else asked(call, request)
    if keep:
        replies[keep] = reply
    print(f"HTTP {status}", json.dumps(reply, indent=4, default=plain), sep="\\n")
"""

# The rules of `references.py`.
_BOTO3_FILLED = '''
def filled(value):
    """With every {"$from": "label.Member[0]"} replaced by what that earlier reply has there, or left out."""
    if isinstance(value, list):
        return [found for found in map(filled, value) if found is not replies]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$from"} and isinstance(value["$from"], str):
        label, _, path = value["$from"].partition(".")
        found = replies.get(label, replies)
        for name, index in re.findall(r"\\.?([^.\\[\\]]+)|\\[(\\d+)\\]", path):
            try:
                found = found[name or int(index)] if found is not replies else found
            except (KeyError, IndexError, TypeError):
                found = replies
        return found
    members = ((name, filled(member)) for name, member in value.items())
    return {name: member for name, member in members if member is not replies}
'''

_BOTO3_SETTLE = """
def settle(name):
    while True:
        try:
            table = client.describe_table(TableName=name)["Table"]
        except ClientError:
            return
        states = [table, *table.get("GlobalSecondaryIndexes", [])]
        words = {state.get("TableStatus", state.get("IndexStatus")) for state in states}
        if not words & {"CREATING", "UPDATING", "DELETING"}:
            return
        time.sleep(0.5)
"""

# The rules of `paging.py`.
_BOTO3_PAGES = '''
def pages(call, request, cursors):
    """All pages as one reply."""
    status, whole = asked(call, request)
    reply = whole
    while status == 200:
        onward = {member: reply[name] for name, member in cursors.items() if reply.get(name)}
        if not onward:
            return status, {name: value for name, value in whole.items() if name not in cursors}
        status, reply = asked(call, request | onward)
        whole = added(whole, reply) if status == 200 else reply
    return status, whole


def added(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: added(one[name], value) if name in one else value for name, value in other.items()}}
    numbers = isinstance(one, (int, float)) and not isinstance(one, bool) and isinstance(other, (int, float))
    return one + other if numbers or (isinstance(one, list) and isinstance(other, list)) else one
'''

_BOTO3_WIRE = '''
def wire(client, headers, signed=True, body=None, method="POST", path="/"):
    """What boto3 has no words for: a request as it stands."""

    def call(**request):
        content = json.dumps(request, default=plain, separators=(",", ":")).encode("ascii") if body is None else body
        made = AWSRequest(method, client.meta.endpoint_url.rstrip("/") + path, headers=dict(headers), data=content)
        if signed:
            region = client.meta.region_name
            SigV4Auth(boto3.DEFAULT_SESSION.get_credentials(), "dynamodb", region).add_auth(made)
        response = URLLib3Session().send(made.prepare())
        try:
            reply = json.loads(response.text)
        except ValueError:
            reply = None
        reply = reply if isinstance(reply, dict) else {"(no JSON object)": response.text}
        return {**reply, "ResponseMetadata": {"HTTPStatusCode": response.status_code}}

    return call
'''


def _boto3_step(part: _Part) -> str:
    step = part.step
    client = "streams" if step.operation in STREAMS_OPERATIONS else "client"
    if is_sayable(step):
        call = f"{client}.{_snake_case(step.operation)}"
        request = pformat(_with_bytes(step.request), width=100, sort_dicts=False)
    else:
        request, call = _boto3_wire(part, client)
    further = f"    keep={part.keep!r},\n" if part.keep else ""
    if step.pages:
        further += f"    cursors={dict(CURSORS[step.operation])!r},\n"
    settle = f"\nsettle({part.settles!r})" if part.settles else ""
    return f"{part.remark}answer(\n    {part.heading!r},\n    {call},\n{_indented(request)},\n{further}){settle}"


def _boto3_wire(part: _Part, client: str) -> tuple[str, str]:
    """The request as a literal, and the call that sends it."""
    step = part.step
    sent = WireRequest.of(step)
    signed = _is_signed(sent)
    headers = {name: value for name, value in sent.headers.items() if not (signed and name in _SIGNING)}
    options = [client, repr(headers)]
    if not signed:
        options.append("signed=False")
    # What depends on other replies is written when it is known.
    written = part.refers or step.pages
    if not written:
        options.append(f"body={sent.body!r}")
    if (step.method, step.path) != ("POST", "/"):
        options += [f"method={step.method!r}", f"path={step.path!r}"]
    return (pformat(step.request, width=100, sort_dicts=False) if written else "{}"), f"wire({', '.join(options)})"


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
export AWS_MAX_ATTEMPTS=1 AWS_PAGER= AWS_DEFAULT_OUTPUT=json
"""

_SHELL_SEND = """
# A request to the path $1. Its body is the standard input, and what follows are options of curl.
post() {
    address=$AWS_ENDPOINT_URL_DYNAMODB$1
    shift
    curl -sS --globoff --path-as-is --max-time 60 --data-binary @- -w '%{stderr}\\nHTTP %{http_code}\\n' "$@" "$address"
    echo
}

# The same, signed.
signed() {
    post "$@" --aws-sigv4 "aws:amz:$AWS_DEFAULT_REGION:dynamodb" \\
        --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
        ${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"}
}

# The request of an operation, as DynamoDB_20120810.PutItem.
send() {
    signed / -H 'content-type: application/x-amz-json-1.0' -H "x-amz-target: $1"
}
"""

_SHELL_SETTLE = """
settle() {
    while printf '{"TableName":"%s"}' "$1" | send DynamoDB_20120810.DescribeTable 2>/dev/null |
        grep -Eq '"(Table|Index)Status" *: *"(CREATING|UPDATING|DELETING)"'
    do
        sleep 1
    done
}
"""

# `fill` takes a request, `next` a page's reply, on the standard input. The rules are those of `references.py` and
# `paging.py`. There is no single quote in it, since it stands between such.
_SHELL_PYTHON = r"""
# What later requests take from earlier replies, and pages that follow one another: a little Python.
replies=$(mktemp -d)
trap 'rm -rf "$replies"' EXIT
python='
import json, os, re, sys

def path(name):
    return os.path.join(sys.argv[2], name)

def load(name):
    try:
        return json.load(open(path(name)))
    except (OSError, ValueError):
        return None

def filled(value):
    if isinstance(value, list):
        return [found for found in map(filled, value) if found is not filled]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$from"} and isinstance(value["$from"], str):
        label, _, rest = value["$from"].partition(".")
        found = load("reply-" + label)
        for name, index in re.findall(r"\.?([^.\[\]]+)|\[(\d+)\]", rest):
            try:
                found = found[name or int(index)]
            except (KeyError, IndexError, TypeError):
                return filled
        return filled if found is None else found
    members = ((name, filled(member)) for name, member in value.items())
    return {name: member for name, member in members if member is not filled}

def added(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: added(one[name], value) if name in one else value for name, value in other.items()}}
    numbers = isinstance(one, (int, float)) and not isinstance(one, bool) and isinstance(other, (int, float))
    return one + other if numbers or (isinstance(one, list) and isinstance(other, list)) else one

def write(name, value):
    with open(path(name), "w") as file:
        file.write("" if value is None else json.dumps(value, separators=(",", ":")))

if sys.argv[1] == "fill":
    sys.stdout.write(json.dumps(filled(json.load(sys.stdin)), separators=(",", ":")))
else:
    reply, cursors = json.load(sys.stdin), json.loads(sys.argv[3])
    whole = load("pages")
    if "__type" in reply:
        whole, onward = reply, None
    else:
        whole = reply if whole is None else added(whole, reply)
        onward = {member: reply[name] for name, member in cursors.items() if reply.get(name)}
    if not onward:
        whole = {name: value for name, value in whole.items() if name not in cursors}
    write("pages", whole)
    write("request", {**load("first"), **onward} if onward else None)
'
"""

_SHELL_FILL = """
# The request on the standard input, with what it takes from earlier replies.
fill() {
    python3 -c "$python" fill "$replies"
}
"""

_SHELL_PAGES = """
# All pages as one of what the request on the standard input asks of $1; $2 says how its cursors lead on.
pages() {
    cat > "$replies/request"
    cp "$replies/request" "$replies/first"
    rm -f "$replies/pages"
    while [ -s "$replies/request" ]; do
        send "$1" < "$replies/request" | python3 -c "$python" next "$replies" "$2" || break
    done
    cat "$replies/pages"
    echo
}
"""


def _shell_helpers(parts: Sequence[_Part], *, sends: bool, settles: bool) -> list[str]:
    fills, follows = any(part.refers for part in parts), sends and any(part.step.pages for part in parts)
    keeps = any(part.keep for part in parts)
    return [
        helper
        for helper, wanted in (
            (_SHELL_SEND, sends),
            (_SHELL_SETTLE, settles),
            (_SHELL_PYTHON, fills or follows or keeps),
            (_SHELL_FILL, fills),
            (_SHELL_PAGES, follows),
        )
        if wanted
    ]


def _echoed(part: _Part, lines: str, settle: str = "") -> str:
    keep = f' | tee "$replies/reply-{part.keep}"' if part.keep else ""
    return f"{part.remark}echo {shlex.quote(part.heading)}\n{lines}{keep}{settle}"


# --- AWS CLI ----------------------------------------------------------------------------------------------

# The CLI would ask for all pages of these.
_PAGINATED: Final = frozenset({"Query", "Scan", "ListTables", "ListTagsOfResource", "ListBackups"})
# With these the CLI's own paging either stops, or adds up less than the suite does.
_AGAINST_PAGING: Final = frozenset(
    {"ExclusiveStartKey", "ExclusiveStartTableName", "NextToken", "ReturnConsumedCapacity"}
)
# An argument may have 128 KiB on Linux.
_LONGEST_ARGUMENT: Final = 100_000


def _is_for_cli(part: _Part) -> bool:
    step = part.step
    if part.refers or not is_sayable(step, to_the_cli=True):
        return False
    if step.pages and (step.operation not in _PAGINATED or not _AGAINST_PAGING.isdisjoint(step.request)):
        return False
    texts = [_argument(value) for value in step.request.values()]
    return not any(len(text) > _LONGEST_ARGUMENT or _UNSAYABLE_TEXT.search(text) for text in texts)


# Halves of surrogate pairs and NUL stand in no argument, and the CLI takes these for addresses to load from.
_UNSAYABLE_TEXT: Final = re.compile(r"[\ud800-\udfff\0]|\A(?:fileb?|https?)://")


def _cli_step(part: _Part) -> str:
    if not _is_for_cli(part):
        return f"{_curl_step(part, remark='# Not to be said with the CLI.' + chr(10))}"
    step = part.step
    options = [_option(member, value, pages=step.pages) for member, value in step.request.items()]
    if step.operation in _PAGINATED and not step.pages:
        options.append("--no-paginate")
    service = "dynamodbstreams" if step.operation in STREAMS_OPERATIONS else "dynamodb"
    line = " \\\n    ".join([f"aws {service} {_kebab_case(step.operation)}", *options])
    settle = f"\nsettle {part.settles}" if part.settles else ""
    if part.settles and not part.keep:
        state = "table-not-exists" if step.operation == "DeleteTable" else "table-exists"
        settle = f" &&\n    aws dynamodb wait {state} --table-name {part.settles}"
    return _echoed(part, line, settle)


def _option(member: str, value: JSON, *, pages: bool) -> str:
    # With --limit the CLI would not go on to the next page.
    option = "--page-size" if pages and member == "Limit" else f"--{_kebab_case(member)}"
    if isinstance(value, bool):
        return option if value else f"--no-{_kebab_case(member)}"
    text = _argument(value)
    if text.startswith("-"):
        return f"{option}={shlex.quote(text)}"
    return f"{option} {shlex.quote(text)}"


def _argument(value: JSON) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _UNSAYABLE_TEXT.search(text) else text


# --- curl -------------------------------------------------------------------------------------------------

# The signature is made anew, so its time is too.
_SIGNING: Final = ("authorization", "x-amz-date")


def _curl_step(part: _Part, remark: str = "") -> str:
    step = part.step
    request = WireRequest.of(step)
    body = _printed(request.body)
    if part.refers:
        body += " | fill"
    usual = WireRequest.of(Step(step.operation))
    if (request.method, request.path, request.headers) == (usual.method, usual.path, usual.headers):
        target = request.headers["x-amz-target"]
        how = (
            f"send {target}" if not step.pages else f"pages {target} {shlex.quote(json.dumps(CURSORS[step.operation]))}"
        )
    else:
        how = _unusual(request)
    settle = f"\nsettle {part.settles}" if part.settles else ""
    return _echoed(part, f"{remark}{body} | {how}", settle)


def _unusual(request: WireRequest) -> str:
    signed = _is_signed(request)
    options = [] if request.method == "POST" else [f"-X {shlex.quote(request.method)}"]
    if "content-type" not in request.headers:
        options.append("-H 'content-type:'")  # curl would add its own
    for name, value in request.headers.items():
        if not (signed and name in _SIGNING):
            # A header without a value is written with a semicolon.
            options.append(f"-H {shlex.quote(f'{name}: {value}' if value else f'{name};')}")
    return " \\\n    ".join([f"{'signed' if signed else 'post'} {shlex.quote(request.path)}", *options])


def _is_signed(request: WireRequest) -> bool:
    """Whether its headers are the ones that the suite signs where it has credentials; others are a step's point."""
    usual = WireRequest.of(Step("ListTables")).headers
    return all(request.headers.get(name) == usual[name] for name in _SIGNING)


def _printed(body: bytes) -> str:
    """Exactly these bytes, by a builtin of the shell, whose arguments may be of any length."""
    text = body.decode("utf-8", "replace")
    if text.encode("utf-8") == body and "\0" not in text:
        return f"printf %s {shlex.quote(text)}"
    written = "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in "\\%'" else f"\\{byte:03o}" for byte in body)
    return f"printf '{written}'"


# --- what clients can say ---------------------------------------------------------------------------------


def is_sayable(step: Step, *, to_the_cli: bool = False) -> bool:
    """Whether a client can send the request by its own means, and sends it as it is.

    The CLI checks the least lengths and values of the service model besides; a boto3 client can be told not to. What
    operations the model has that `members.json` has not is sent as it stands.
    """
    name = shape_of_input(step.operation)
    if name is None or step.raw is not None or step.headers or (step.method, step.path) != ("POST", "/"):
        return False
    return _fits(name, step.request, to_the_cli)


def _fits(name: str, value: JSON, with_minima: bool) -> bool:
    if is_reference(value):
        return True
    described = shape(name)
    if with_minima and _size(value) < described.get("min", 0):
        return False
    match described["type"]:
        case "structure":
            members = described["members"]
            return (
                isinstance(value, dict)
                and value.keys() <= members.keys()
                and value.keys() >= set(described.get("required", ()))
                and all(_fits(members[member], inside, with_minima) for member, inside in value.items())
            )
        case "map":
            return isinstance(value, dict) and all(_fits(described["value"], v, with_minima) for v in value.values())
        case "list":
            return isinstance(value, list) and all(_fits(described["member"], v, with_minima) for v in value)
        case "string":
            return isinstance(value, str)
        case "blob":
            return _is_base64(value)
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "long":
            # A boolean is an `int` to Python, not to a client.
            return isinstance(value, int) and not isinstance(value, bool)
    return False


def _size(value: JSON) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    return value if isinstance(value, int) else 0


def _is_base64(text: JSON) -> bool:
    """In the one spelling that comes out again when it is encoded anew."""
    if not isinstance(text, str):
        return False
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode("ascii") == text
    except (binascii.Error, ValueError):
        return False


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _kebab_case(name: str) -> str:
    return _snake_case(name).replace("_", "-")
