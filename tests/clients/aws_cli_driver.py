"""The AWS CLI, run again and again in one process: its own program, without the time that it takes to start.

A line of standard input is `{"arguments": [...], "environment": {...}}`; the answer is a line too, with what the CLI
exits with and prints.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import botocore.waiter
from awscli.clidriver import create_clidriver

# Its waiters wait for half a minute between two looks, and no argument of the CLI says otherwise.
botocore.waiter.time = SimpleNamespace(sleep=lambda _seconds: time.sleep(0.1))


def main() -> None:
    answers = sys.stdout
    for line in sys.stdin:
        request = json.loads(line)
        os.environ.update(request["environment"])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = create_clidriver().main(request["arguments"])
        print(json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
