"""The pytest plugin: cases and properties are pytest items.

    pytest cases --touchstone-target moto -n auto -k update_item
    pytest cases --touchstone-target moto -m "feature(name='put-item') and operation(name='Query')"
    pytest --pyargs conformance.properties --touchstone-target moto

pytest loads this for everybody who has Touchstone installed, so it imports nothing heavy and collects nothing until a
target is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from conformance.events import CaseJudged
    from conformance.pytest_run import PytestRun
    from conformance.scenario import Scenario

LINE_LENGTH: Final = 1_500  # of what a failure shows

_RUN = pytest.StashKey["PytestRun"]()
_CRASHED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("touchstone", "Touchstone: conformance to the DynamoDB API")
    group.addoption(
        "--touchstone-target",
        action="append",
        default=[],
        metavar="NAME|URL",
        help="judge cases on this target; may be repeated. Without it, no case is collected.",
    )
    group.addoption(
        "--touchstone-baseline",
        default="reference",
        metavar="NAME|URL",
        help="what generated operations are held against (default: reference)",
    )
    group.addoption(
        "--touchstone-time",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long each property generates (default: 10)",
    )
    group.addoption(
        "--touchstone-seed", type=int, default=0, metavar="N", help="same seed, same scenarios (default: 0)"
    )
    group.addoption("--touchstone-report", type=Path, metavar="DIR", help="write the report there")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "feature(name): the feature that a case of Touchstone is about")
    config.addinivalue_line("markers", "operation(name): an operation that a case of Touchstone uses")
    names = config.getoption("touchstone_target")
    if not names:
        return
    from conformance.pytest_run import forget_parts
    from conformance.targets.registry import open_target
    from conformance.targets.target import TargetError

    try:
        for name in (config.getoption("touchstone_baseline"), *names):
            open_target(name)
    except TargetError as error:
        raise pytest.UsageError(str(error)) from None
    if config.getoption("touchstone_report") is not None and not _worker(config):
        forget_parts(config.getoption("touchstone_report"))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not parent.config.getoption("touchstone_target") or file_path.suffix not in (".yaml", ".yml"):
        return None
    from conformance.cases import is_case_file

    return CaseFile.from_parent(parent, path=file_path) if is_case_file(file_path) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "touchstone_target" in metafunc.fixturenames:
        metafunc.parametrize("touchstone_target", metafunc.config.getoption("touchstone_target"))


@pytest.fixture
def touchstone_run(request: pytest.FixtureRequest) -> PytestRun:
    """The targets of this session, and what listens to what is found."""
    return run_of(request.config)


@pytest.fixture
def touchstone_target(request: pytest.FixtureRequest) -> str:
    """The name of a target that was asked for; a test that takes it is run for each."""
    return str(request.param)


def run_of(config: pytest.Config) -> PytestRun:
    run = config.stash.get(_RUN, None)
    if run is None:
        from conformance.pytest_run import PytestRun

        run = config.stash[_RUN] = PytestRun(
            seed=config.getoption("touchstone_seed"),
            seconds=config.getoption("touchstone_time"),
            baseline=config.getoption("touchstone_baseline"),
        )
    return run


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop the targets and write the report: each worker of pytest-xdist its part, the controller the whole."""
    config = session.config
    run = config.stash.get(_RUN, None)
    directory: Path | None = config.getoption("touchstone_report")
    worker = _worker(config)
    if run is not None:
        ran_to_its_end = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        run.stop("" if ran_to_its_end else "the session of pytest was interrupted")
        if directory is not None:
            run.write(directory / f"part-{worker}" if worker else directory)
    elif directory is not None and not worker:
        from conformance.pytest_run import merge_parts

        crashed: list[str] = config.stash.get(_CRASHED, [])
        merge_parts(directory, crashed=crashed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """pytest-xdist: a worker that crashed leaves no part, which the whole must not hide."""
    if error:
        node.config.stash.setdefault(_CRASHED, []).append(node.gateway.id)


def _worker(config: pytest.Config) -> str | None:
    """The name of this worker of pytest-xdist; None in the controller, and without it."""
    name: str | None = getattr(config, "workerinput", {}).get("workerid")
    return name


class CaseFile(pytest.File):
    def collect(self) -> Iterator[CaseItem]:
        from conformance.cases import CaseError, load_cases

        try:
            cases = load_cases([self.path])
        except CaseError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            for target in self.config.getoption("touchstone_target"):
                yield CaseItem.from_parent(self, name=f"{case.id}[{target}]", case=case, target=target)


class CaseItem(pytest.Item):
    """One case on one target."""

    def __init__(self, *, case: Scenario, target: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.case = case
        self.target = target
        self.add_marker(pytest.mark.feature(name=case.feature))
        # `-k` cannot have hyphens: `-k put_item` finds the feature put-item.
        self.extra_keyword_matches |= {case.id.replace("-", "_"), case.feature.replace("-", "_")}
        for operation in case.operations:
            self.add_marker(pytest.mark.operation(name=operation))
            self.extra_keyword_matches.add(operation)

    def runtest(self) -> None:
        run = run_of(self.config)
        if "empty-server" in self.case.tags and not run.open(self.target).resettable:
            pytest.skip(f"needs an empty server, and {self.target} cannot be emptied")
        judged = run.judge(self.case, self.target)
        if judged.difference is not None:
            raise Diverged(judged)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from conformance.targets.target import TargetError

        if isinstance(excinfo.value, Diverged | TargetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


class Diverged(Exception):  # noqa: N818
    """A case whose expectations a target does not meet: the request, both sides, the evidence."""

    def __init__(self, judged: CaseJudged) -> None:
        super().__init__("\n".join(map(_clipped, _lines(judged))))


def _lines(judged: CaseJudged) -> Iterator[str]:
    case, difference = judged.case, judged.difference
    assert difference is not None
    yield f"{judged.target} diverges in {difference.layer}: {difference.kind}"
    if case.title:
        yield f"  case      {case.title}"
    if case.source:
        yield f"  at        {case.source}"
    if judged.step is not None:
        step = case.steps[judged.step]
        yield f"  step {judged.step + 1}    {step.operation} {step.raw or json.dumps(step.request, ensure_ascii=False)}"
    where = f" at {difference.path}" if difference.path else ""
    yield f"  expected  {difference.expected}{where}"
    yield f"  actual    {difference.actual}{where}"
    reply = None if judged.step is None else judged.replies.get(judged.step)
    if reply is not None:
        yield f"  reply     {reply.status} {json.dumps(reply.body, ensure_ascii=False)}{reply.failure}"
    if case.evidence is not None:
        yield f"  evidence  {case.evidence.kind}: {case.evidence.source} {case.evidence.note}".rstrip()


def _clipped(line: str) -> str:
    """An item of 400 KB may be the point of a case, and must not bury the rest of its failure."""
    return line if len(line) <= LINE_LENGTH else f"{line[:LINE_LENGTH]}… ({len(line):,} characters)"
