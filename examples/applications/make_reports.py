"""Make the reports in reports/examples anew: each application is captured, judged, and run on the dialect itself.

    python examples/applications/make_reports.py [NAME...]

Needs the applications' libraries (README.md beside it) and `touchstone` on the path; takes about two minutes. Captured
traffic stays in the folder that TRAFFIC names, where that is set.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent.resolve()
REPORTS = HERE.parent.parent / "reports" / "examples"
PORT = int(os.environ.get("PORT", "8100"))
DIALECT = "alternator-6.2"
# Each application, and the distribution that it is about.
LIBRARIES = {
    "celery_results": "celery",
    "idempotency": "aws-lambda-powertools",
    "flask_sessions": "flask-session",
    "lock_client": "python-dynamodb-lock",
    "shop_models": "pynamodb",
}
BEGIN, END = "<!-- made by examples/applications/make_reports.py -->", "<!-- end -->"


def main() -> None:
    names = sys.argv[1:] or list(LIBRARIES)
    if unknown := set(names) - LIBRARIES.keys():
        sys.exit(f"no application is called {', '.join(unknown)}: there are {', '.join(LIBRARIES)}")
    if shutil.which("touchstone") is None:
        sys.exit("touchstone is not on the path: pip install -e . in the checkout, or activate its environment")
    with tempfile.TemporaryDirectory() as temporary:
        traffic = Path(os.environ.get("TRAFFIC", temporary)).resolve()
        rows = read_rows() | {name: make(name, traffic) for name in names}
    write_rows(rows)


def make(name: str, traffic: Path) -> str:
    """Write the report of one application. Returns its row of the table."""
    print(f"{name} ...", flush=True)
    traffic.mkdir(exist_ok=True)
    (traffic / f"{name}.jsonl").unlink(missing_ok=True)
    run(traffic, "sh", str(HERE / "capture.sh"), name, PYTHON=sys.executable, PORT=str(PORT))
    run(traffic, "touchstone", "migrate", f"{name}.jsonl", "--to", DIALECT, "--report", str(REPORTS / name))
    found = json.loads((REPORTS / name / "report.json").read_text())
    data = sum(found["by_effect"].get(effect, 0) for effect in ("wrong-data", "refused", "accepted"))
    columns = (
        f"[{name}]({name}/report.md)",
        f"{LIBRARIES[name]} {version(LIBRARIES[name])}",
        found["requests"],
        found["alike"],
        found["differing"],
        data,
        unchanged(name),
    )
    return f"| {' | '.join(map(str, columns))} |"


def unchanged(name: str) -> str:
    """`yes`, or by which error the application ends when it is run on the dialect."""
    with serving(PORT + 2):
        done = subprocess.run(
            [sys.executable, str(HERE / f"{name}.py"), f"http://127.0.0.1:{PORT + 2}"],
            capture_output=True,
            text=True,
            check=False,
        )
    return "yes" if done.returncode == 0 else f"no: `{done.stderr.strip().splitlines()[-1]}`"


@contextmanager
def serving(port: int) -> Iterator[None]:
    server = subprocess.Popen(
        ["touchstone", "serve", "--dialect", DIALECT, "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        while not listens(port):
            if server.poll() is not None:
                sys.exit(f"touchstone serve has ended: is port {port} free?")
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(folder: Path, *command: str, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")


def read_rows() -> dict[str, str]:
    """The rows that are there, by name of the application."""
    table = (REPORTS / "README.md").read_text().partition(BEGIN)[2].partition(END)[0]
    return {line.partition("[")[2].partition("]")[0]: line for line in table.splitlines() if line.startswith("| [")}


def write_rows(rows: dict[str, str]) -> None:
    page = (REPORTS / "README.md").read_text()
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    heads = ("application", "library", "operations", "alike", "differ", "touch data", f"runs unchanged on {DIALECT}")
    table = [
        f"| {' | '.join(heads)} |",
        "|---|---|---:|---:|---:|---:|---|",
        *(rows[name] for name in LIBRARIES if name in rows),
    ]
    (REPORTS / "README.md").write_text(before + "\n".join([BEGIN, *table, END]) + after)


main()
