"""The folder of published runs: compact records, their history, and what is built of them.

    TARGET-VERSION.json   the newest run of each version of a target, compact
    history.jsonl         the figures of every run that was published
    README.md             a summary, for whoever looks at the repository with a browser
    site/                 the site of each target's newest version; made anew from the records, so it is not committed
    latest/               the whole reports of the last runs on this machine; not committed either

The records stand for themselves: the rest but the history can be built from them at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conformance.report import compact, markdown, site, trend
from conformance.report.record import RecordError, replace_file
from conformance.scenario import JSONObject

_HEADING: Final = "What was found in other implementations"
_MANUAL: Final = """
This page and the records beside it were written by `touchstone publish`. A site of them is made by `touchstone report
reports/*.json --report reports/site`: each finding with the replies side by side
and scripts that reproduce it. What the words mean is in [docs/reports.md](../docs/reports.md).
"""


class Publication:
    """One such folder."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._history = directory / trend.HISTORY

    @property
    def summary(self) -> Path:
        return self._directory / "README.md"

    def report_of(self, target: str) -> Path:
        """Where the whole report of a run goes."""
        return self._directory / "latest" / site.slug(target, "")

    def prepare(self) -> None:
        """Where it cannot be written, that must be known before anything is run."""
        self._directory.mkdir(parents=True, exist_ok=True)
        trend.append(self._history, [])

    def keep(self, document: JSONObject) -> tuple[Path, int]:
        """The run, for good. Returns the file of its record, and its size."""
        tested = [target for target in document["targets"] if not target["baseline"]]
        if len(tested) != 1:
            names = ", ".join(target["name"] for target in tested) or "none"
            raise RecordError(f"a published record is of one target, and this one is of {names}: run them one by one")
        path = self._directory / f"{site.slug(tested[0]['name'], tested[0]['version'])}.json"
        content = compact.dumps(compact.compacted(document))
        replace_file(path, content)
        trend.append(self._history, trend.points_of(document))
        return path, len(content)

    def records(self) -> list[JSONObject]:
        """Each target's newest run, by name."""
        newest: dict[str, JSONObject] = {}
        for path in sorted(self._directory.glob("*.json")):
            document = compact.read(path)
            name = next(target["name"] for target in document["targets"] if not target["baseline"])
            if name not in newest or newest[name]["started"] < document["started"]:
                newest[name] = document
        return [newest[name] for name in sorted(newest)]

    def build(self) -> Path:
        """The site and the summary. Returns the page to open."""
        records = self.records()
        summary = markdown.render(records, heading=_HEADING) + _MANUAL
        replace_file(self.summary, summary.encode("utf-8", "replace"))
        return site.write(records, self._directory / "site", trend.read(self._history))
