r"""Make `reports/expected/alternator-6.2.3.yaml` from a recording of the real server.

    python -m tools.alternator_expectations RECORDING

In three steps, the first and last of which are this tool's:

    python -m tools.alternator_expectations RECORDING
    touchstone accept --target alternator=reference:alternator-6.2 --no-generate \\
        --expected reports/expected/alternator-6.2.3.yaml
    python -m tools.alternator_expectations

First, every difference between the recording and the reference becomes an entry, with the reason, link and effect of
the rule that explains it. Left out is what no case can say (paths other than the API's), and what only a request of
many thousand letters shows.

Then the corpus is asked of the dialect. What is not in the recording is taken in, and what does not show is dropped:
consequences of earlier requests, which the catalogue does not name.

Last, what only the dialect was seen to do is marked so: it is a prediction, until a real server has been asked.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from conformance import expectations, recorded_run
from conformance.case_text import CaseError
from conformance.commands.alternator_rules import with_reasons
from conformance.expectations import UNEXPLAINED, Expectations, KnownDivergence
from conformance.findings import divergence_from_json
from conformance.report.record import Record
from conformance.targets.reference import ReferenceTarget

TARGET = "alternator"
VERSION = "6.2.3"
# Which explain what is generated and has no entry.
RULES = "alternator"
# Of a scenario, as it is written.
LONGEST = 20_000


# What an entry says that no recording holds.
PREDICTED = "predicted by the dialect alternator-6.2; the recording of the real server does not hold it"
UNKNOWN = "no rule explains it: to be checked against the real server"


def main() -> None:
    path = expectations.path_for(expectations.DIRECTORY, TARGET, VERSION)
    before = expectations.load(path) if path.exists() else Expectations(TARGET, VERSION, rules=RULES)
    if len(sys.argv) > 1:
        before = replace(before, known=tuple(map(unmarked, before.known)))
        after = expectations.update(before, recorded(Path(sys.argv[1]))).expectations
    else:
        after = replace(before, version=VERSION, known=tuple(map(marked, before.known)))
    expectations.write(after, path)
    print(f"{path}: {len(after.known)} entries")


def recorded(recording: Path) -> list[KnownDivergence]:
    """What a recording shows."""
    record = Record()
    with ReferenceTarget() as reference:
        for event in recorded_run.run(reference, recorded_run.load([f"{recorded_run.PREFIX}{recording}"])):
            record.listen(event)
    found, entries = [], []
    for one in record.document()["divergences"]:
        if not 0 < len(one["reproducers"].get("yaml", "")) < LONGEST:
            continue
        with suppress(CaseError):
            entries.append(KnownDivergence.of(one))
            found.append(one)
    return with_reasons(entries, list(map(divergence_from_json, found)))


def unmarked(entry: KnownDivergence) -> KnownDivergence:
    """Without what an earlier run of this tool has said of it, so that a rule that was written since explains it."""
    note = "" if entry.note == PREDICTED else entry.note
    return replace(entry, note=note, reason=UNEXPLAINED if entry.reason == UNKNOWN else entry.reason)


def marked(entry: KnownDivergence) -> KnownDivergence:
    """An entry that says what it rests on: those of the recording have scenarios, the others cases."""
    note = entry.note or ("" if entry.scenario else PREDICTED)
    return replace(entry, note=note, reason=UNKNOWN if entry.reason == UNEXPLAINED else entry.reason)


if __name__ == "__main__":
    main()
