"""The names that targets are asked for by."""

from __future__ import annotations

from collections.abc import Callable

from conformance.signing import Credentials
from conformance.targets.alternator import AlternatorTarget
from conformance.targets.moto import MotoServerTarget, MotoTarget
from conformance.targets.reference import ReferenceServerTarget, ReferenceTarget
from conformance.targets.target import Target, TargetError
from conformance.targets.url import URLTarget

TARGETS: dict[str, Callable[..., Target]] = {
    "reference": ReferenceTarget,
    "reference-http": ReferenceServerTarget,
    "moto": MotoTarget,
    "moto-server": MotoServerTarget,
    "alternator": AlternatorTarget,
}


def open_target(text: str, *, label: str | None = None) -> Target:
    """The target of that name or at that URL, not started yet. `label` is what reports call it instead.

    A URL's requests are signed where the environment has credentials (AWS_ACCESS_KEY_ID and the rest).
    """
    if text.startswith(("http://", "https://")):
        return URLTarget(text, name=label, credentials=Credentials.from_environment())
    if text not in TARGETS:
        known = ", ".join(TARGETS)
        raise TargetError(f"no target is called {text!r}: there are {known}, and URLs such as http://127.0.0.1:8000")
    return TARGETS[text](name=label or text)
