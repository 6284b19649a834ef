"""Tables to S3 and from S3 (control-plane 13):

    endpoint.py    where S3 and Kinesis are, and one signed request to them
    signing.py     Signature Version 4
    s3.py          a bucket: put, get, list
    ion.py         attribute values as text in Amazon Ion, as far as these files need it
    formats.py     items to lines and lines to items: DynamoDB JSON, Ion, CSV
    files.py       what an export writes: data files and manifests
    transfers.py   what exports and imports have in common: worker threads, tokens, pages
    exports.py     ExportTableToPointInTime's work
    imports.py     ImportTable's work

And their changes to Kinesis (control-plane 17):

    kinesis.py                a data stream: is it there, put a record
    kinesis_destinations.py   which table tells which data stream, and the delivery
"""
