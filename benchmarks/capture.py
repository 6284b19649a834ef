"""What `touchstone capture` costs an application: the reference asked directly and through the proxy, side by side.

    python -m benchmarks.capture [--seconds 1] [--rounds 5]

Each round measures both, one after the other, and the medians count. On one connection the time that the proxy adds is
the difference of the times an answer takes; on sixteen, what matters is the rate that is left.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load
from benchmarks.run import CREATE, get, put

CONCURRENCIES = (1, 16)
MESSAGES = {
    "PutItem": [load.message("PutItem", put(number)) for number in range(1000)],
    "GetItem": [load.message("GetItem", get(number)) for number in range(1000)],
}


@contextmanager
def process(*command: str, word: int) -> Iterator[tuple[str, int]]:
    """The address in the first line that a server prints."""
    with subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            host, _, port = server.stdout.readline().split()[word].removeprefix("http://").rpartition(":")
            yield host, int(port)
        finally:
            server.terminate()


def compare(seconds: float, rounds: int) -> None:
    print(f"{'operation':<10}{'connections':>12}{'direct/s':>10}{'proxy/s':>10}{'ratio':>7}{'added, ms':>11}")
    with tempfile.TemporaryDirectory() as folder, process("reference_server", "--port", "0", word=-1) as server:
        with socket.create_connection(server) as connection:
            connection.sendall(load.message("CreateTable", CREATE))
            connection.recv(1 << 16)
        options = ("--port", "0", "--upstream", f"http://{server[0]}:{server[1]}", "--rotate", "256M")
        with process("conformance.cli", "capture", *options, "--out", str(Path(folder, "t.jsonl")), word=1) as proxy:
            for operation, messages in MESSAGES.items():
                for concurrency in CONCURRENCIES:
                    rates: dict[tuple[str, int], list[float]] = {server: [], proxy: []}
                    for _ in range(rounds):
                        for address, measured in rates.items():
                            measured.append(load.rate(address, messages, concurrency=concurrency, seconds=seconds))
                    direct, through = (statistics.median(rates[address]) for address in (server, proxy))
                    added = f"{1000 / through - 1000 / direct:.3f}" if concurrency == 1 else ""
                    row = f"{operation:<10}{concurrency:>12}{direct:>10.0f}{through:>10.0f}"
                    print(f"{row}{through / direct:>7.2f}{added:>11}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load for each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    compare(options.seconds, options.rounds)


if __name__ == "__main__":
    main()
