"""Tables to S3 and from S3 (control-plane 13).

    s3.py          a bucket at an S3 endpoint: put, get, list
    ion.py         attribute values as text in Amazon Ion, as far as these files need it
    formats.py     items to lines and lines to items: DynamoDB JSON, Ion, CSV
    files.py       what an export writes: data files and manifests
    transfers.py   what exports and imports have in common: worker threads, tokens, pages
    exports.py     ExportTableToPointInTime's work
    imports.py     ImportTable's work

The S3 endpoint is the one that the environment names (`AWS_ENDPOINT_URL_S3`), with the credentials that it names. Where
it names none, an export or import fails, and says so: nothing is pretended, and AWS is never called unasked.
"""
