"""Runs a command, and ends it with the process that started us.

    python -I -S leash.py COMMAND [ARGUMENT ...]

Standard input is the leash: a pipe whose other end is the parent's. When the parent is gone, however it went (killed
ones run no exit handlers), the pipe ends, and so do the command and whatever it started itself: the leash leads a group
of processes of its own, which the parent makes for it. It ends as its command did, with the same status or by the
same signal.

Only what every Python has is imported: this is run by its path, before each server.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

GRACE = 3.0  # seconds to end in order before being ended


def main(command: list[str]) -> int:
    # What is sent to the group reaches us too, and we are the last to go. A handler, unlike SIG_IGN, is not inherited.
    signal.signal(signal.SIGTERM, _stay)
    # A server that dies of a signal leaves no core, and neither do we, who die of it as well.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", flush=True)
        return 127
    threading.Thread(target=_end_with_parent, daemon=True, name="leash").start()
    status = process.wait()
    os.killpg(0, signal.SIGTERM)  # whatever it has left behind
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


def _stay(_number: int, _frame: FrameType | None) -> None:
    pass


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
