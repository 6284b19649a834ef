"""`touchstone`: the friendly front. Its commands are modules of `conformance.commands`.

Exit statuses: 0 no divergence, 1 divergences, 2 could not run or not to the end (one line says why), 130 interrupted by
Ctrl-C or SIGTERM. However a run ends, the report of what was found until then is written. No traceback reaches a user
unless TOUCHSTONE_DEBUG is set.

Nothing heavy is imported before it is needed: `touchstone serve` must start as fast as the server itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from conformance.commands.status import COULD_NOT_RUN, INTERRUPTED, Unusable

# A command's module and name in it, in the order in which --help lists them.
COMMANDS: Final[Mapping[str, str]] = {
    "serve": "conformance.commands.serve:serve",
    "run": "conformance.commands.run:run",
    "gate": "conformance.commands.gate:gate",
    "accept": "conformance.commands.accept:accept",
    "fuzz": "conformance.commands.fuzz:fuzz",
    "merge": "conformance.commands.merge:merge",
    "replay": "conformance.commands.replay:replay",
    "keep": "conformance.commands.keep:keep",
    "record": "conformance.commands.record:record",
    "report": "conformance.commands.report:report",
    "publish": "conformance.commands.publish:publish",
    "capture": "conformance.commands.capture:capture",
    "migrate": "conformance.commands.migrate:migrate",
    "witness": "conformance.commands.witness:witness",
    "concurrency": "conformance.commands.concurrency:concurrency",
    "targets": "conformance.commands.targets:targets",
    "agreement": "conformance.commands.agreement:agreement",
    "dialects": "conformance.commands.dialects:dialects",
}


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def main() -> None:
    """The entry point: every way out is a status, and every failure one line."""
    try:
        status = touchstone.main(standalone_mode=False)
    except click.exceptions.Abort:
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = COULD_NOT_RUN
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = COULD_NOT_RUN
    except Exception as error:
        if os.environ.get("TOUCHSTONE_DEBUG"):
            raise
        print(f"touchstone: {_one_line(error)}", file=sys.stderr)
        status = COULD_NOT_RUN
    sys.exit(status)


def _one_line(error: Exception) -> str:
    """What went wrong. An error of our own is its text; any other is a fault of ours, and says how to see more."""
    from conformance.cases import CaseError
    from conformance.finding_database import DatabaseError
    from conformance.recording import RecordingError
    from conformance.report.record import RecordError
    from conformance.targets.target import TargetError
    from conformance.traffic.traffic import TrafficError

    text = " ".join(str(error).split())
    ours = Unusable | CaseError | DatabaseError | TargetError | RecordError | RecordingError | TrafficError
    if isinstance(error, ours):
        return text
    return f"a fault of Touchstone's own: {type(error).__name__}: {text} (TOUCHSTONE_DEBUG=1 shows the traceback)"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dynamodb-touchstone", prog_name="touchstone")
def touchstone() -> None:
    """A reference server for the DynamoDB API, and a suite that holds any implementation against it."""


if __name__ == "__main__":
    main()
