"""Runs a module as `python -m` does, and ends with the process that started it.

    python -m conformance.targets.leash MODULE [ARGUMENT ...]

Standard input is the leash: a pipe whose other end is the parent's. When the parent is gone, however it went
(killed ones run no exit handlers), the pipe ends, and so does this process.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

_GRACE = 3.0  # seconds to end in order before being ended


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)


def main() -> None:
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    threading.Thread(target=_end_with_parent, daemon=True, name="leash").start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
