"""What is known to diverge in one version of one implementation: `reports/expected/TARGET-VERSION.yaml`.

The file holds deviations only. `touchstone accept` writes it, `touchstone gate` holds a run against it, and people edit
it; it must survive all three. So it is written sorted, one entry for each signature, and the machine never touches what
a person adds: `reason`, `link`, `effect` and `note` of an entry are kept by the entry's identity when the rest is
written again. (Comments are not kept: YAML readers lose them. `note` is the place for what is no reason.)

An entry must say what shows it, or nobody could tell that it has gone: the ids of all `cases` that do, or a `scenario`
in the notation of case files, which is compared with the baseline, or judged by the `law` that it violates, or both.

Identity is operation, layer and kind. The key is made of these and the target's name, as `Signature.key` is; it stands
in the file because reports and commands name a divergence by it, and it is checked, so that a kind that was edited by
hand does not silently become another divergence.

`expectations_schema.json` says the same to an editor.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from conformance.campaign import CASE
from conformance.case_text import CaseError, LocatedList, LocatedMapping, Place, displayed, members, parse, read
from conformance.cases import read_steps, write_steps
from conformance.divergence import Layer, Severity, Signature
from conformance.minimise import Cost, cost
from conformance.scenario import JSONObject, Scenario, feature_of

FORMAT: Final = 1
DIRECTORY: Final = Path("reports/expected")
# The reason of an entry that nobody has given one. Not empty: `Divergence.known` is empty where nothing is known.
UNEXPLAINED: Final = "not looked into yet"

# Operation, layer, kind: what a signature is without its target, whose name may be another in another run.
Identity: TypeAlias = tuple[str, Layer, str]

_FILE_KEYS = ("expectations", "target", "version", "rules", "divergences")
# Sets of rules that explain divergences, by the name that a file asks for them with.
_RULES = ("alternator",)
_MACHINE_KEYS = ("key", "operation", "layer", "kind", "severity", "flaky", "cases", "law", "scenario")
_HAND_KEYS = ("reason", "link", "effect", "note")
_LAYERS = tuple(Layer)


def identity_of(signature: Signature) -> Identity:
    return signature.operation, signature.layer, writable(signature.kind)


def writable(text: str) -> str:
    """Without halves of surrogate pairs, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class KnownDivergence:
    """One entry. It has `cases`, by their ids, or a `scenario`, or both; `law` says which law the scenario violates.

    `flaky` is one that does not show each time: it cannot become stale. `effect` is what it does to an application, in
    somebody's words. `line` is where it begins in its file, 0 where it comes from none.
    """

    operation: str
    layer: Layer
    kind: str
    severity: str = ""
    flaky: bool = False
    cases: tuple[str, ...] = ()
    law: str = ""
    scenario: Scenario | None = None
    reason: str = UNEXPLAINED
    link: str = ""
    effect: str = ""
    note: str = ""
    line: int = 0

    @property
    def identity(self) -> Identity:
        return self.operation, self.layer, self.kind

    @property
    def title(self) -> str:
        return f"{self.operation}: {self.kind}"

    def key(self, target: str) -> str:
        return Signature(target, *self.identity).key

    @classmethod
    def of(cls, found: JSONObject, cases: Collection[str] = ()) -> KnownDivergence:
        """A divergence of a record (`report.json`) as an entry, with the cases that show it.

        Raises `CaseError` where no file could show it.
        """
        by_case = found["baseline"] == CASE
        return cls(
            found["operation"],
            Layer(found["layer"]),
            writable(found["kind"]),
            severity=found.get("severity", ""),  # records of earlier versions have none of these three
            flaky=found.get("flaky", False),
            law=found.get("law", ""),
            cases=tuple(sorted({*cases, found["scenario"]["id"]} if by_case else cases)),
            scenario=None if by_case else _scenario_in(found),
        )


def _scenario_in(found: JSONObject) -> Scenario:
    """The scenario as the record's own reproducer tells it, which is in a case's notation already."""
    place = Place("the record", found["key"])
    content = parse(found["reproducers"]["yaml"], place)
    if not isinstance(content, LocatedMapping):
        raise place.error(None, "its scenario cannot be written as a case, so no entry could show it")
    (case,) = content["cases"]
    written = LocatedMapping(case.line)
    for name in ("tables", "steps"):
        if name in case:
            written.put(name, case[name], case.lines[name])
    tables, steps = read_steps(written, case.line, place)
    return Scenario(f"expected-{found['key']}", found["feature"], tables, steps)


@dataclass(frozen=True, slots=True)
class Expectations:
    """A file of known divergences, read or to be written. `path` is None where there is no file yet.

    `rules` names what explains divergences that have no entry: where an implementation differs by design, what can be
    generated shows each difference in more ways than a list can hold.
    """

    target: str
    version: str
    known: tuple[KnownDivergence, ...] = ()
    path: Path | None = None
    rules: str = ""

    def by_identity(self) -> dict[Identity, KnownDivergence]:
        return {entry.identity: entry for entry in self.known}


# --- which file -------------------------------------------------------------------------------------------


def path_for(directory: Path, target: str, version: str) -> Path:
    return directory / (re.sub(r"[^A-Za-z0-9._+-]+", "_", f"{target}-{version}") + ".yaml")


def find(directory: Path, target: str, version: str) -> Expectations | None:
    """The expectations for this version, else for the nearest other one of the same target, else None.

    Nearest is the newest of those before it, and only then the oldest of those after it: what has been mended in
    between shows as stale, which is easier to tell than what has been broken.
    """
    exact = path_for(directory, target, version)
    if exact.exists():
        return load(exact)
    others = [found for found in map(load, sorted(directory.glob("*.yaml"))) if found.target == target]
    return min(others, key=lambda other: _distance(_order(other.version), _order(version), others), default=None)


def _distance(version: _Version, wanted: _Version, others: Collection[Expectations]) -> tuple[bool, int]:
    ranked = sorted(_order(other.version) for other in others)
    after = version > wanted
    return after, ranked.index(version) if after else -ranked.index(version)


_Version: TypeAlias = tuple[tuple[int, str], ...]


def _order(version: str) -> _Version:
    """Numbers as numbers: 5.10 comes after 5.9. A word comes before any number, as in 2.0.rc1 and 2.0.1."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


# --- reading ----------------------------------------------------------------------------------------------


def load(path: Path) -> Expectations:
    """Raises `CaseError`, one line with file and line, for the first fault."""
    place = Place(displayed(path))
    content = read(path, place)
    if not isinstance(content, LocatedMapping) or "expectations" not in content:
        raise place.error(1, f'is no file of expectations: it must begin with "expectations: {FORMAT}"')
    if content["expectations"] != FORMAT:
        problem = f"is of format {content['expectations']}; this version reads format {FORMAT}"
        raise place.error(content.lines["expectations"], problem)
    _check_keys(content, _FILE_KEYS, place)
    target, version = (_text(content, key, place, required=True) for key in ("target", "version"))
    rules = _chosen(content, "rules", _RULES, place) if "rules" in content else ""
    listed = content.get("divergences")
    if not isinstance(listed, LocatedList):
        line = content.lines.get("divergences", content.line)
        raise place.error(line, '"divergences" is a list of entries; write [] where there is none')
    known: dict[Identity, KnownDivergence] = {}
    for written, line in listed.located():
        entry = _entry(written, line, target, place)
        if first := known.get(entry.identity):
            raise place.error(
                line, f"the divergence {entry.key(target)} stands twice; the first is in line {first.line}"
            )
        known[entry.identity] = entry
    return Expectations(target, version, tuple(known.values()), path, rules)


def _entry(written: Any, line: int, target: str, place: Place) -> KnownDivergence:
    if not isinstance(written, LocatedMapping):
        raise place.error(line, f"an entry is a mapping with {', '.join(_MACHINE_KEYS[:4])}, and cases or a scenario")
    _check_keys(written, (*_MACHINE_KEYS, *_HAND_KEYS), place)
    layer = _chosen(written, "layer", _LAYERS, place)
    severity = _chosen(written, "severity", ("", *Severity), place) if "severity" in written else ""
    flaky = written.get("flaky", False)
    if not isinstance(flaky, bool):
        raise place.error(written.lines["flaky"], '"flaky" is true or false')
    entry = KnownDivergence(
        operation=_text(written, "operation", place, required=True),
        layer=Layer(layer),
        kind=_text(written, "kind", place, required=True),
        severity=severity,
        flaky=flaky,
        cases=_texts(written, "cases", place),
        law=_text(written, "law", place),
        reason=_text(written, "reason", place) or UNEXPLAINED,
        link=_text(written, "link", place),
        effect=_text(written, "effect", place),
        note=_text(written, "note", place),
        line=line,
    )
    key = _text(written, "key", place, required=True)
    if key != entry.key(target):
        problem = f"the key {key} is not that of {target}'s operation, layer and kind, which is {entry.key(target)}"
        raise place.error(written.lines["key"], f"{problem}; undo the edit, or remove the entry and accept it anew")
    if not entry.cases and "scenario" not in written:
        raise place.error(line, f"the entry {key} needs what shows it: cases, or a scenario")
    if "law" in written and "scenario" not in written:
        raise place.error(written.lines["law"], f"the entry {key} has a law, and no scenario that shows it")
    return replace(entry, scenario=_scenario(written, entry, key, place))


def _scenario(written: LocatedMapping, entry: KnownDivergence, key: str, place: Place) -> Scenario | None:
    if "scenario" not in written:
        return None
    scenario, line = written["scenario"], written.lines["scenario"]
    if not isinstance(scenario, LocatedMapping):
        raise place.error(line, '"scenario" is a mapping with tables and steps, as a case has them')
    tables, steps = read_steps(scenario, line, replace(place, case=key))
    return Scenario(f"expected-{key}", feature_of(entry.operation), tables, steps, source=f"{place.file}:{line}")


def _text(written: LocatedMapping, name: str, place: Place, *, required: bool = False) -> str:
    value = written.get(name, "")
    if not isinstance(value, str):
        raise place.error(written.lines[name], f'"{name}" is text; write it in quotes')
    if required and not value:
        raise place.error(written.lines.get(name, written.line), f'there is no "{name}"')
    return value


def _texts(written: LocatedMapping, name: str, place: Place) -> tuple[str, ...]:
    values = written.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise place.error(written.lines[name], f'"{name}" is a list of texts')
    return tuple(sorted(set(values)))


def _chosen(written: LocatedMapping, name: str, choices: Collection[str], place: Place) -> str:
    value = _text(written, name, place)
    if value not in choices:
        named = ", ".join(choice for choice in choices if choice)
        raise place.error(written.lines.get(name, written.line), f'"{name}" is one of {named}')
    return value


def _check_keys(written: LocatedMapping, known: Collection[str], place: Place) -> None:
    for key, line in written.lines.items():
        if key not in known:
            raise place.error(line, f'unknown key "{key}"; there are {", ".join(known)}')


# --- writing ----------------------------------------------------------------------------------------------

_HEADER = """\
# Where {target} {version} is known to diverge. Written by `touchstone accept`, read by `touchstone gate`: docs/gate.md.
# Yours: reason, link, effect and note of an entry, and to remove entries. They are kept, comments are not.
"""


def dump(expectations: Expectations) -> str:
    """The text of the file. Equal expectations give equal texts, in whatever order they were found."""
    header = _HEADER.format(target=_on_one_line(expectations.target), version=_on_one_line(expectations.version))
    about = {"expectations": FORMAT, "target": expectations.target, "version": expectations.version}
    opening = members(about | ({"rules": expectations.rules} if expectations.rules else {}), indent="")
    if not expectations.known:
        return f"{header}{opening}divergences: []\n"
    entries = "".join(
        f"  - {members(_written(entry, expectations.target), ' ' * 4)}"
        for entry in sorted(expectations.known, key=_position)
    )
    return f"{header}{opening}divergences:\n{entries}"


def write(expectations: Expectations, path: Path) -> None:
    """As a whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(dump(expectations), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise CaseError(f"{displayed(path)}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # it is there only where something went wrong
            partial.unlink()


def _position(entry: KnownDivergence) -> tuple[str, int, str]:
    """Where an entry stands: what is edited by hand must not move it."""
    return entry.operation, _LAYERS.index(entry.layer), entry.kind


def _written(entry: KnownDivergence, target: str) -> JSONObject:
    values: JSONObject = {
        "key": entry.key(target),
        "operation": entry.operation,
        "layer": str(entry.layer),
        "kind": entry.kind,
        "severity": entry.severity,
        **{name: writable(getattr(entry, name)) for name in _HAND_KEYS},
        "flaky": entry.flaky,
        "cases": list(entry.cases),
        "law": entry.law,
        "scenario": write_steps(entry.scenario) if entry.scenario else None,
    }
    return {name: value for name, value in values.items() if value or name in ("kind", "reason")}


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


# --- bringing up to date ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Update:
    """Expectations brought up to date, and what became of the entries."""

    expectations: Expectations
    new: tuple[KnownDivergence, ...]
    kept: tuple[KnownDivergence, ...]
    dropped: tuple[KnownDivergence, ...]


def update(
    before: Expectations,
    found: Iterable[KnownDivergence],
    *,
    drop: Collection[Identity] = (),
    gone: Mapping[Identity, Collection[str]] = MappingProxyType({}),
    reason: str = "",
) -> Update:
    """What was found is added or refreshed; what is to be dropped goes; everything else stays.

    `gone` has the cases that do not show an entry any more, `reason` is given to what is new, and to what nobody has
    given one yet.
    """
    known = before.by_identity()
    dropped = tuple(known.pop(identity) for identity in drop if identity in known)
    kept = {identity: _without_cases(entry, gone.get(identity, ())) for identity, entry in known.items()}
    new: dict[Identity, KnownDivergence] = {}
    for entry in found:
        earlier = kept.get(entry.identity)
        if earlier is not None:
            kept[entry.identity] = entry = _refreshed(earlier, entry)
        if reason and entry.reason == UNEXPLAINED:
            entry = replace(entry, reason=reason)
        (kept if earlier is not None else new)[entry.identity] = entry
    everything = tuple(sorted((*kept.values(), *new.values()), key=_position))
    return Update(replace(before, known=everything), tuple(new.values()), tuple(kept.values()), dropped)


def _without_cases(entry: KnownDivergence, gone: Collection[str]) -> KnownDivergence:
    return replace(entry, cases=tuple(id for id in entry.cases if id not in gone))


def _refreshed(earlier: KnownDivergence, entry: KnownDivergence) -> KnownDivergence:
    """The entry anew, with what a person said of it, with the cases of both and the smaller of their scenarios."""
    said_nothing = earlier.reason == UNEXPLAINED and not (earlier.link or earlier.effect or earlier.note)
    hand = {name: getattr(entry if said_nothing else earlier, name) for name in _HAND_KEYS}
    shown = min((one for one in (earlier, entry) if one.scenario), key=_cost, default=entry)
    return replace(
        entry,
        **hand,
        severity=entry.severity or earlier.severity,
        flaky=entry.flaky or earlier.flaky,
        cases=tuple(sorted({*earlier.cases, *entry.cases})),
        law=shown.law,
        scenario=shown.scenario,
        line=earlier.line,
    )


def _cost(entry: KnownDivergence) -> Cost:
    assert entry.scenario is not None
    return cost(entry.scenario)
