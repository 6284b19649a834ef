"""Imports from S3: every format, what is wrong in it, and what has been exported coming back."""

from __future__ import annotations

import base64
import gzip
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from amazon.ion import simpleion
from calling import Caller, index, key_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_backups import DAY, NOW, TABLE_ARN, Keeper
from test_export import BUCKET, PATIENCE, Exporter, moto_s3

from reference_server.attribute import Item
from reference_server.sizes import item_size
from reference_server.storage.memory import OrderedMap
from reference_server.tables.table import Record
from reference_server.transfer import exports, formats, ion
from reference_server.transfer.endpoint import S3, VARIABLES, Endpoint
from reference_server.transfer.formats import CsvRules, Unreadable
from reference_server.transfer.s3 import Bucket
from reference_server.transfer.signing import Credentials


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with moto_s3() as client:
        client.create_bucket(Bucket=BUCKET)
        yield client


PARAMETERS: dict[str, Any] = {
    "TableName": "Music",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": key_schema("pk"),
    "BillingMode": "PAY_PER_REQUEST",
}


class Importer(Keeper):
    def begin(self, prefix: str, format_: str = "DYNAMODB_JSON", **request: Any) -> dict[str, Any]:
        parameters = request.pop("TableCreationParameters", PARAMETERS)
        reply = self.call(
            "ImportTable",
            S3BucketSource={"S3Bucket": BUCKET, "S3KeyPrefix": prefix},
            InputFormat=format_,
            TableCreationParameters=parameters,
            **request,
        )
        description: dict[str, Any] = reply["ImportTableDescription"]
        return description

    def wait(self, arn: str) -> dict[str, Any]:
        return wait(self, arn)

    def bring_in(self, prefix: str, format_: str = "DYNAMODB_JSON", **request: Any) -> dict[str, Any]:
        return wait(self, self.begin(prefix, format_, **request)["ImportArn"])


def wait(caller: Caller, arn: str) -> dict[str, Any]:
    """Until the import has ended, which takes real time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        description: dict[str, Any] = caller.call("DescribeImport", ImportArn=arn)["ImportTableDescription"]
        if description["ImportStatus"] != "IN_PROGRESS":
            return description
        time.sleep(0.01)
    raise AssertionError("the import does not end")


def put(s3: Any, key: str, *lines: str | bytes, compress: bool = False) -> None:
    content = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(content) if compress else content)


def counts(description: dict[str, Any]) -> tuple[int, int, int]:
    return description["ProcessedItemCount"], description["ImportedItemCount"], description["ErrorCount"]


# --- what an import says ----------------------------------------------------------------------------------


def test_what_an_import_says(s3: Any) -> None:
    put(s3, "says/one.json", '{"Item":{"pk":{"S":"a"},"n":{"N":"1.0"}}}', '{"Item":{"pk":{"S":"b"}}}', "")
    importer = Importer()
    begun = importer.begin("says/", ClientToken="one", InputCompressionType="NONE")
    arn = begun["ImportArn"]
    assert arn.startswith(f"{TABLE_ARN}/Music/import/01790000000000-")
    assert begun == {
        "ImportArn": arn,
        "ImportStatus": "IN_PROGRESS",
        "TableArn": f"{TABLE_ARN}/Music",
        "TableId": importer.table("Music")["TableId"],
        "ClientToken": "one",
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": "says/"},
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "NONE",
        "TableCreationParameters": PARAMETERS,
        "StartTime": NOW,
        "ErrorCount": 0,
        "ProcessedSizeBytes": 0,
        "ProcessedItemCount": 0,
        "ImportedItemCount": 0,
    }
    assert importer.wait(arn) == begun | {
        "ImportStatus": "COMPLETED",
        "EndTime": NOW,
        "ProcessedSizeBytes": 68,
        "ProcessedItemCount": 2,
        "ImportedItemCount": 2,
    }
    assert importer.table("Music")["TableStatus"] == "ACTIVE"
    assert importer.items("Music") == [{"pk": {"S": "a"}, "n": {"N": "1"}}, {"pk": {"S": "b"}}]


def test_the_table_is_being_created_until_its_items_are_there(s3: Any) -> None:
    put(s3, "states/one.json", '{"Item":{"pk":{"S":"a"}}}')
    importer = Importer(transition_seconds=5.0)
    arn = importer.begin("states/")["ImportArn"]
    time.sleep(0.2)
    assert importer.call("DescribeImport", ImportArn=arn)["ImportTableDescription"]["ImportStatus"] == "IN_PROGRESS"
    assert importer.table("Music")["TableStatus"] == "CREATING"
    assert importer.refusal("GetItem", TableName="Music", Key={"pk": {"S": "a"}}) == "ResourceNotFoundException"
    assert importer.refusal("DeleteTable", TableName="Music") == "ResourceInUseException"
    importer.clock.advance(5)
    assert importer.wait(arn)["EndTime"] == NOW + 5
    assert len(importer.items("Music")) == 1


def test_the_table_has_what_its_parameters_say(s3: Any) -> None:
    put(s3, "parameters/one.json", '{"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"B":"AAE="}}}')
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    importer = Importer()
    imported = importer.bring_in(
        "parameters/",
        TableCreationParameters={
            "TableName": "Music",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": type_}
                for name, type_ in (("pk", "S"), ("sk", "N"), ("g", "B"))
            ],
            "KeySchema": key_schema("pk", "sk"),
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": units,
            "GlobalSecondaryIndexes": [index("by-g", "g") | {"ProvisionedThroughput": units}],
            "SSESpecification": {"Enabled": True, "KMSMasterKeyId": "alias/music"},
        },
    )
    assert imported["ImportStatus"] == "COMPLETED", imported
    table = importer.table("Music")
    assert table["ProvisionedThroughput"] == units | {"NumberOfDecreasesToday": 0}
    assert table["SSEDescription"]["KMSMasterKeyArn"].endswith("alias/music")
    assert table["GlobalSecondaryIndexes"][0]["ItemCount"] == 1
    assert len(importer.items("Music", IndexName="by-g")) == 1


# --- formats ----------------------------------------------------------------------------------------------


def test_all_objects_under_the_prefix(s3: Any) -> None:
    for number in range(3):
        put(s3, f"several/{number}.json", f'{{"Item":{{"pk":{{"S":"{number}"}}}}}}')
    put(s3, "several/folder/", "")
    put(s3, "severed/one.json", '{"Item":{"pk":{"S":"no"}}}')
    importer = Importer()
    assert counts(importer.bring_in("several/")) == (3, 3, 0)


def test_lists_of_objects_are_followed_to_their_end(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        put(s3, f"pages/{number} +é.json", "x")
    bucket = Bucket(Endpoint(S3, s3.meta.endpoint_url, "us-east-1", Credentials("a", "b", None)), BUCKET)
    monkeypatch.setattr("moto.settings.get_s3_default_max_keys", lambda: 3)
    keys = list(bucket.keys("pages/"))
    assert keys == [f"pages/{number} +é.json" for number in range(7)]
    assert [bucket.get(key) for key in keys] == [b"x"] * 7


def test_gzip(s3: Any) -> None:
    put(s3, "gzip/one.json.gz", '{"Item":{"pk":{"S":"a"}}}', compress=True)
    assert counts(Importer().bring_in("gzip/", InputCompressionType="GZIP")) == (1, 1, 0)


def test_what_is_not_compressed_as_it_should_be(s3: Any) -> None:
    put(s3, "plain/one.json", '{"Item":{"pk":{"S":"a"}}}')
    importer = Importer()
    failed = importer.bring_in("plain/", InputCompressionType="GZIP")
    assert (failed["ImportStatus"], failed["FailureCode"]) == ("FAILED", "UNKNOWN")
    assert "plain/one.json is not compressed with GZIP" in failed["FailureMessage"]
    assert importer.refusal("DescribeTable", TableName="Music") == "ResourceNotFoundException"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has Zstandard")
def test_zstandard_where_python_has_none(s3: Any) -> None:
    put(s3, "zstd/one.json.zst", b"\x28\xb5\x2f\xfd")
    failed = Importer().bring_in("zstd/", InputCompressionType="ZSTD")
    assert failed["ImportStatus"] == "FAILED"
    assert "Python 3.14" in failed["FailureMessage"]


def test_csv(s3: Any) -> None:
    put(s3, "csv/one.csv", "pk,n,b,g,text", 'a,1,x,7,"say ""hi"", twice"', "b,2,,8,")
    put(s3, "csv/two.csv", "text,pk,g", "c,d,9")
    importer = Importer()
    definitions = [{"AttributeName": name, "AttributeType": type_} for name, type_ in (("pk", "S"), ("g", "N"))]
    parameters = PARAMETERS | {
        "AttributeDefinitions": definitions,
        "GlobalSecondaryIndexes": [index("by-g", "g")],
    }
    assert counts(importer.bring_in("csv/", "CSV", TableCreationParameters=parameters)) == (3, 3, 0)
    # Keys have their types; everything else is a string.
    assert importer.items("Music") == [
        {"pk": {"S": "a"}, "n": {"S": "1"}, "b": {"S": "x"}, "g": {"N": "7"}, "text": {"S": 'say "hi", twice'}},
        {"pk": {"S": "b"}, "n": {"S": "2"}, "b": {"S": ""}, "g": {"N": "8"}, "text": {"S": ""}},
        {"text": {"S": "c"}, "pk": {"S": "d"}, "g": {"N": "9"}},
    ]


def test_csv_with_a_field_as_long_as_an_item_may_be(s3: Any) -> None:
    put(s3, "long/one.csv", "pk,text", f"a,{'x' * 300_000}")
    assert counts(Importer().bring_in("long/", "CSV")) == (1, 1, 0)


def test_csv_with_options(s3: Any) -> None:
    put(s3, "options/one.csv", "a;AAE=;x,y", "b;AAI=;z")
    importer = Importer()
    parameters = PARAMETERS | {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "k", "AttributeType": "B"},
        ],
        "KeySchema": key_schema("pk", "k"),
    }
    options = {"Csv": {"Delimiter": ";", "HeaderList": ["pk", "k", "text"]}}
    description = importer.bring_in("options/", "CSV", InputFormatOptions=options, TableCreationParameters=parameters)
    assert description["InputFormatOptions"] == options
    # With a list of headers, the first line is one of data.
    assert importer.items("Music") == [
        {"pk": {"S": "a"}, "k": {"B": "AAE="}, "text": {"S": "x,y"}},
        {"pk": {"S": "b"}, "k": {"B": "AAI="}, "text": {"S": "z"}},
    ]


def test_ion(s3: Any) -> None:
    put(
        s3,
        "ion/one.ion",
        '$ion_1_0 {Item:{pk:"a", n:1.50, e:12d1, s:$dynamodb_SS::["x", "y"], b:{{AAE=}}}}',
        "{'Item':{'pk':'''b''', \"l\":[null, true, {m:1}], i:0x1F}} // a comment",
    )
    importer = Importer()
    assert counts(importer.bring_in("ion/", "ION")) == (2, 2, 0)
    assert importer.items("Music") == [
        {"pk": {"S": "a"}, "n": {"N": "1.5"}, "e": {"N": "120"}, "s": {"SS": ["x", "y"]}, "b": {"B": "AAE="}},
        {"pk": {"S": "b"}, "l": {"L": [{"NULL": True}, {"BOOL": True}, {"M": {"m": {"N": "1"}}}]}, "i": {"N": "31"}},
    ]


# --- errors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_", "wrong"),
    [
        ("DYNAMODB_JSON", "{"),
        ("DYNAMODB_JSON", "[]"),
        ("DYNAMODB_JSON", '{"pk":{"S":"b"}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":"b"}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"n":{"N":1}}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"n":{"N":"x"}}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"s":{"SS":["x","x"]}}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"s":{"SS":[]}}}'),
        ("DYNAMODB_JSON", '{"Item":{"n":{"N":"1"}}}'),  # no key
        ("DYNAMODB_JSON", '{"Item":{"pk":{"N":"1"}}}'),  # a key of another type
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":""}}}'),
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"g":{"S":"1"}}}'),  # an index key of another type
        ("DYNAMODB_JSON", '{"Item":{"pk":{"S":"b"},"t":{"S":"' + "x" * 410_000 + '"}}}'),
        ("DYNAMODB_JSON", b'{"Item":{"pk":{"S":"\xff"}}}'),
        ("ION", '{Item:{pk:"b"}'),
        ("ION", '{Item:{pk:"b"}} {Item:{pk:"c"}}'),
        ("ION", '{Item:{pk:"b",t:2024-01-01T}}'),
        ("ION", '{Item:{pk:"b",c:{{"clob"}}}}'),
        ("ION", '{Item:{pk:"b",s:symbol}}'),
        ("ION", '{Item:{pk:"b",s:(1 2)}}'),
        ("ION", '{Item:{pk:"b",s:$dynamodb_SS::[1]}}'),
        ("ION", '{Item:{pk:"b",s:other::[1]}}'),
        ("ION", '{Item:{pk:"b",pk:"c"}}'),
        ("ION", '{Item:{pk:"b\\q"}}'),
        ("ION", '{Item:{pk:"b",n:nan}}'),
        ("ION", '{pk:"b"}'),
        ("ION", '"Item"'),
        ("ION", b"\xe0\x01\x00\xea\x21\x01"),  # the binary form
        ("ION", "[" * 100_000),
        ("CSV", "b"),
        ("CSV", "b,1,2"),
        ("CSV", "b,x"),
        ("CSV", '"b"c,1'),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_is_an_error_and_no_more(s3: Any, format_: str, wrong: str | bytes) -> None:
    right = {
        "DYNAMODB_JSON": ['{"Item":{"pk":{"S":"a"},"g":{"N":"1"}}}'],
        "ION": ['{Item:{pk:"a",g:1}}'],
        "CSV": ["pk,g", "a,1"],
    }
    put(s3, "wrong/one", *right[format_], wrong)
    importer = Importer()
    definitions = [{"AttributeName": name, "AttributeType": type_} for name, type_ in (("pk", "S"), ("g", "N"))]
    parameters = PARAMETERS | {
        "AttributeDefinitions": definitions,
        "GlobalSecondaryIndexes": [index("by-g", "g")],
    }
    description = importer.bring_in("wrong/", format_, TableCreationParameters=parameters)
    assert (description["ImportStatus"], counts(description)) == ("COMPLETED", (2, 1, 1))
    assert importer.items("Music") == [{"pk": {"S": "a"}, "g": {"N": "1"}}]


def test_of_two_items_with_one_key_the_later_stays(s3: Any) -> None:
    put(s3, "twice/one.json", '{"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}', '{"Item":{"pk":{"S":"a"},"n":{"N":"2"}}}')
    importer = Importer()
    assert counts(importer.bring_in("twice/")) == (2, 2, 0)
    assert importer.items("Music") == [{"pk": {"S": "a"}, "n": {"N": "2"}}]


# --- refusals and failures --------------------------------------------------------------------------------


def test_a_bucket_that_does_not_exist_leaves_no_table(s3: Any) -> None:
    importer = Importer()
    description = importer.call(
        "ImportTable",
        S3BucketSource={"S3Bucket": "nowhere"},
        InputFormat="CSV",
        TableCreationParameters=PARAMETERS,
    )["ImportTableDescription"]
    failed = importer.wait(description["ImportArn"])
    assert (failed["ImportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert importer.call("ListTables")["TableNames"] == []


def test_without_an_endpoint_it_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    failed = Importer().bring_in("any/")
    assert (failed["ImportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert VARIABLES[S3] in failed["FailureMessage"]


def test_refusals() -> None:
    importer = Importer()
    source = {"S3BucketSource": {"S3Bucket": BUCKET}, "InputFormat": "ION"}

    def refused(**request: Any) -> str:
        return importer.refusal("ImportTable", **{**source, "TableCreationParameters": PARAMETERS, **request})

    headers = {"Csv": {"HeaderList": ["pk", "pk"]}}
    assert refused(InputFormatOptions={"Csv": {"Delimiter": ","}}) == "ValidationException"
    assert refused(InputFormat="CSV", InputFormatOptions=headers) == "ValidationException"
    assert refused(TableCreationParameters=PARAMETERS | {"KeySchema": key_schema("x")}) == "ValidationException"
    importer.create_table("Music", "pk:S")
    assert refused() == "ResourceInUseException"
    assert importer.call("ListImports") == {"ImportSummaryList": []}


def test_a_token_is_good_for_eight_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    importer = Importer()
    first = importer.begin("one/", ClientToken="one")
    assert importer.begin("one/", ClientToken="one")["ImportArn"] == first["ImportArn"]
    importer.wait(first["ImportArn"])
    other = {
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": "two/"},
        "InputFormat": "CSV",
        "TableCreationParameters": PARAMETERS,
        "ClientToken": "one",
    }
    assert importer.refusal("ImportTable", **other) == "ImportConflictException"
    importer.clock.advance(8 * 3600 + 1)
    importer.call("ImportTable", **other)


def test_fifty_imports_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    importer = Importer(transition_seconds=5.0)
    for number in range(50):
        arn = importer.begin("x", TableCreationParameters=PARAMETERS | {"TableName": f"Music{number}"})["ImportArn"]
    request = {
        "S3BucketSource": {"S3Bucket": BUCKET},
        "InputFormat": "CSV",
        "TableCreationParameters": PARAMETERS,
    }
    assert importer.refusal("ImportTable", **request) == "LimitExceededException"
    importer.clock.advance(5)
    importer.wait(arn)
    importer.call("ImportTable", **request)


def test_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    importer = Importer()
    arns = []
    for number in range(3):
        parameters = PARAMETERS | {"TableName": f"Music{number}"}
        arns.append(importer.bring_in("x", "CSV", TableCreationParameters=parameters)["ImportArn"])
        importer.clock.advance(1)
    page = importer.call("ListImports", PageSize=2)
    assert [one["ImportArn"] for one in page["ImportSummaryList"]] == [arns[2], arns[1]]
    assert page["ImportSummaryList"][1] == {
        "ImportArn": arns[1],
        "ImportStatus": "FAILED",
        "TableArn": f"{TABLE_ARN}/Music1",
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": "x"},
        "InputFormat": "CSV",
        "StartTime": NOW + 1,
        "EndTime": NOW + 1,
    }
    # The model's constraint: groups of 16 hexadecimal digits, 112 of them at least.
    assert len(page["NextToken"]) >= 112
    rest = importer.call("ListImports", PageSize=2, NextToken=page["NextToken"])
    assert [one["ImportArn"] for one in rest["ImportSummaryList"]] == [arns[0]]
    assert "NextToken" not in rest
    (one,) = importer.call("ListImports", TableArn=f"{TABLE_ARN}/Music1")["ImportSummaryList"]
    assert one["ImportArn"] == arns[1]
    importer.clock.advance(90 * DAY)
    assert importer.call("ListImports") == {"ImportSummaryList": []}


# --- the laws ---------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-(10**37), 10**37).map(str),
    st.decimals(-(10**10), 10**10, allow_nan=False, places=6).map(lambda number: format(number, "f")),
    st.tuples(st.integers(1, 99), st.integers(-120, 120)).map(lambda pair: f"{pair[0]}E{pair[1]}"),
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
BINARIES = st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode())
SCALARS = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    NUMBERS.map(lambda text: {"N": text}),
    BINARIES.map(lambda text: {"B": text}),
    st.booleans().map(lambda truth: {"BOOL": truth}),
    st.just({"NULL": True}),
    st.sets(TEXTS, min_size=1, max_size=4).map(lambda texts: {"SS": sorted(texts)}),
    st.sets(st.integers(-1000, 1000), min_size=1, max_size=4).map(lambda numbers: {"NS": [str(n) for n in numbers]}),
    st.sets(BINARIES, min_size=1, max_size=4).map(lambda binaries: {"BS": sorted(binaries)}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda elements: {"L": elements}),
        st.dictionaries(TEXTS, inner, max_size=3).map(lambda entries: {"M": entries}),
    ),
    max_leaves=6,
)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda name: name != "pk")
ITEMS = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.dictionaries(NAMES, VALUES, max_size=5)
    ),
    unique_by=lambda pair: pair[0],
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=ITEMS, format_=st.sampled_from(["DYNAMODB_JSON", "ION"]))
def test_what_is_exported_comes_back(s3: Any, items: list[tuple[str, Item]], format_: str) -> None:
    exporter = Exporter()
    for key, attributes in items:
        exporter.call("PutItem", TableName="Music", Item={"pk": {"S": key}, **attributes})
    export = exporter.export(ExportFormat=format_, S3Prefix="law")
    data = f"{export['ExportManifest'].rpartition('/')[0]}/data/"
    begun = exporter.call(
        "ImportTable",
        S3BucketSource={"S3Bucket": BUCKET, "S3KeyPrefix": data},
        InputFormat=format_,
        InputCompressionType="GZIP",
        TableCreationParameters=PARAMETERS | {"TableName": "Again"},
    )["ImportTableDescription"]
    assert counts(wait(exporter, begun["ImportArn"])) == (len(items), len(items), 0)
    assert exporter.items("Again") == exporter.items("Music")


NO_RULES = CsvRules(",", None, {})


@given(ITEMS, st.sampled_from(["DYNAMODB_JSON", "ION"]))
def test_lines_are_read_as_they_were_written(items: list[tuple[str, Item]], format_: str) -> None:
    """The same without S3, and so more often; through the server once, for the normal form."""
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    for key, attributes in items:
        keeper.call("PutItem", TableName="Music", Item={"pk": {"S": key}, **attributes})
    stored = keeper.items("Music")
    records: OrderedMap[Record] = OrderedMap()
    for item in stored:
        records.put(json.dumps(item).encode(), Record(item, item_size(item)))
    content = b"".join(exports.full(records, exports.Filter()).lines(format_))
    assert sorted(formats.read_items(format_, content, NO_RULES), key=str) == stored


@given(st.text())
def test_no_text_makes_the_reader_of_ion_fail(text: str) -> None:
    for line in (text, f"{{Item:{text}}}", f'"{text}', f"'{text}"):
        for item in formats.read_items("ION", line.encode(errors="replace"), NO_RULES):
            assert isinstance(item, Unreadable | dict)


@given(VALUES)
def test_ion_is_what_others_read(value: dict[str, Any]) -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    keeper.put(v=value)
    (item,) = keeper.items("Music")
    text = ion.write({"M": item})
    theirs = simpleion.dumps(simpleion.loads(text), binary=False)
    importer = ion.read(theirs)["M"]
    keeper.call("PutItem", TableName="Music", Item=importer)
    assert keeper.items("Music") == [item]


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcd"), st.integers(0, 2)),
        st.tuples(st.just("delete"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 600)),
    ),
    max_size=15,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=CHANGES, within=CHANGES, after=CHANGES)
def test_an_incremental_export_holds_exactly_what_changed(
    s3: Any, before: list[Any], within: list[Any], after: list[Any]
) -> None:
    exporter = Exporter()

    def happen(changes: list[Any]) -> set[str]:
        written = set()
        for kind, key, number in changes:
            held = {item["pk"]["S"]: item for item in exporter.items("Music")}
            if kind == "put":
                exporter.put(key=key, n={"N": str(number)})
            elif kind == "delete":
                exporter.call("DeleteItem", TableName="Music", Key={"pk": {"S": key}})
            else:
                exporter.clock.advance(number)
            if held != {item["pk"]["S"]: item for item in exporter.items("Music")}:
                written.add(key)
        return written

    happen(before)
    exporter.clock.advance(1)
    since, old = exporter.clock(), {item["pk"]["S"]: item for item in exporter.items("Music")}
    written = happen(within)
    exporter.clock.advance(900)
    until, new = exporter.clock(), {item["pk"]["S"]: item for item in exporter.items("Music")}
    happen(after)
    export = exporter.export(**exporter.increment(ExportFromTime=since, ExportToTime=until), S3Prefix="changes")
    summary = json.loads(s3.get_object(Bucket=BUCKET, Key=export["ExportManifest"])["Body"].read())
    files = s3.get_object(Bucket=BUCKET, Key=summary["manifestFilesS3Key"])["Body"].read().splitlines()
    told = {}
    for file in files:
        data = s3.get_object(Bucket=BUCKET, Key=json.loads(file)["dataFileS3Key"])["Body"].read()
        for line in gzip.decompress(data).splitlines():
            change = json.loads(line)
            told[change["Keys"]["pk"]["S"]] = (change.get("OldImage"), change.get("NewImage"))
    images = {key: (old.get(key), new.get(key)) for key in written}
    assert told == {key: pair for key, pair in images.items() if pair != (None, None)}
