"""Exports to S3: files as AWS documents them, in a bucket of moto's."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from moto.server import ThreadedMotoServer
from test_backups import DAY, NOW, TABLE_ARN, Keeper

from reference_server.transfer import ion
from reference_server.transfer.endpoint import S3, VARIABLES, Endpoint
from reference_server.transfer.s3 import Bucket
from reference_server.transfer.signing import Credentials

MINUTE = 60.0
BUCKET = "exports"
PATIENCE = 60.0  # seconds, for what other threads do


@contextmanager
def moto_s3() -> Iterator[Any]:
    """A client of an S3 server; the environment names that server while it runs."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    # Its state is the process's, whichever server shows it.
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLES[S3], endpoint)
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="touchstone",
            aws_secret_access_key="touchstone",
        )
        yield client
    server.stop()


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with moto_s3() as client:
        client.create_bucket(Bucket=BUCKET)
        yield client


class Exporter(Keeper):
    """A server, and a table with point-in-time recovery."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.create_table("Music", "pk:S")
        self.clock.advance(options.get("transition_seconds", 0.0))
        self.call(
            "UpdateContinuousBackups",
            TableName="Music",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )

    def begin(self, **request: Any) -> dict[str, Any]:
        request = {"TableArn": f"{TABLE_ARN}/Music", "S3Bucket": BUCKET, **request}
        description: dict[str, Any] = self.call("ExportTableToPointInTime", **request)["ExportDescription"]
        return description

    def wait(self, arn: str) -> dict[str, Any]:
        """Until the export has ended, which takes real time."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            description: dict[str, Any] = self.call("DescribeExport", ExportArn=arn)["ExportDescription"]
            if description["ExportStatus"] != "IN_PROGRESS":
                return description
            time.sleep(0.01)
        raise AssertionError("the export does not end")

    def export(self, **request: Any) -> dict[str, Any]:
        return self.wait(self.begin(**request)["ExportArn"])

    def increment(self, **specification: Any) -> dict[str, Any]:
        return {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": specification}

    def refused(self, **request: Any) -> str:
        return self.refusal(
            "ExportTableToPointInTime", **{"TableArn": f"{TABLE_ARN}/Music", "S3Bucket": BUCKET, **request}
        )


def read(s3: Any, key: str) -> bytes:
    content: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return content


def keys(s3: Any, prefix: str) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def lines(s3: Any, export: dict[str, Any]) -> list[bytes]:
    """Those of the data files that the export's manifests lead to."""
    summary = json.loads(read(s3, export["ExportManifest"]))
    files = [json.loads(line) for line in read(s3, summary["manifestFilesS3Key"]).splitlines()]
    found = []
    for file in files:
        content = read(s3, file["dataFileS3Key"])
        assert file["md5Checksum"] == base64.b64encode(hashlib.md5(content).digest()).decode()
        assert file["etag"] == hashlib.md5(content).hexdigest()
        data = gzip.decompress(content).splitlines()
        assert file["itemCount"] == len(data)
        found += data
    assert len(found) == summary["itemCount"] == export["ItemCount"]
    return found


# --- full exports -----------------------------------------------------------------------------------------


def test_what_an_export_says(s3: Any) -> None:
    exporter = Exporter()
    exporter.put(n={"N": "1"})
    exporter.clock.advance(10)
    begun = exporter.begin(S3Prefix="nightly", ClientToken="one", S3SseAlgorithm="AES256", S3BucketOwner="1" * 12)
    arn, table_id = begun["ExportArn"], exporter.table("Music")["TableId"]
    assert arn.startswith(f"{TABLE_ARN}/Music/export/01790000010000-")
    assert begun == {
        "ExportArn": arn,
        "ExportStatus": "IN_PROGRESS",
        "StartTime": NOW + 10,
        "ExportTime": NOW + 10,
        "TableArn": f"{TABLE_ARN}/Music",
        "TableId": table_id,
        "ClientToken": "one",
        "S3Bucket": BUCKET,
        "S3Prefix": "nightly",
        "S3BucketOwner": "1" * 12,
        "S3SseAlgorithm": "AES256",
        "ExportFormat": "DYNAMODB_JSON",
        "ExportType": "FULL_EXPORT",
    }
    ended = exporter.wait(arn)
    root = f"nightly/AWSDynamoDB/{arn.rpartition('/')[2]}"
    assert ended == begun | {
        "ExportStatus": "COMPLETED",
        "EndTime": NOW + 10,
        "ExportManifest": f"{root}/manifest-summary.json",
        "BilledSizeBytes": 6,
        "ItemCount": 1,
    }
    assert json.loads(read(s3, ended["ExportManifest"])) == {
        "version": "2023-08-01",
        "exportArn": arn,
        "startTime": "2026-09-21T14:13:30.000Z",
        "endTime": "2026-09-21T14:13:30.000Z",
        "tableArn": f"{TABLE_ARN}/Music",
        "tableId": table_id,
        "exportTime": "2026-09-21T14:13:30.000Z",
        "s3Bucket": BUCKET,
        "s3Prefix": "nightly",
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": f"{root}/manifest-files.json",
        "billedSizeBytes": 6,
        "itemCount": 1,
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }


def test_the_files_of_a_full_export(s3: Any) -> None:
    exporter = Exporter()
    exporter.put(n={"N": "1"}, b={"B": "AAE="}, s={"SS": ["x", "y"]})
    export = exporter.export(S3Prefix="full/")
    root = export["ExportManifest"].rpartition("/")[0]
    assert root.startswith("full/AWSDynamoDB/")
    names = [key.removeprefix(f"{root}/") for key in keys(s3, root)]
    assert [name for name in names if not name.startswith("data/")] == [
        "_started",
        "manifest-files.json",
        "manifest-files.md5",
        "manifest-summary.json",
        "manifest-summary.md5",
    ]
    (data,) = [name for name in names if name.startswith("data/")]
    assert data.endswith(".json.gz")
    assert read(s3, f"{root}/_started") == b""
    for name in ("manifest-files", "manifest-summary"):
        checksum = base64.b64encode(hashlib.md5(read(s3, f"{root}/{name}.json")).digest())
        assert read(s3, f"{root}/{name}.md5") == checksum
    (line,) = lines(s3, export)
    assert line == b'{"Item":{"pk":{"S":"a"},"n":{"N":"1"},"b":{"B":"AAE="},"s":{"SS":["x","y"]}}}'


def test_an_export_in_ion(s3: Any) -> None:
    exporter = Exporter()
    exporter.put(n={"N": "1"}, d={"N": "1.5"}, b={"B": "AAE="}, s={"SS": ["x", "y"]}, l={"L": [{"NULL": True}]})
    export = exporter.export(S3Prefix="ion", ExportFormat="ION")
    assert export["ExportFormat"] == "ION"
    assert any(key.endswith(".ion.gz") for key in keys(s3, "ion/"))
    (line,) = lines(s3, export)
    assert line == (b'$ion_1_0 {Item:{pk:"a",n:1.,d:1.5,b:{{AAE=}},s:$dynamodb_SS::["x","y"],l:[null]}}')


def test_an_export_is_of_its_time(s3: Any) -> None:
    exporter = Exporter()
    exporter.put(key="a")
    exporter.clock.advance(10)
    exporter.call("DeleteItem", TableName="Music", Key={"pk": {"S": "a"}})
    exporter.put(key="b")
    begun = exporter.begin(ExportTime=NOW + 5)
    # What happens now is too late.
    exporter.put(key="c")
    early = exporter.wait(begun["ExportArn"])
    assert early["ExportTime"] == NOW + 5
    assert [json.loads(line)["Item"] for line in lines(s3, early)] == [{"pk": {"S": "a"}}]
    assert len(lines(s3, exporter.export())) == 2


def test_an_empty_table_has_a_file(s3: Any) -> None:
    export = Exporter().export()
    assert (export["ItemCount"], lines(s3, export)) == (0, [])


def test_a_large_table_has_several_files(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference_server.transfer.files.ITEMS_OF_FILE", 4)
    exporter = Exporter()
    for number in range(9):
        exporter.put(key=str(number))
    export = exporter.export(S3Prefix="large")
    assert sorted(json.loads(line)["Item"]["pk"]["S"] for line in lines(s3, export)) == list("012345678")
    assert sum("/data/" in key for key in keys(s3, "large/")) == 3


def test_encryption_is_asked_of_s3(s3: Any) -> None:
    export = Exporter().export(S3SseAlgorithm="KMS", S3SseKmsKeyId="a-key")
    head = s3.head_object(Bucket=BUCKET, Key=export["ExportManifest"])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "a-key")


def test_a_filtered_export(s3: Any) -> None:
    exporter = Exporter()
    for key, number in (("a", 1), ("b", 2), ("c", 3)):
        exporter.put(key=key, n={"N": str(number)}, x={"S": "-"})
    specification = {
        "FilterExpression": "n > :n AND pk <> :pk",
        "ProjectionExpression": "#n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": "1"}, ":pk": {"S": "c"}},
    }
    export = exporter.export(FilterSpecification=specification)
    assert export["FilterSpecification"] == specification
    assert [json.loads(line) for line in lines(s3, export)] == [{"Item": {"n": {"N": "2"}}}]
    keyed = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "c"}}}
    export = exporter.export(FilterSpecification=keyed)
    assert [json.loads(line)["Item"]["pk"]["S"] for line in lines(s3, export)] == ["c"]


@pytest.mark.parametrize(
    "specification",
    [
        {"FilterExpression": "n >"},
        {"FilterExpression": "n > :n"},
        {"ProjectionExpression": "n", "ExpressionAttributeNames": {"#n": "n"}},
        {"KeyConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"S": "a"}}},
        {"KeyConditionExpression": "pk > :n", "ExpressionAttributeValues": {":n": {"S": "a"}}},
        {
            "KeyConditionExpression": "pk = :n",
            "FilterExpression": "pk = :n",
            "ExpressionAttributeValues": {":n": {"S": "a"}},
        },
    ],
)
def test_filters_that_are_wrong(specification: dict[str, Any]) -> None:
    assert Exporter().refused(FilterSpecification=specification) == "ValidationException"


# --- incremental exports ----------------------------------------------------------------------------------


def history(exporter: Exporter) -> None:
    """Before NOW + 1 hour: kept, changed, gone. After it, within an hour: changed, gone, new, passing."""
    for key in ("kept", "changed", "gone"):
        exporter.put(key=key, n={"N": "0"})
    exporter.clock.advance(60 * MINUTE)
    exporter.put(key="kept", n={"N": "0"})  # which changes nothing
    exporter.put(key="changed", n={"N": "1"})
    exporter.put(key="changed", n={"N": "2"})
    exporter.call("DeleteItem", TableName="Music", Key={"pk": {"S": "gone"}})
    exporter.put(key="new", n={"N": "3"})
    exporter.put(key="passing", n={"N": "4"})
    exporter.call("DeleteItem", TableName="Music", Key={"pk": {"S": "passing"}})
    exporter.clock.advance(60 * MINUTE)
    exporter.put(key="late", n={"N": "5"})


def test_an_incremental_export_tells_net_effects(s3: Any) -> None:
    exporter = Exporter()
    history(exporter)
    increment = {"ExportFromTime": NOW + 60 * MINUTE, "ExportToTime": NOW + 120 * MINUTE}
    export = exporter.export(**exporter.increment(**increment), S3Prefix="increment")
    assert export["ExportType"] == "INCREMENTAL_EXPORT"
    assert export["IncrementalExportSpecification"] == increment | {"ExportViewType": "NEW_AND_OLD_IMAGES"}
    assert "ExportTime" not in export
    told = {json.loads(line)["Keys"]["pk"]["S"]: json.loads(line) for line in lines(s3, export)}
    assert told.keys() == {"changed", "gone", "new"}
    metadata = {"WriteTimestampMicros": {"N": str(int(NOW + 60 * MINUTE) * 1_000_000)}}
    assert told["changed"] == {
        "Metadata": metadata,
        "Keys": {"pk": {"S": "changed"}},
        "NewImage": {"pk": {"S": "changed"}, "n": {"N": "2"}},
        "OldImage": {"pk": {"S": "changed"}, "n": {"N": "0"}},
    }
    assert told["gone"].keys() == {"Metadata", "Keys", "OldImage"}
    assert told["new"].keys() == {"Metadata", "Keys", "NewImage"}
    # The data is beside the exports' own folders.
    summary = json.loads(read(s3, export["ExportManifest"]))
    assert (summary["exportFromTime"], summary["exportToTime"], summary["outputView"]) == (
        "2026-09-21T15:13:20.000Z",
        "2026-09-21T16:13:20.000Z",
        "NEW_AND_OLD_IMAGES",
    )
    assert [key for key in keys(s3, "increment/AWSDynamoDB/data/") if key.endswith(".json.gz")]


def test_new_images_only(s3: Any) -> None:
    exporter = Exporter()
    history(exporter)
    increment = {"ExportFromTime": NOW + 60 * MINUTE, "ExportToTime": NOW + 120 * MINUTE}
    export = exporter.export(**exporter.increment(**increment, ExportViewType="NEW_IMAGE"))
    told = {json.loads(line)["Keys"]["pk"]["S"]: json.loads(line).keys() for line in lines(s3, export)}
    assert told == {
        "changed": {"Metadata", "Keys", "NewImage"},
        "gone": {"Metadata", "Keys"},
        "new": {"Metadata", "Keys", "NewImage"},
    }


def test_without_an_end_it_is_until_now(s3: Any) -> None:
    exporter = Exporter()
    history(exporter)
    exporter.clock.advance(MINUTE)
    export = exporter.export(**exporter.increment(ExportFromTime=NOW + 100 * MINUTE))
    assert export["IncrementalExportSpecification"]["ExportToTime"] == NOW + 121 * MINUTE
    assert [json.loads(line)["Keys"]["pk"]["S"] for line in lines(s3, export)] == ["late"]


def test_an_incremental_export_in_ion(s3: Any) -> None:
    exporter = Exporter()
    history(exporter)
    exporter.clock.advance(MINUTE)
    increment = exporter.increment(ExportFromTime=NOW + 100 * MINUTE)
    (line,) = lines(s3, exporter.export(ExportFormat="ION", **increment))
    assert line == (
        b'$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:1790007200000000.},Keys:{pk:"late"},'
        b'NewImage:{pk:"late",n:5.}}}'
    )
    assert "Record" in ion.read(line.decode())["M"]


# --- refusals ---------------------------------------------------------------------------------------------


def test_times_outside_the_window() -> None:
    exporter = Exporter()
    exporter.clock.advance(DAY)
    for moment in (NOW - 1, NOW + DAY + 1):
        assert exporter.refused(ExportTime=moment) == "InvalidExportTimeException"
        within = exporter.increment(ExportFromTime=moment, ExportToTime=NOW + DAY)
        assert exporter.refused(**within) == "InvalidExportTimeException"
    beyond = exporter.increment(ExportFromTime=NOW + DAY - 3600, ExportToTime=NOW + DAY + 1)
    assert exporter.refused(**beyond) == "InvalidExportTimeException"


def test_an_increment_is_of_a_quarter_of_an_hour_to_a_day(s3: Any) -> None:
    exporter = Exporter()
    exporter.clock.advance(2 * DAY)
    for length in (0, 15 * MINUTE - 1, DAY + 1):
        request = exporter.increment(ExportFromTime=NOW, ExportToTime=NOW + length)
        assert exporter.refused(**request) == "ValidationException"
    for length in (15 * MINUTE, DAY):
        exporter.export(**exporter.increment(ExportFromTime=NOW, ExportToTime=NOW + length))


def test_what_does_not_go_together() -> None:
    exporter = Exporter()
    exporter.clock.advance(DAY)
    specification = {"ExportFromTime": NOW}
    for request in (
        {"ExportType": "INCREMENTAL_EXPORT"},
        {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {"ExportToTime": NOW + DAY}},
        {"ExportType": "FULL_EXPORT", "IncrementalExportSpecification": specification},
        {"IncrementalExportSpecification": specification},
        {**exporter.increment(**specification), "ExportTime": NOW},
        {**exporter.increment(**specification), "FilterSpecification": {"ProjectionExpression": "pk"}},
    ):
        assert exporter.refused(**request) == "ValidationException"


def test_a_table_without_recovery_and_one_that_is_missing() -> None:
    exporter = Exporter()
    exporter.create_table("Books", "pk:S")
    assert exporter.refused(TableArn=f"{TABLE_ARN}/Books") == "PointInTimeRecoveryUnavailableException"
    assert exporter.refused(TableArn=f"{TABLE_ARN}/Missing") == "TableNotFoundException"


def test_a_token_is_good_for_eight_hours(s3: Any) -> None:
    exporter = Exporter()
    first = exporter.begin(ClientToken="one")
    assert exporter.begin(ClientToken="one")["ExportArn"] == first["ExportArn"]
    assert exporter.refused(ClientToken="one", S3Prefix="other") == "ExportConflictException"
    exporter.wait(first["ExportArn"])
    exporter.clock.advance(8 * 3600)
    assert exporter.begin(ClientToken="one")["ExportArn"] == first["ExportArn"]
    exporter.clock.advance(1)
    second = exporter.begin(ClientToken="one", S3Prefix="other")
    assert second["ExportArn"] != first["ExportArn"]
    exporter.wait(second["ExportArn"])


def test_a_token_does_not_begin_an_export_of_a_table_that_is_gone(s3: Any) -> None:
    exporter = Exporter()
    first = exporter.export(ClientToken="one")
    exporter.call("DeleteTable", TableName="Music")
    # A replay is one whatever has happened since.
    assert exporter.begin(ClientToken="one") == first


def test_lists(s3: Any) -> None:
    exporter = Exporter()
    arns = []
    for _ in range(3):
        arns.append(exporter.export()["ExportArn"])
        exporter.clock.advance(1)
    page = exporter.call("ListExports", MaxResults=2)
    assert page["ExportSummaries"] == [
        {"ExportArn": arn, "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"} for arn in (arns[2], arns[1])
    ]
    rest = exporter.call("ListExports", MaxResults=2, NextToken=page["NextToken"])
    assert [one["ExportArn"] for one in rest["ExportSummaries"]] == [arns[0]]
    assert "NextToken" not in rest
    assert len(exporter.call("ListExports", TableArn=f"{TABLE_ARN}/Music")["ExportSummaries"]) == 3
    assert exporter.call("ListExports", TableArn=f"{TABLE_ARN}/Books") == {"ExportSummaries": []}
    assert exporter.refusal("ListExports", NextToken="nonsense") == "ValidationException"
    exporter.clock.advance(90 * DAY)
    assert exporter.call("ListExports") == {"ExportSummaries": []}
    assert exporter.call("DescribeExport", ExportArn=arns[0])["ExportDescription"]["ExportStatus"] == "COMPLETED"


def test_an_export_that_nobody_has_begun() -> None:
    arn = f"{TABLE_ARN}/Music/export/01234567890123-a1b2c3d4"
    assert Exporter().refusal("DescribeExport", ExportArn=arn) == "ExportNotFoundException"


# --- failures ---------------------------------------------------------------------------------------------


def test_it_is_in_progress_for_the_time_of_transitions(s3: Any) -> None:
    exporter = Exporter(transition_seconds=5.0)
    arn = exporter.begin()["ExportArn"]
    time.sleep(0.2)
    assert exporter.call("DescribeExport", ExportArn=arn)["ExportDescription"]["ExportStatus"] == "IN_PROGRESS"
    exporter.clock.advance(5)
    ended = exporter.wait(arn)
    assert ended["EndTime"] == ended["StartTime"] + 5


def test_a_bucket_that_does_not_exist(s3: Any) -> None:
    failed = Exporter().export(S3Bucket="nowhere")
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert failed["FailureMessage"] == "The specified bucket does not exist"
    assert not failed.keys() & {"ExportManifest", "ItemCount", "BilledSizeBytes"}
    assert "EndTime" in failed


def test_without_an_endpoint_it_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    failed = Exporter().export()
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert VARIABLES[S3] in failed["FailureMessage"]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "nonsense", "ftp://localhost"])
def test_an_endpoint_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv(VARIABLES[S3], endpoint)
    failed = Exporter().export()
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "UNKNOWN")
    assert endpoint in failed["FailureMessage"]


def test_three_hundred_exports_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[S3], raising=False)
    exporter = Exporter(transition_seconds=5.0)
    for _ in range(300):
        arn = exporter.begin()["ExportArn"]
    assert exporter.refused() == "LimitExceededException"
    exporter.clock.advance(5)
    exporter.wait(arn)
    exporter.begin()


@pytest.mark.parametrize("token", [None, "a-session"])
@pytest.mark.parametrize("address", ["http://localhost:9000", "http://localhost/some/where/"])
@pytest.mark.parametrize(
    ("method", "key", "query"),
    [
        ("PUT", "a prefix/é+~(1).json.gz", {}),
        ("GET", "", {"list-type": "2", "prefix": "a b/+é&=~"}),
        ("GET", "plain", {}),
    ],
)
def test_requests_are_signed_as_botocore_signs_them(
    monkeypatch: pytest.MonkeyPatch, method: str, key: str, query: dict[str, str], address: str, token: str | None
) -> None:
    """moto checks no signatures, S3 does."""
    sent: list[tuple[str, str, bytes, dict[str, str]]] = []

    class Connection:
        def __init__(self, *_address: Any, **_options: Any) -> None:
            pass

        def request(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> None:
            sent.append((method, target, body, headers))
            raise OSError("not sent")

        def close(self) -> None:
            pass

    monkeypatch.setattr("http.client.HTTPConnection", Connection)
    monkeypatch.setattr("reference_server.transfer.s3.PAUSES", ())
    endpoint = Endpoint(S3, address, "eu-west-1", Credentials("an-id", "a-secret", token))
    bucket = Bucket(endpoint, "exports", "1" * 12)
    with pytest.raises(Exception, match="not sent"):
        bucket._send(method, key, query, {"x-amz-server-side-encryption": "AES256"}, b"content")
    ((method, target, body, headers),) = sent
    authorization = headers.pop("authorization")
    request = AWSRequest(method, f"http://{headers['host']}{target}", headers=headers, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(BotoCredentials("an-id", "a-secret", token), "s3", "eu-west-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert authorization.endswith(f"Signature={signer.signature(text, request)}")
    assert f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}," in authorization
