"""What an application said to a DynamoDB, and what it was answered: captured, written, read back.

| module | what it knows |
|---|---|
| `traffic.py` | `CapturedRequest`, and the format: one JSON object a line |
| `cloudtrail.py` | the same from AWS CloudTrail, as far as that carries it |
| `exchange.py` | the bytes of a request and its reply to a captured request; what of them is never kept |
| `redaction.py` | values to placeholders |
| `recorder.py` | captured requests to files, in order, beside whoever captures |
| `proxy.py` | a proxy between an application and any DynamoDB, which changes nothing |

`conformance.capture_hook` captures within a Python process instead.
"""
