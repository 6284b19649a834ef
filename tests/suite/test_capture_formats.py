"""Traffic read back, redaction, CloudTrail, and the hook for botocore."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.traffic.exchange import Exchange, Understanding
from conformance.traffic.redaction import Redaction, Redactor
from conformance.traffic.traffic import CapturedRequest, TrafficError, as_line, read_traffic, write

TABLE = {
    "TableName": "music",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def understood(body: bytes, reply: bytes = b"{}", redaction: Redaction = Redaction.NONE, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "method": "POST", "path": "/", "headers": {"x-amz-target": "DynamoDB_20120810.PutItem"}, "body": body,
        "status": 200, "reply_headers": {}, "reply": reply, "at": 1.0, "seconds": 0.1, "connection": 1,
    }  # fmt: skip
    return Understanding(redaction).captured(1, Exchange(**values | changes))


# --- reading back -----------------------------------------------------------------------------------------


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_a_line_is_read_as_it_was_written(value: Any) -> None:
    request = CapturedRequest("000001", "PutItem", {"body": {"a": value}}, 200, value, {"server": "x"}, 1.5, 0.25)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.jsonl.gz"
        assert write(path, [request]) == 1
        assert list(read_traffic(path)) == [request]


@pytest.mark.parametrize(
    "text",
    [b'{"a":1,"a":2}', b"[1]", b"", b"{", b'{"a":1e400}', b'{"a":NaN}', b'{"a":1.50}'],
)
def test_what_its_parsed_form_would_not_give_back_is_kept_as_text(text: bytes) -> None:
    request = understood(text)
    assert request.request == {"raw": text.decode()}
    assert request.step.body() == text


def test_compressed_bodies_are_read_and_said_to_be_compressed() -> None:
    headers = {"x-amz-target": "DynamoDB_20120810.PutItem", "content-encoding": "gzip"}
    request = understood(gzip.compress(b'{"a":1}'), headers=headers)
    assert request.request == {"body": {"a": 1}, "headers": {"content-encoding": "gzip"}}


def test_a_signature_in_the_path_is_not_kept() -> None:
    path = "/?X-Amz-Credential=AKIASECRET%2F20260101%2Feu-west-1%2Fdynamodb%2Faws4_request&X-Amz-Signature=abcd&k=1"
    request = understood(b"{}", path=path)
    assert request.request["path"] == "/?k=1"
    assert (request.account, request.region) == ("1", "eu-west-1")
    assert b"AKIASECRET" not in as_line(request)


def test_captures_are_put_together_by_time(tmp_path: Path) -> None:
    for name, times in (("a", (1.0, 3.0)), ("b", (2.0, 4.0))):
        write(tmp_path / name, [CapturedRequest(str(at), "ListTables", {}, 200, at=at) for at in times])
    assert [one.at for one in read_traffic([tmp_path / "a", tmp_path / "b"])] == [1.0, 2.0, 3.0, 4.0]


def test_a_recording_is_read_with_its_templates(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "feature": "x", "operation": "PutItem", "status": 200, "reply": {"n": ["k"]},
         "request": {"body": {"s": {"@@rep": ["x", 3]}}}},
        {"id": "b", "feature": "x", "operation": "GetItem", "status": 200, "reply": {},
         "request": {"body": {"s": {"@@ref": ["a", "n.0"]}}}},
        {"id": "c", "feature": "x", "operation": "GetItem", "status": 200, "reply": {},
         "request": {"body": {"s": {"@@ref": ["absent", "n"]}}}},
    ]  # fmt: skip
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    read = list(read_traffic(tmp_path / "r.jsonl"))
    assert [one.body for one in read[:2]] == [{"s": "xxx"}, {"s": "k"}]
    assert [one.partial for one in read] == [False, False, True]


def test_a_template_is_none_in_a_capture(tmp_path: Path) -> None:
    body = {"Item": {"@@rep": ["x", 3]}}
    write(tmp_path / "t.jsonl", [CapturedRequest("1", "PutItem", {"body": body}, 200, at=1.0)])
    assert next(read_traffic(tmp_path / "t.jsonl")).body == body


def test_the_last_line_of_a_killed_capture_may_be_cut_off(tmp_path: Path) -> None:
    line = as_line(CapturedRequest("1", "ListTables", {}, 200, at=1.0))
    (tmp_path / "t.jsonl").write_bytes(line + line[:20])
    assert len(list(read_traffic(tmp_path / "t.jsonl"))) == 1
    (tmp_path / "z.jsonl.gz").write_bytes(gzip.compress(line * 3000)[:-8])
    cut: list[Path] = []
    assert len(list(read_traffic(tmp_path / "z.jsonl.gz", on_cut=cut.append))) == 3000
    assert cut == [tmp_path / "z.jsonl.gz"]


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz"])
def test_in_the_middle_of_a_capture_nothing_may_be_cut_off(tmp_path: Path, name: str) -> None:
    line = as_line(CapturedRequest("1", "ListTables", {}, 200, at=1.0))
    packed = gzip.compress if name.endswith(".gz") else bytes
    (tmp_path / name).write_bytes(packed(line * 3)[:-10])
    (tmp_path / name.replace("t.", "t.000002.")).write_bytes(packed(line))
    with pytest.raises(TrafficError, match=r"cut off|no line of captured traffic"):
        list(read_traffic(tmp_path / name))


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz"])
def test_a_capture_may_be_killed_when_it_has_just_begun_another_file(tmp_path: Path, name: str) -> None:
    first, second, third = (tmp_path / name.replace("t.", middle) for middle in ("t.", "t.000002.", "t.000003."))
    second.touch()
    third.touch()
    first.touch()
    with pytest.raises(TrafficError, match=f"{name}: is empty: nothing was captured"):
        list(read_traffic(first))
    write(first, [CapturedRequest("1", "ListTables", {}, 200, at=1.0)])
    cut: list[Path] = []
    assert len(list(read_traffic(first, on_cut=cut.append))) == 1
    assert cut == [third]


def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(as_line(CapturedRequest("1", "ListTables", {}, 200, at=1.0)) * 50))
    packed[25] ^= 0xFF
    (tmp_path / "t.jsonl.gz").write_bytes(packed)
    with pytest.raises(TrafficError):
        list(read_traffic(tmp_path / "t.jsonl.gz"))


@pytest.mark.parametrize("depth", [100_000])
def test_a_line_nested_beyond_reading_is_refused_in_one_line(tmp_path: Path, depth: int) -> None:
    line = as_line(CapturedRequest("1", "ListTables", {}, 200, at=1.0))
    (tmp_path / "t.jsonl").write_bytes(line + b'{"id":' + b"[" * depth + b"]" * depth + b"}\n")
    with pytest.raises(TrafficError, match=r"t\.jsonl:2: no line of captured traffic"):
        list(read_traffic(tmp_path / "t.jsonl"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "t.jsonl: is empty"),
        (b"hello\n", "t.jsonl:1: neither captured traffic nor events of CloudTrail"),
        (b'{"id": "1"}\n', "t.jsonl:1: no line of captured traffic: 'request' is missing"),
        (b'{"id":"1","operation":1,"request":{},"status":200,"reply":{}}\n', "t.jsonl:1: no line"),
        (b"[]\n", "t.jsonl:1: no line of captured traffic"),
        (None, "t.jsonl: cannot be read: No such file"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    if content is not None:
        (tmp_path / "t.jsonl").write_bytes(content)
    with pytest.raises(TrafficError) as refused:
        list(read_traffic(tmp_path / "t.jsonl"))
    assert complaint in str(refused.value)


# --- redaction --------------------------------------------------------------------------------------------

SECRET = "Zebra-7731"
SECRETS = (SECRET, base64.b64encode(SECRET.encode()).decode(), "773177")
VALUE: dict[str, Any] = {
    "M": {"list": {"L": [{"S": SECRET}, {"N": "773177"}]}, "set": {"SS": [SECRET]}, "bin": {"B": SECRETS[1]}}
}

REQUESTS = [
    ("PutItem", {"TableName": "music", "Item": {"pk": {"S": SECRET}, "m": VALUE}}),
    ("PutItem", {"TableName": "music", "Itme": {"pk": {"S": SECRET}}}),
    ("PutItem", {"TableName": "music", "Item": {"pk": {"S": SECRET, "N": "773177"}, "x": SECRET, "n": 773177}}),
    ("PutItem", {"TableName": {"S": SECRET}, "Item": SECRET}),
    ("PutItemm", {"Item": {"pk": {"S": SECRET}}}),
    ("PutItem", {"Item": {"TableName": {"S": SECRET}, "Limit": {"N": "773177"}}}),
    ("Query", {"ExpressionAttributeValues": {":v": {"S": SECRET}}, "ExclusiveStartKey": {"pk": {"S": SECRET}}}),
    ("Query", {"KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": SECRET}]}}}),
    ("UpdateItem", {"AttributeUpdates": {"a": {"Action": "PUT", "Value": VALUE}}, "Expected": {"a": {"Value": VALUE}}}),
    ("BatchWriteItem", {"RequestItems": {"music": [{"PutRequest": {"Item": {"pk": {"S": SECRET}}}}]}}),
    ("BatchGetItem", {"RequestItems": {"music": {"Keys": [{"pk": {"S": SECRET}}]}}}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "music", "Item": {"pk": {"S": SECRET}}}}]}),
    ("ExecuteStatement", {"Statement": f"SELECT * FROM \"music\" WHERE pk = '{SECRET}' AND n = 773177"}),
    ("ExecuteStatement", {"Statement": "SELECT 1", "Parameters": [{"S": SECRET}], "NextToken": SECRETS[1]}),
    ("Scan", {"FilterExpression": f"a = '{SECRET}'"}),
]
REPLIES = [
    {"Item": {"pk": {"S": SECRET}}},
    {"Items": [{"pk": {"S": SECRET}}], "LastEvaluatedKey": {"pk": {"S": SECRET}}, "Count": 1},
    {"Responses": {"music": [{"pk": {"S": SECRET}}]}},
    {"Responses": [{"Item": {"pk": {"N": "773177"}}}]},
    {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": SECRET}}, "NewImage": VALUE["M"]}}]},
    {"__type": "TransactionCanceledException", "CancellationReasons": [{"Code": "X", "Item": {"pk": {"S": SECRET}}}]},
    {"ItemCollectionMetrics": {"ItemCollectionKey": {"pk": {"S": SECRET}}, "SizeEstimateRangeGB": [0, 1]}},
]


@pytest.mark.parametrize("redaction", [Redaction.VALUES, Redaction.HASH])
@pytest.mark.parametrize(("operation", "body"), REQUESTS)
def test_no_value_is_written(operation: str, body: Any, redaction: Redaction) -> None:
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    refusal = {"__type": "x#ValidationException", "message": f"Not a good value: {SECRET}"}
    replies = [*REPLIES, refusal] if SECRET in json.dumps(body) else REPLIES
    for reply in replies:
        line = as_line(
            understood(json.dumps(body).encode(), json.dumps(reply).encode(), redaction, headers=headers)
        ).decode()
        for secret in SECRETS:
            assert secret not in line, line


def test_none_leaves_everything() -> None:
    body = REQUESTS[0][1]
    assert understood(json.dumps(body).encode()).body == body


@pytest.mark.parametrize("redaction", [Redaction.VALUES, Redaction.HASH])
def test_a_body_that_is_no_json_is_not_written_and_is_missing(redaction: Redaction) -> None:
    request = understood(f'{{"Item": {SECRET}'.encode(), redaction=redaction)
    assert (request.request["raw"], request.partial) == ("", True)


def test_what_is_nested_too_deep_to_redact_is_not_written() -> None:
    body = f'{{"Item":{"[" * 400}"{SECRET}"{"]" * 400}}}'.encode()
    request = understood(body, redaction=Redaction.VALUES)
    assert SECRET not in as_line(request).decode()
    reply = f'{{"Item":{"[" * 400}"{SECRET}"{"]" * 400}}}'.encode()
    assert SECRET not in as_line(understood(b"{}", reply, Redaction.HASH)).decode()


def test_what_is_nested_deeper_than_readers_go_is_a_text(tmp_path: Path) -> None:
    for depth in (30, 400, 990, 5000):
        body = b'{"Item":' + b"[" * depth + b"]" * depth + b"}"
        request = understood(body, body)
        assert (request.body is None) == isinstance(request.reply, str) == (depth > 150)
        (tmp_path / "t.jsonl").write_bytes(as_line(request))
        (read,) = read_traffic(tmp_path / "t.jsonl")
        assert read.request == request.request


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("ExecuteStatement", {"Statement": "SELECT * FROM t WHERE a[0] = 1 AND pk IN [773177, 42]"}),
        ("ExecuteStatement", {"Statement": "SELECT * FROM t WHERE pk in[773177]"}),
        ("ExecuteStatement", {"Statement": "INSERT INTO t VALUE {'pk':773177}"}),
        ("UpdateItem", {"UpdateExpression": "SET ssn = 773177, b = -773177"}),
        ("UpdateItem", {"UpdateExpression": "SET ssn = 773177x"}),
        ("TransactWriteItems", {"TransactItems": [], "ClientRequestToken": SECRET}),
        ("PutRecord", {"Item": {"pk": {"S": SECRET}}}),
    ],
)
def test_no_value_is_written_wherever_it_stands(operation: str, body: Any) -> None:
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    refusal = {"__type": "x#ValidationException", "message": 'Syntax error; token: "773177", near: "= 773177"'}
    line = as_line(
        understood(json.dumps(body).encode(), json.dumps(refusal).encode(), Redaction.VALUES, headers=headers)
    )
    sent = json.dumps(json.loads(line)["request"])
    assert "773177" not in sent
    assert SECRET not in sent
    if "773177" in json.dumps(body) and "x" not in json.dumps(body):
        assert b"773177" not in line


@pytest.mark.parametrize(
    ("sent", "told", "kept"),
    [
        # Stored values, which no request named.
        ("a", f'incorrect data type: {{"S":"{SECRET}"}} for ADD', 'incorrect data type: {"S":<redacted>} for ADD'),
        ("a", f'bad {{"M": {{"x": {{"S": "{SECRET}"}}}}}}, {{"N":"1"}}.', 'bad {"M":<redacted>}, {"N":<redacted>}.'),
        ("a", f"bad {{S: {SECRET},}} and more", 'bad {"S":<redacted>}'),  # where it ends is not known
        # Values of the request, as they are between quotes.
        (f'my "{SECRET}"', f'bad: my \\"{SECRET}\\"', "bad: <redacted>"),
        (f"a\n{SECRET}", f"bad: a\\n{SECRET}", "bad: <redacted>"),
        (f"ü{SECRET}", f"bad: \\u00fc{SECRET}", "bad: <redacted>"),
        ("a", f"upper bound: {{S:{SECRET}}}, more", 'upper bound: {"S":<redacted>}'),
        (SECRET, f"lower bound: {{S:{SECRET}}}, more", 'lower bound: {"S":<redacted>}, more'),
        # What is quoted may be stored, and may have quotes in it.
        ("a", f"bad: '{SECRET}' of music", "bad: '<redacted>' of music"),
        ("a", f"bad: 'it's ' {SECRET}' of `music`", "bad: '<redacted>' of `music`"),
        ("a", f'bad: `{SECRET}` and "{SECRET}', 'bad: `<redacted>` and "<redacted>'),
        # A sum has stored digits in it.
        ("a", "Number too precise: 773177773177.5.", "Number too precise: <redacted>."),
        ("a", "for key:773177773177", "for key:<redacted>"),
        # What servers say of no value stays.
        ("a", "No provided key: pk", "No provided key: pk"),
        ("1.0", "1 validation error detected: no 1.00", "1 validation error detected: no <redacted>"),
        ("a", "Value 'x y' at 'transactItems.1.member.put.item' of 'pk', 'music'", None),
        ("a", "size()'s parameter isn't the table's 'music'; at most 1048576", None),
        ("a", 'Syntax error; token: "<EOF>", near: "attribute_exists(pk) AND"', None),
        ("a", "no permission: arn:aws:dynamodb:eu-west-1:123456789012:table/music", None),
    ],
)
def test_texts_of_errors_hold_no_values(sent: str, told: str, kept: str | None) -> None:
    body = json.dumps({"TableName": "music", "Item": {"pk": {"S": sent}}}).encode()
    reply = json.dumps({"__type": "x#ValidationException", "message": told}).encode()
    kept = told if kept is None else kept
    assert understood(body, reply, Redaction.HASH).reply == {"__type": "x#ValidationException", "message": kept}


def test_names_of_tables_before_are_known_to_be_names() -> None:
    redactor = Redactor(Redaction.VALUES)
    refusal = {"message": "Query missing condition on hash key 'pk'"}
    request = {"body": {"TableName": "music"}}
    assert redactor.redact("Query", request, refusal)[1] == {
        "message": "Query missing condition on hash key '<redacted>'"
    }
    redactor.redact("CreateTable", {"body": TABLE}, {})
    assert redactor.redact("Query", request, refusal)[1] == refusal


def test_names_of_one_request_are_not_known_in_the_next() -> None:
    redactor = Redactor(Redaction.VALUES)
    refusal = {"message": "bad: 'title'"}
    assert redactor.redact("Query", {"body": {"IndexName": "by-title"}}, refusal)[1] == refusal
    assert redactor.redact("Query", {"body": {}}, refusal)[1] == {"message": "bad: '<redacted>'"}


def test_a_number_is_taken_out_of_texts_however_it_is_written_there() -> None:
    body = json.dumps({"Item": {"pk": {"N": "4111.50"}}}).encode()
    reply = json.dumps({"message": "4111.5 is more than 4111.6 or 400"}).encode()
    assert understood(body, reply, Redaction.VALUES).reply == {"message": "<redacted> is more than 4111.6 or 400"}


def test_the_longest_of_two_values_is_taken_out() -> None:
    body = json.dumps({"Item": {"pk": {"S": "ab"}, "x": {"S": "ab cd"}}}).encode()
    reply = json.dumps({"message": "bad: ab cd"}).encode()
    assert understood(body, reply, Redaction.VALUES).reply == {"message": "bad: <redacted>"}


def test_an_index_is_no_value_and_a_list_is() -> None:
    body = {"Statement": 'SELECT * FROM t WHERE a[12] = 1 AND "b"[3] = 1 AND c IN[7731] AND d IN [7732]'}
    request, _ = Redactor(Redaction.HASH).redact("ExecuteStatement", {"body": body}, {})
    kept = request["body"]["Statement"]
    assert [text in kept for text in ("a[12]", '"b"[3]', "7731", "7732")] == [True, True, False, False]


@pytest.mark.parametrize("member", ["FilterExpression", "Statement"])
@pytest.mark.parametrize("word", ["zebra@example.com", "a.zebra@b", "Zébra", "€zebra", "zebra^"])
def test_a_word_that_can_be_no_name_is_a_value(member: str, word: str) -> None:
    body = {member: f"mail = {word} AND size(mail)=5"}
    request, _ = Redactor(Redaction.VALUES).redact("Scan", {"body": body}, {})
    assert request["body"][member].startswith("mail = 's1")
    assert request["body"][member].endswith("' AND size(mail)=2")


def test_operators_and_names_of_expressions_stay() -> None:
    body = {"FilterExpression": "(#a <> :b && a.b[1] >= :c) AND NOT size(x_1) < :d + :e"}
    assert Redactor(Redaction.HASH).redact("Scan", {"body": body}, {})[0] == {"body": body}
    body = {"Statement": 'SELECT a, "b c".d FROM "music"."by-title" WHERE a = ? AND b IN [?, ?] -- x | y'}
    assert Redactor(Redaction.HASH).redact("ExecuteStatement", {"body": body}, {})[0] == {"body": body}


@pytest.mark.parametrize("reply", [b"773177", b'"773177"', b"-7.73177e-2"])
def test_a_reply_that_is_a_bare_value_is_not_written(reply: bytes) -> None:
    assert b"73177" not in as_line(understood(b"{}", reply, Redaction.VALUES))


@pytest.mark.parametrize("reply", [b'{"Item":{"pk":{"S":"%s \xff"}}}', b'{"Item":{"pk":{"S":"%s"}', b"<p>%s</p>"])
def test_a_reply_that_is_no_json_is_not_written(reply: bytes) -> None:
    content = reply.replace(b"%s", SECRET.encode())
    assert SECRET in str(understood(b"{}", content).reply)
    assert "characters that are no JSON" in str(understood(b"{}", content, Redaction.HASH).reply)
    assert SECRET not in str(understood(b"{}", content, Redaction.HASH).reply)


def test_no_header_tells_what_was_redacted() -> None:
    headers = {"x-amz-crc32": "2745614147", "content-length": "19", "content-type": "x", "server": "Server"}
    exchange = Exchange("POST", "/", {}, b"{}", 200, headers, b'{"Item":{"S":"a"}}', 1.0, 0.1, 1)
    assert Understanding().captured(1, exchange).headers == headers
    assert Understanding(Redaction.HASH).captured(1, exchange).headers == {"content-type": "x", "server": "Server"}


def test_a_key_attribute_may_be_called_as_a_member_of_the_api() -> None:
    key = {"userIdentity": {"S": SECRET}, "ExpressionAttributeNames": {"S": SECRET}}
    metrics = {"ItemCollectionKey": key, "SizeEstimateRangeGB": [0.0, 1.0]}
    for reply in ({"ItemCollectionMetrics": metrics}, {"ItemCollectionMetrics": {"shop": [metrics]}}):
        redacted = understood(b"{}", json.dumps(reply).encode(), Redaction.VALUES).reply
        assert SECRET not in str(redacted)
        assert "[0.0, 1.0]" in str(redacted)


def test_numbers_that_differ_in_the_last_of_38_digits_are_two() -> None:
    numbers = ["12345678901234567890123456789012345678", "12345678901234567890123456789012345679", "1E1000000", "0.0"]
    for redaction in (Redaction.VALUES, Redaction.HASH):
        request, _ = Redactor(redaction).redact("PutItem", {"body": {"Item": {"n": {"NS": [*numbers, "-0"]}}}}, {})
        *different, zero, minus_zero = request["body"]["Item"]["n"]["NS"]
        assert len({*different, zero}) == 4
        assert zero == minus_zero


@pytest.mark.parametrize("number", ["sNaN", "NaN", "Infinity", "1_000", "٣", " 1"])
def test_what_is_no_number_stays_none(number: str) -> None:
    request, _ = Redactor(Redaction.VALUES).redact("PutItem", {"body": {"Item": {"n": {"N": number}}}}, {})
    assert request["body"]["Item"]["n"]["N"].startswith("no-number-")
    understood(b'{"Item": {"n": 1}}', b'{"Item": NaN}', Redaction.HASH)


SCALARS = (
    st.builds(lambda text: {"S": text}, st.text())
    | st.builds(lambda number: {"N": str(number)}, st.integers(-(10**20), 10**20))
    | st.builds(lambda data: {"B": base64.b64encode(data).decode()}, st.binary())
)


@given(st.lists(SCALARS, min_size=2, max_size=8), st.sampled_from([Redaction.VALUES, Redaction.HASH]))
def test_equality_and_type_and_size_class_are_kept(values: list[Any], redaction: Redaction) -> None:
    redactor = Redactor(redaction)
    request, reply = redactor.redact(
        "PutItem", {"body": {"Item": {str(place): value for place, value in enumerate(values)}}}, {"Items": values}
    )
    placeholders = list(request["body"]["Item"].values())
    assert placeholders == reply["Items"]
    for value, placeholder in zip(values, placeholders, strict=True):
        assert value.keys() == placeholder.keys()
        for other, other_placeholder in zip(values, placeholders, strict=True):
            assert (value == other) == (placeholder == other_placeholder)
        if "S" in value:
            size, kept = len(value["S"].encode()), len(placeholder["S"])
            assert kept <= max(size, 14)
            assert kept * 2 > size or size == 0
        if "N" in value:
            int(placeholder["N"])


def test_numbers_are_equal_as_dynamodb_compares_them() -> None:
    redactor = Redactor(Redaction.HASH)
    numbers = {"NS": ["1", "1.0", "10e-1", "2", "-1", "none"]}
    request, _ = redactor.redact("PutItem", {"body": {"Item": {"n": numbers}}}, {})
    one, same, again, two, minus, malformed = request["body"]["Item"]["n"]["NS"]
    assert one == same == again
    assert len({one, two, minus}) == 3
    assert malformed.startswith("no-number-")


def test_what_is_not_a_value_stays() -> None:
    body = {
        "TableName": "music", "IndexName": "by-year", "KeyConditionExpression": "#a = :v AND b[1] > :w", "Limit": 5,
        "ExpressionAttributeNames": {"#a": "artist"}, "ExpressionAttributeValues": {":v": {"BOOL": True}},
        "ScanIndexForward": False,
    }  # fmt: skip
    assert understood(json.dumps(body).encode(), redaction=Redaction.VALUES).body == body
    headers = {"x-amz-target": "DynamoDB_20120810.CreateTable"}
    assert understood(json.dumps(TABLE).encode(), redaction=Redaction.HASH, headers=headers).body == TABLE


def test_two_captures_have_two_keys() -> None:
    one, other = (understood(b'{"Item":{"a":{"S":"x"}}}', redaction=Redaction.HASH).body for _ in range(2))
    assert one != other


# --- CloudTrail -------------------------------------------------------------------------------------------


def event(name: str, parameters: Any, **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.09", "eventSource": "dynamodb.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1",
        "eventTime": "2026-11-22T10:00:00Z", "userAgent": "aws-cli/2", "requestParameters": parameters,
        "userIdentity": {"accessKeyId": "AKIASECRET"},
    } | more  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("odd", [{"eventTime": None}, {"eventTime": "noon"}, {"requestParameters": [1]}])
def test_an_odd_event_is_refused_in_one_line(tmp_path: Path, odd: dict[str, Any], indent: int | None) -> None:
    document = {"Records": [event("GetItem", {"tableName": "music"}) | odd]}
    (tmp_path / "trail.json").write_text(json.dumps(document, indent=indent))
    with pytest.raises(TrafficError, match=r"trail\.json:1: no line of captured traffic"):
        list(read_traffic(tmp_path / "trail.json"))


@pytest.mark.parametrize("layout", ["one line", "many lines", "event a line", "gzip"])
def test_events_of_cloudtrail_are_partial_requests(tmp_path: Path, layout: str) -> None:
    events = [
        event("GetItem", {"tableName": "music", "key": {"pk": {"S": "a"}}}),
        event("PutItem", {"tableName": "music"}, errorCode="ConditionalCheckFailedException", errorMessage="no"),
        event("GetObject", {}, eventSource="s3.amazonaws.com"),
    ]
    document = {"Records": events}
    content = {
        "one line": json.dumps(document),
        "many lines": json.dumps(document, indent=2),
        "event a line": "".join(json.dumps(one) + "\n" for one in events),
        "gzip": json.dumps(document),
    }[layout].encode()
    (tmp_path / "trail.json").write_bytes(gzip.compress(content) if layout == "gzip" else content)
    get, put = read_traffic(tmp_path / "trail.json")
    assert (get.operation, get.body, get.missing) == (
        "GetItem", {"TableName": "music", "Key": {"pk": {"S": "a"}}}, ("reply",),
    )  # fmt: skip
    assert (get.region, get.at, get.account) == ("eu-west-1", 1795341600.0, "")
    assert (put.status, put.answer.error_type, put.missing) == (400, "ConditionalCheckFailedException", ("Item",))


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        ({"tableName": "m", "key": {"pk": "***"}}, "Key.pk"),
        ({"tableName": "m", "key": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "Key"),
        ({"tableName": "m", "key": {"pk": {"S": "****"}}}, "Key.pk"),
        (
            {"tableName": "m", "key": {"pk": {"S": "a"}}, "updateExpression": "SET a = :v"},
            "ExpressionAttributeValues.:v",
        ),
        (None, "TableName"),
    ],
)
def test_what_an_event_hides_is_missing(tmp_path: Path, parameters: Any, missing: str) -> None:
    (tmp_path / "trail.json").write_text(json.dumps({"Records": [event("UpdateItem", parameters)]}))
    (request,) = read_traffic(tmp_path / "trail.json")
    assert missing in request.missing
    assert request.as_json()["partial"] is True


def test_the_control_plane_is_whole_but_for_the_reply(tmp_path: Path) -> None:
    def lowered(value: Any) -> Any:
        if isinstance(value, list):
            return [lowered(one) for one in value]
        if isinstance(value, dict):
            return {name[0].lower() + name[1:]: lowered(member) for name, member in value.items()}
        return value

    (tmp_path / "trail.json").write_text(json.dumps({"Records": [event("CreateTable", lowered(TABLE))]}))
    (request,) = read_traffic(tmp_path / "trail.json")
    assert (request.body, request.missing) == (TABLE, ("reply",))


# --- the hook ---------------------------------------------------------------------------------------------


def work(client: Any, key: Any = {"pk": {"S": "a"}}) -> None:  # noqa: B006 (never changed)
    client.create_table(**TABLE)
    client.put_item(TableName="music", Item=key)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName="music", Item=key, ConditionExpression="attribute_not_exists(pk)")
    client.get_item(TableName="music", Key=key)


def check(path: Path) -> None:
    lines = list(read_traffic(path))
    assert [(line.operation, line.status) for line in lines] == [
        ("CreateTable", 200), ("PutItem", 200), ("PutItem", 400), ("GetItem", 200),
    ]  # fmt: skip
    assert lines[3].reply["Item"] == {"pk": {"S": "a"}}
    assert lines[2].answer.error_type == "ConditionalCheckFailedException"
    assert {line.region for line in lines} == {"us-east-1"}
    assert not any(one.overlaps(other) for one, other in itertools.pairwise(lines))


@pytest.mark.parametrize("source", ["client", "session", "resource"])
def test_a_hooked_process_writes_the_same(tmp_path: Path, source: str) -> None:
    boto3 = pytest.importorskip("boto3")
    from conformance.capture_hook import capture
    from reference_server import in_process

    with in_process():
        session = boto3.Session(region_name="us-east-1")
        hooked = {
            "client": lambda: session.client("dynamodb"),
            "session": lambda: session,
            "resource": lambda: session.resource("dynamodb"),
        }[source]()
        with capture(hooked, tmp_path / "t.jsonl"):
            if source == "resource":
                client = hooked.meta.client
                work(client, {"pk": "a"})
            else:
                client = hooked if source == "client" else session.client("dynamodb")
                work(client)
        client.list_tables()  # no longer captured
    check(tmp_path / "t.jsonl")


def test_moto_is_captured_too(tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto")
    from conformance.capture_hook import capture

    with moto.mock_aws():
        client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="AKIASECRET", aws_secret_access_key="x"
        )
        with capture(client, tmp_path / "t.jsonl"):
            work(client)
    check(tmp_path / "t.jsonl")
    assert "AKIASECRET" not in (tmp_path / "t.jsonl").read_text()


def test_the_hook_records_that_no_answer_came(tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config
    from botocore.exceptions import EndpointConnectionError

    from conformance.capture_hook import capture

    client = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="x",
        endpoint_url="http://127.0.0.1:9", config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip
    with capture(client, tmp_path / "t.jsonl"), pytest.raises(EndpointConnectionError):
        client.list_tables()
    (line,) = read_traffic(tmp_path / "t.jsonl")
    assert (line.status, line.operation) == (0, "ListTables")
    assert "EndpointConnectionError" in line.failure


def test_a_file_has_one_way_to_redact(tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    from conformance.capture_hook import capture

    session = boto3.Session()
    with capture(session, tmp_path / "t.jsonl"):
        capture(session, tmp_path / "t.jsonl")
        with pytest.raises(ValueError, match="is captured with redact='none': name another file"):
            capture(session, tmp_path / "t.jsonl", redact="values")


def test_the_hook_takes_no_other_thing(tmp_path: Path) -> None:
    from conformance.capture_hook import capture

    with pytest.raises(TypeError, match="a client, a resource or a session"):
        capture(object(), tmp_path / "t.jsonl")
