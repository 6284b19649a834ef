"""The numbers and sentences that several renderings of a record show.

Two sums are never made. Cases are judged by their own expectations, each with evidence, and have four outcomes that are
counted apart; findings come from generated operations and laws, of which there are as many as time was spent. What
fraction of the cases agrees says nothing of what generating found, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from conformance.divergence import Severity, Verdict
from conformance.scenario import JSONObject

# What a report says of each outcome of a case, of each severity, of each layer.
OUTCOME_MEANING: Final[Mapping[str, str]] = {
    Verdict.AGREE: "answered as the case expects",
    Verdict.DIVERGE: "answered otherwise",
    Verdict.UNSUPPORTED: "the target says that it has not got the operation",
    Verdict.INDETERMINATE: "no answer, or it could not be brought to where the case begins",
}
SEVERITY_MEANING: Final[Mapping[str, str]] = {
    Severity.DATA: "what is stored or returned is not what it should be",
    Severity.ACCEPTANCE: "accepts what DynamoDB refuses",
    Severity.REFUSAL: "refuses, or fails at, what DynamoDB accepts",
    Severity.ERROR_TYPE: "refuses with another error: handlers of errors miss it",
    Severity.MESSAGE: "the right error in other words",
    Severity.CAPACITY: "other capacity units",
}
SEVERITIES: Final = tuple(map(str, Severity))

# What a comparison was made with, where that is no target.
CASE: Final = "case"
LAW: Final = "law"


# --- the matrix ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One feature on one target: the four outcomes of cases, and apart from them what was found beyond the cases."""

    agree: int = 0
    diverge: int = 0
    unsupported: int = 0
    indeterminate: int = 0
    operations: int = 0  # generated ones that were replayed
    found: int = 0  # findings of generated operations and of laws

    @property
    def judged(self) -> int:
        return self.agree + self.diverge + self.unsupported + self.indeterminate

    def __add__(self, other: Cell) -> Cell:
        return Cell(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Cell)))

    def outcomes(self) -> tuple[tuple[str, int], ...]:
        """The outcomes by name, in their order."""
        return tuple((str(verdict), getattr(self, verdict)) for verdict in Verdict)


def matrix(document: JSONObject) -> dict[str, dict[str, Cell]]:
    """Feature by target, from a record."""
    from_cases = {found["key"] for found in document["divergences"] if found["baseline"] == CASE}
    return {
        feature: {
            target: Cell(
                cell["passed"],
                len(cell["diverged"]),
                len(cell["unsupported"]),
                len(cell["indeterminate"]),
                cell["operations"],
                sum(key not in from_cases for key in cell["divergences"]),
            )
            for target, cell in cells.items()
        }
        for feature, cells in document["features"].items()
    }


def total(cells: Iterable[Cell]) -> Cell:
    return sum(cells, Cell())


def by_severity(findings: Iterable[JSONObject]) -> dict[str, list[JSONObject]]:
    """The findings of each severity that has any, gravest first."""
    groups: dict[str, list[JSONObject]] = {severity: [] for severity in SEVERITIES}
    for found in findings:
        groups[found["severity"]].append(found)
    return {severity: group for severity, group in groups.items() if group}


def gravest_first(findings: Iterable[JSONObject]) -> list[JSONObject]:
    """A broken law is worse than what only we say; then by severity, new before known, as they came."""
    return sorted(
        findings,
        key=lambda found: (found["baseline"] != LAW, SEVERITIES.index(found["severity"]), not is_new(found)),
    )


def is_new(found: JSONObject) -> bool:
    """Not in the file of expectations, and seen whenever it was looked for."""
    return not found["known"] and not found["flaky"]


def generated_operations(document: JSONObject) -> dict[str, int]:
    """Generated operations by operation. In lockstep every target gets the same: the longest column counts."""
    counts: dict[str, int] = {}
    for by_target in document["generated"]["operations"].values():
        longest: Mapping[str, int] = max(by_target.values(), key=lambda column: sum(column.values()), default={})
        for operation, count in longest.items():
            counts[operation] = counts.get(operation, 0) + count
    return counts


# --- sentences ----------------------------------------------------------------------------------------------


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 case`, `1,500 cases`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def verdict_on(document: JSONObject, target: str) -> str:
    """What a record says of one target, in one sentence; empty where it was asked nothing."""
    cell = total(cells[target] for cells in matrix(document).values() if target in cells)
    laws = [law for law in document["laws"] if law["target"] == target and law["checked"]]
    return "; ".join(part for part in (_of_cases(cell), _of_laws(laws), _of_generating(document, target, cell)) if part)


def _of_cases(cell: Cell) -> str:
    if not cell.judged:
        return ""
    if cell.agree == cell.judged:
        return f"all {counted(cell.judged, 'case')} agree" if cell.judged > 1 else "1 case agrees"
    unlike = [f"{count:,} {_IN_WORDS[outcome]}" for outcome, count in cell.outcomes()[1:] if count]
    return f"{cell.agree:,} of {counted(cell.judged, 'case')} agree, {', '.join(unlike)}"


_IN_WORDS: Final[Mapping[str, str]] = {
    Verdict.DIVERGE: "diverge",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.INDETERMINATE: "indeterminate",
}


def _of_laws(laws: Sequence[JSONObject]) -> str:
    if not laws:
        return ""
    broken = sum(bool(law["violations"]) for law in laws)
    if not broken:
        return f"all {counted(len(laws), 'law')} hold" if len(laws) > 1 else "1 law holds"
    return f"{broken} of {counted(len(laws), 'law')} broken"


def _of_generating(document: JSONObject, target: str, cell: Cell) -> str:
    found = sum(1 for one in document["divergences"] if one["target"] == target and one["baseline"] not in (CASE, LAW))
    if not cell.operations:
        return counted(found, "finding") if found else ""
    operations = counted(cell.operations, "generated operation")
    beyond = " beyond them" if cell.judged else ""
    return f"{counted(found, 'finding')}{beyond} in {operations}" if found else f"nothing found{beyond} in {operations}"


def verdict(document: JSONObject) -> str:
    """What a record came to, in one sentence: of its target, or of each where there are several."""
    names = [target["name"] for target in document["targets"]]
    tested = [target["name"] for target in document["targets"] if not target["baseline"]] or names
    said = [(name, text) for name in tested if (text := verdict_on(document, name))]
    if not said:
        return "Nothing was asked yet" if "footer" not in document else "Nothing was asked"
    return ". ".join(f"{name}: {text}" for name, text in said)


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
