"""Laws: what any DynamoDB keeps, whatever a reference says. AWS is held to them as anybody else is.

`law.py` says what a law is, `holding.py` holds a target to them. The laws themselves: `filters`, `pages`, `indexes`,
`writes`, `refusals`, `returned`, `projections`, `batches`, `capacity`, `tables`, `streams`, `backups`, `transfers`,
`answers`. In common they have `sketch` and `requests`, which draw, `readings`, which reads items, `stored`, which
follows what was written, and `moments`, which knows how a table was when. `storing` waits for exports and imports, and
`observing` keeps what a target answered and which files it wrote.
docs/laws.md lists them.

To add one: a `Law` in the module of its subject and in that module's `LAWS`, a row in docs/laws.md, and in
tests/suite/test_laws.py a target that breaks it.
"""

from __future__ import annotations

from conformance.laws.holding import (
    ALL_LAWS,
    BASELINE,
    LAWS,
    LawUnjudged,
    Violation,
    as_divergence,
    attempt,
    hold,
    smallest,
    still_violated,
)
from conformance.laws.law import Law, aligned, judgement

__all__ = [
    "ALL_LAWS",
    "BASELINE",
    "LAWS",
    "Law",
    "LawUnjudged",
    "Violation",
    "aligned",
    "as_divergence",
    "attempt",
    "hold",
    "judgement",
    "smallest",
    "still_violated",
]
