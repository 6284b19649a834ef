"""The names that targets are asked for by.

    [LABEL=] NAME [:OPTION]        dynamodb-local:~/ddb, reference:aws-2025, old=dynalite:~/dynalite-3
    [LABEL=] [NAME:] URL           http://127.0.0.1:8000, alternator:http://127.0.0.1:8000, new=https://...

`LABEL` is what reports call it, so that two versions of one implementation can stand side by side. A URL after a name
is that implementation, started by somebody else: it is not ours to empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from conformance.signing import Credentials
from conformance.targets.alternator import IMAGE, AlternatorTarget
from conformance.targets.aws import AWSTarget
from conformance.targets.dynalite import DynaliteTarget
from conformance.targets.dynamodb_local import open_dynamodb_local
from conformance.targets.dynoxide import DynoxideTarget
from conformance.targets.ministack import MiniStackTarget
from conformance.targets.moto import MotoServerTarget, MotoTarget
from conformance.targets.reference import ReferenceServerTarget, ReferenceTarget
from conformance.targets.target import Target, TargetError
from conformance.targets.url import URLTarget

# The target's name in reports, its option (or nothing), and the seconds for a reply (None for its own default).
Opener: TypeAlias = Callable[[str, str, float | None], Target]


@dataclass(frozen=True, slots=True)
class Kind:
    """A target that can be named. `option` is what may follow its name; `get` is how to get what it needs."""

    about: str
    open: Opener
    option: str = ""
    get: str = ""


def _path(option: str) -> Path | None:
    return Path(option) if option else None


TARGETS: Final[dict[str, Kind]] = {
    "reference": Kind(
        "the reference server, in process",
        lambda name, option, _timeout: ReferenceTarget(name=name, dialect=option or "aws"),
        option="a dialect",
    ),
    "reference-http": Kind(
        "the reference server, over HTTP",
        lambda name, option, timeout: ReferenceServerTarget(name=name, dialect=option or "aws", timeout=timeout),
        option="a dialect",
    ),
    "moto": Kind(
        "moto, in process",
        lambda name, _option, _timeout: MotoTarget(name=name),
        get="pip install 'dynamodb-touchstone[moto]'",
    ),
    "moto-server": Kind(
        "moto's server",
        lambda name, _option, timeout: MotoServerTarget(name, timeout=timeout),
        get="pip install 'dynamodb-touchstone[moto]'",
    ),
    "dynamodb-local": Kind(
        "Amazon's own emulator",
        lambda name, option, timeout: open_dynamodb_local(name=name, option=option, timeout=timeout),
        option="DynamoDBLocal.jar or its folder, `container`, or an image",
        get="touchstone targets fetch dynamodb-local",
    ),
    "dynalite": Kind(
        "dynalite, on Node.js",
        lambda name, option, timeout: DynaliteTarget(name=name, path=_path(option), timeout=timeout),
        option="the folder of the package",
        get="touchstone targets fetch dynalite",
    ),
    "dynoxide": Kind(
        "Dynoxide, a binary on SQLite",
        lambda name, option, timeout: DynoxideTarget(name=name, path=_path(option), timeout=timeout),
        option="the binary",
        get="touchstone targets fetch dynoxide",
    ),
    "ministack": Kind(
        "MiniStack",
        lambda name, option, timeout: MiniStackTarget(name=name, path=_path(option), timeout=timeout),
        option="a virtual environment that has it",
        get="touchstone targets fetch ministack",
    ),
    "alternator": Kind(
        "ScyllaDB Alternator, in a container",
        lambda name, option, timeout: AlternatorTarget(name=name, image=option or IMAGE, timeout=timeout),
        option="an image",
        get="start docker or podman",
    ),
    "aws": Kind(
        "DynamoDB itself",
        lambda name, option, timeout: AWSTarget(name=name, region=option, timeout=timeout),
        option="a region",
        get="set AWS_REGION, credentials and TOUCHSTONE_AWS_SPEND",
    ),
}

_LABELLED = re.compile(r"(?P<label>[\w.-]+)=(?P<rest>.+)", re.DOTALL)
_SCHEMES: Final = ("http://", "https://")
_AWS_HOST = re.compile(r"(?:streams\.)?dynamodb\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


def open_target(text: str, *, label: str | None = None, timeout: float | None = None) -> Target:
    """The target of that name or at that URL, not started yet. `label` is what reports call it instead.

    A URL's requests are signed where the environment has credentials (AWS_ACCESS_KEY_ID and the rest). `timeout` is how
    many seconds a reply may take; each target has its own default.
    """
    if match := _LABELLED.fullmatch(text):
        label, text = label or match["label"], match["rest"]
    if text.startswith(_SCHEMES):
        return _at_url(text, label, timeout)
    name, _, option = text.partition(":")
    if name not in TARGETS:
        known = ", ".join(TARGETS)
        raise TargetError(f"no target is called {text!r}: there are {known}, and URLs such as http://127.0.0.1:8000")
    if option.startswith(_SCHEMES):
        return _at_url(option, label or name, timeout)
    kind = TARGETS[name]
    if option and not kind.option:
        raise TargetError(f"{text!r}: nothing may follow the name {name}")
    return kind.open(label or text, option, timeout)


def _at_url(url: str, label: str | None, timeout: float | None) -> Target:
    if region := _AWS_HOST.fullmatch(urlsplit(url).hostname or ""):
        # The guard of spending must not be gone round by writing out the address.
        return AWSTarget(name=label or "aws", region=region["region"], timeout=timeout)
    return URLTarget(url, name=label, timeout=timeout, credentials=Credentials.from_environment())


@dataclass(frozen=True, slots=True)
class Started:
    """Targets that run, and why others do not: by name, one line each."""

    targets: tuple[Target, ...]
    missing: dict[str, str]


def start_targets(stack: ExitStack, names: Sequence[str], *, timeout: float | None = None) -> Started:
    """Start each once, in order, and leave it to the stack to stop it. One that cannot be costs only itself.

    The first is the baseline: without it there is nothing to hold the others against, and its TargetError is raised.
    A name that is none is raised too: it is a slip of the pen, and no state of a machine.
    """
    opened = [open_target(name, timeout=timeout) for name in dict.fromkeys(names)]
    for name, count in Counter(target.name for target in opened).items():
        if count > 1:
            raise TargetError(f"{count} targets are called {name}: give one a label of its own, as in other={name}")
    targets: list[Target] = []
    missing: dict[str, str] = {}
    for target in opened:
        try:
            targets.append(stack.enter_context(target))
        except TargetError as error:
            if target is opened[0]:
                raise
            missing[target.name] = str(error)
    return Started(tuple(targets), missing)
