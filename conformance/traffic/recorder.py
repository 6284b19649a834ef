"""Exchanges to files, in the order in which requests were received, beside whoever captures.

A capture asks for a number when a request has been received (`begin`) and hands in the exchange when its reply has
been passed on (`finish`). A thread understands and writes, so nobody waits for a disk. It holds back what was
received after a request that is not answered yet, but not for ever: a request that takes longer than PATIENCE, or that
more than HELD_BYTES wait for, is written when it is there, out of its order.

When the disk is full, or the file cannot be written for another reason, recording stops for good, with what was
written whole, and the application goes on being served: a capture must not be what brings it down. What was lost is
counted, and `failure` says why.
"""

from __future__ import annotations

import gzip
import heapq
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from conformance.traffic.exchange import Exchange, Understanding
from conformance.traffic.redaction import Redaction
from conformance.traffic.traffic import TrafficError, as_line, follower

PATIENCE: Final = 5.0
HELD_BYTES: Final = 64 << 20
# More than this not written yet, and a capture should take no more requests in.
BACKLOG_BYTES: Final = 256 << 20
# A file that is looked at while it grows, or whose capture is killed, is at most so much behind.
SECONDS_BETWEEN_FLUSHES: Final = 1.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a request has been received: which one it was, and when."""

    number: int
    at: float
    monotonic: float

    def seconds(self) -> float:
        return time.perf_counter() - self.monotonic


class Recorder:
    """Writes one capture. Safe for threads. Raises TrafficError where the first file cannot be made, or is there."""

    def __init__(
        self,
        path: Path,
        *,
        redaction: Redaction = Redaction.NONE,
        rotate_bytes: int | None = None,
        compress: bool = False,
        complain: Callable[[str], None] = lambda _line: None,
        patience: float = PATIENCE,
    ) -> None:
        self.recorded = 0
        self.lost = 0
        self.failure = ""
        self._files = Files(path, rotate_bytes=rotate_bytes, compress=compress)
        self._understanding = Understanding(redaction)
        self._complain = complain
        self._patience = patience
        # The wall clock is read once: times go on as the monotonic clock does, never back.
        self._epoch = time.time() - time.perf_counter()
        self._begun = 0
        self._lock = threading.Lock()
        self._backlog = 0
        self._finished: queue.SimpleQueue[tuple[int, Exchange | None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="traffic recorder", daemon=True)
        self._thread.start()

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self._files.paths)

    @property
    def is_behind(self) -> bool:
        return self._backlog > BACKLOG_BYTES

    def begin(self) -> Receipt:
        with self._lock:
            self._begun += 1
            now = time.perf_counter()
            return Receipt(self._begun, self._epoch + now, now)

    def finish(self, receipt: Receipt, exchange: Exchange) -> None:
        with self._lock:
            self._backlog += _size(exchange)
        self._finished.put((receipt.number, exchange))

    def abandon(self, receipt: Receipt) -> None:
        """Nobody will finish it."""
        self._finished.put((receipt.number, None))

    def close(self) -> None:
        """Write everything that was handed in. May be called twice."""
        self._finished.put(None)
        self._thread.join()

    # --- the thread -------------------------------------------------------------------------------------------

    def _write_all(self) -> None:
        held: list[tuple[int, Exchange | None]] = []
        held_bytes = 0
        following = 1
        waiting_since = flushed = time.monotonic()
        closing = False
        while not closing or held:
            try:
                handed_in = self._finished.get(timeout=0.0 if closing else 0.2)
            except queue.Empty:
                handed_in = None if closing else (0, None)
            if handed_in is None:
                # The end is the last to be handed in: nothing that is held back waits for anything now.
                closing = True
                self._patience = 0.0
            elif handed_in[0]:
                heapq.heappush(held, handed_in)
                held_bytes += _size(handed_in[1])
            now = time.monotonic()
            while held and (
                held[0][0] <= following or held_bytes > HELD_BYTES or now - waiting_since >= self._patience
            ):
                number, exchange = heapq.heappop(held)
                held_bytes -= _size(exchange)
                following = max(following, number + 1)
                waiting_since = now
                if exchange is not None:
                    self._write(number, exchange)
            if not held:
                waiting_since = now
            if now - flushed >= SECONDS_BETWEEN_FLUSHES:
                flushed = now
                self._attempt(self._files.flush)
        self._attempt(self._files.close)

    def _write(self, number: int, exchange: Exchange) -> None:
        with self._lock:
            self._backlog -= _size(exchange)
        try:
            line = as_line(self._understanding.captured(number, exchange))
        except Exception as error:  # a fault of ours must not end the recording of everything else
            self.lost += 1
            self._tell(f"request {number:06} is lost, by a fault of Touchstone's own: {type(error).__name__}: {error}")
            return
        if self._attempt(lambda: self._files.write(line)):
            self.recorded += 1
        else:
            self.lost += 1

    def _attempt(self, action: Callable[[], None]) -> bool:
        if self.failure:
            return False
        try:
            action()
        except OSError as error:
            self.failure = f"{self._files.paths[-1]}: cannot be written: {error.strerror or error}"
            self._files.give_up()
            self._tell(f"{self.failure}: recording stops here, requests are still passed on")
            return False
        return True

    def _tell(self, line: str) -> None:
        """Where nobody listens any more, the application is served all the same."""
        with suppress(Exception):
            self._complain(line)


def _size(exchange: Exchange | None) -> int:
    return 0 if exchange is None else len(exchange.body) + len(exchange.reply) + 1024


class Files:
    """The file of a capture, and those that it goes on in when it has become as large as it may.

    What was there before is never overwritten.
    """

    def __init__(self, path: Path, *, rotate_bytes: int | None, compress: bool) -> None:
        if compress and path.suffix != ".gz":
            path = path.with_name(f"{path.name}.gz")
        self.paths: list[Path] = []
        self._first = path
        self._rotate_bytes = rotate_bytes
        self._compress = path.suffix == ".gz"
        for existing in (path, follower(path, 2)):
            if existing.exists():
                raise TrafficError(f"{existing}: is there already: name a new file, or remove it")
        try:
            self._open()
        except OSError as error:
            raise TrafficError(f"{path}: cannot be written: {error.strerror or error}") from None

    def _open(self) -> None:
        path = follower(self._first, len(self.paths) + 1)
        self._raw: BufferedIOBase = path.open("xb")
        self.paths.append(path)
        self._file: BufferedIOBase = gzip.GzipFile(fileobj=self._raw, mode="wb") if self._compress else self._raw
        self._written = 0

    def write(self, line: bytes) -> None:
        if self._rotate_bytes is not None and self._written and self._written + len(line) > self._rotate_bytes:
            self.close()
            self._open()
        self._file.write(line)
        if not self._compress:
            self._raw.flush()
        self._written += len(line)

    def flush(self) -> None:
        self._file.flush()
        self._raw.flush()

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def give_up(self) -> None:
        """Leave whole lines only, where that can still be done: a compressed file is read as far as it goes."""
        for file in (self._file, self._raw):
            with suppress(OSError):
                file.close()
        if not self._compress:
            with suppress(OSError), self.paths[-1].open("r+b") as written:
                written.truncate(self._written)
