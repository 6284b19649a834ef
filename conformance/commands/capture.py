"""`touchstone capture`: a recording proxy between an application and any DynamoDB."""

from __future__ import annotations

import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.status import COULD_NOT_RUN, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.signing import Credentials
    from conformance.traffic.proxy import CapturingProxy

_SIZE: Final = re.compile(r"(?P<count>\d+)\s*(?P<unit>[kmg]?)i?b?", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SECONDS_BETWEEN_COUNTS: Final = 10.0


def size(text: str) -> int:
    """`500`, `64k`, `100MB`, `1G` in bytes."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or not int(match["count"]):
        raise click.BadParameter(f"{text!r} is no size: write 64k, 100M or 1G")
    return int(match["count"]) * _UNITS[match["unit"].lower()]


@click.command()
@click.option("--port", default=8001, show_default=True, help="Where to listen; 0 is any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--upstream", required=True, metavar="URL", help="The DynamoDB to pass requests on to.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file, .jsonl.")
@click.option(
    "--redact",
    type=click.Choice(["values", "hash", "none"]),
    default="none",
    show_default=True,
    help="Replace attribute values by placeholders. Credentials are never written.",
)
@click.option("--rotate", type=size, metavar="SIZE", help="Go on in another file after so much: 100M.")
@click.option("--gzip", "compress", is_flag=True, help="Compress the files.")
@click.option("--sign", is_flag=True, help="Sign requests anew, with the credentials in the environment: for AWS.")
def capture(
    port: int, host: str, upstream: str, out: Path, redact: str, rotate: int | None, compress: bool, sign: bool
) -> int:
    """Record what an application asks of a DynamoDB and is answered, for `touchstone migrate`.

    Point the application to the port and use it: AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8001, or
    boto3.client("dynamodb", endpoint_url="http://127.0.0.1:8001"). Requests and replies are passed on byte for byte.
    AWS does not accept them so, since a signature covers the name of the host: with --sign, requests are signed by the
    proxy. Streams of AWS are another host, so they need a second capture. Stop it with Ctrl-C.
    """
    from conformance.traffic.proxy import CapturingProxy, Upstream, run
    from conformance.traffic.recorder import Recorder
    from conformance.traffic.redaction import Redaction
    from conformance.traffic.traffic import TrafficError

    credentials = _credentials() if sign else None
    try:
        where = Upstream.named(upstream)
        recorder = Recorder(
            out,
            redaction=Redaction(redact),
            rotate_bytes=rotate,
            compress=compress,
            complain=lambda line: _tell(f"touchstone: {line}", err=True),
        )
    except TrafficError as error:
        raise Unusable(str(error)) from None
    if where.region and not sign:
        _tell("touchstone: AWS refuses requests that were signed for another host: use --sign", err=True)
    proxy = CapturingProxy(where, recorder, credentials=credentials)
    try:
        run(lambda: _serve(proxy, host, port))
    except _NotListening as error:
        recorder.close()
        recorder.paths[0].unlink(missing_ok=True)  # nothing is in it
        raise Unusable(f"cannot listen on {host}:{port}: {error}") from None
    finally:
        recorder.close()  # whatever ended the serving, what was recorded is written
    _summarise(proxy)
    return COULD_NOT_RUN if recorder.failure or recorder.lost else NO_DIVERGENCE


def _credentials() -> Credentials:
    from conformance.signing import Credentials

    found = Credentials.from_environment()
    if found is None:
        raise Unusable("--sign needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    return found


class _NotListening(Exception):  # noqa: N818
    """Why."""


def _tell(line: str, *, err: bool = False) -> None:
    """To whoever still listens: an application that is being captured outlives the terminal."""
    try:
        click.echo(line, err=err)
    except OSError:
        stream = sys.stderr if err else sys.stdout
        # What is left in its buffer would be complained of at the end.
        with suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


async def _serve(proxy: CapturingProxy, host: str, port: int) -> None:
    import asyncio

    from conformance.report.figures import counted

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal was closed: see `_tell`
    try:
        listening = await proxy.start(host, port)
    except (OSError, OverflowError, UnicodeError, TypeError) as error:  # the last two: of a name that can be no host's
        raise _NotListening(getattr(error, "strerror", None) or error) from None
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    _tell(f"Capturing http://{name}:{listening} -> {proxy.upstream.url} into {proxy.recorder.paths[0]}")
    _tell(f"  export AWS_ENDPOINT_URL_DYNAMODB=http://{name}:{listening}")
    _tell("Stop it with Ctrl-C.")
    shown = 0
    while not stopped.is_set():
        try:
            async with asyncio.timeout(_SECONDS_BETWEEN_COUNTS):
                await stopped.wait()
        except TimeoutError:
            if proxy.recorder.recorded != shown:
                shown = proxy.recorder.recorded
                _tell(f"{counted(shown, 'request')} recorded", err=True)
    await proxy.stop()


def _summarise(proxy: CapturingProxy) -> None:
    from conformance.report.figures import counted

    recorder = proxy.recorder
    files = ", ".join(str(path) for path in recorder.paths)
    _tell(f"{counted(recorder.recorded, 'request')} of {counted(proxy.connections, 'connection')} in {files}")
    if recorder.lost:
        were = "was" if recorder.lost == 1 else "were"
        _tell(f"touchstone: {counted(recorder.lost, 'request')} {were} passed on and not recorded", err=True)
    for reason in dict.fromkeys(proxy.unfollowed):
        _tell(f"touchstone: not followed to the end: {reason}", err=True)
