"""Write the rules into `docs/alternator.md`, between its markers.

    python -m tools.alternator_page            writes the page
    python -m tools.alternator_page --print    prints it

Run it after `reference_server/alternator/rules.yaml` has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from reference_server.alternator.page import EFFECTS, TITLES
from reference_server.alternator.rules import Evidence, Rule, Section, rules

PAGE: Final = Path(__file__).parent.parent / "docs" / "alternator.md"
BEGIN: Final = "<!-- rules: written by python -m tools.alternator_page, do not edit -->"
END: Final = "<!-- end of rules -->"


def insert(page: str) -> str:
    """The page with the rules of today."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PAGE.name} has not both markers: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{tabulate()}\n{END}{after}"


def tabulate() -> str:
    lines: list[str] = []
    for section in Section:
        lines += ["", f"### {TITLES[section]}", "", "| rule | difference | effect | what an application feels |"]
        lines += ["|---|---|---|---|"]
        lines += [_row(rule) for rule in rules() if rule.section is section]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    remark = "" if rule.served else " (not in the dialects)"
    remark += " (to be checked)" if rule.evidence is Evidence.INFERRED else ""
    return f"| `{rule.id}` | {rule.title}{remark} | {EFFECTS[rule.effect]} | {rule.application} |"


def main(arguments: list[str]) -> None:
    page = insert(PAGE.read_text(encoding="utf-8"))
    if "--print" in arguments:
        sys.stdout.write(page)
    else:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
