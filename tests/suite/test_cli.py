"""The command: its exit statuses, and that it answers whatever it is given with one clear line."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from report_samples import record_of, sample_run, started

from conformance import campaign, cli, events
from conformance.commands import options
from conformance.report.record import read

# The script that pip made, beside the interpreter that runs this.
SCRIPT = Path(sys.executable).with_name("touchstone")

CASES = """\
touchstone: 1
feature: get-item
cases:
  - id: get-item/absent
    title: An absent item is no member.
    evidence: {kind: documented, source: https://docs.aws.amazon.com/}
    tables:
      - TableName: music
        AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
        KeySchema: [{AttributeName: pk, KeyType: HASH}]
        BillingMode: PAY_PER_REQUEST
    steps:
      - GetItem: {TableName: music, Key: {pk: {S: a}}}
        expect: {body: {}}
"""
DIVERGING = CASES.replace("body: {}", "error: ValidationException").replace("get-item/absent", "get-item/wrong")


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    complaint: str


Touchstone = Callable[..., Answer]


@pytest.fixture
def touchstone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Touchstone:
    """The command in this process, in a folder of its own. Arguments are words; paths may be among them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOUCHSTONE_DEBUG", raising=False)

    def run(words: str, *more: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["touchstone", *words.split(), *map(str, more)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(CASES)
    return path


# --- what it comes to -------------------------------------------------------------------------------------


def test_no_divergence_is_status_0(touchstone: Touchstone, cases: Path) -> None:
    answer = touchstone("run --no-generate --cases", cases)
    assert answer.status == 0, answer
    assert "reference: 1 case agrees" in answer.out
    assert read(Path("reports/latest"))["footer"]["complete"]


def test_divergences_are_status_1(touchstone: Touchstone, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(DIVERGING)
    answer = touchstone("run --no-generate --report here --cases", path)
    assert answer.status == 1, answer
    (found,) = read(Path("here"))["divergences"]
    assert found["key"] in answer.out
    assert found["title"] == "GetItem: accepted where ValidationException was expected"
    assert (found["target"], found["baseline"], found["evidence"]["kind"]) == ("reference", "case", "documented")


def test_generated_operations_are_counted_and_the_seed_is_told(touchstone: Touchstone) -> None:
    answer = touchstone("run --target reference-http --no-cases --operations 40 --operation GetItem --seed 5")
    assert answer.status == 0, answer
    record = read(Path("reports/latest"))
    assert (record["seeds"], record["budget"]) == ([5], {"seconds": None, "operations": 40})
    assert record["selection"] == ["operation GetItem"]
    assert "seed 5" in answer.out
    assert sum(record["generated"]["operations"]["get-item"]["reference-http"].values()) > 0


def faked(monkeypatch: pytest.MonkeyPatch, run: list[events.Event]) -> None:
    monkeypatch.setattr(campaign, "run", lambda *_, **__: (event for event in run))


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (events.RunFinished(True, "finished", 1.0), 1),
        (events.RunFinished(False, "interrupted", 1.0), 130),
        # Divergences or not: what was not asked may hide more, so there is no verdict.
        (events.RunFinished(False, "moto was lost: connection refused", 1.0), 2),
    ],
)
def test_the_status_says_how_the_run_ended(
    touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch, cases: Path, end: events.RunFinished, status: int
) -> None:
    faked(monkeypatch, [*sample_run()[:-1], end])
    assert touchstone("run --cases", cases).status == status
    assert read(Path("reports/latest"))["footer"]["reason"] == end.reason


def test_ctrl_c_between_two_events_ends_the_run_as_if_it_had_struck_within(
    touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch, cases: Path
) -> None:
    def run(*_: Any, **__: Any) -> Iterator[events.Event]:
        try:
            yield from sample_run()[:-1]
        except KeyboardInterrupt:
            yield events.RunFinished(False, "interrupted", 1.0)

    strikes = iter([None, KeyboardInterrupt])

    def struck(*_: Any) -> None:
        strike = next(strikes, None)
        if strike:
            raise strike

    monkeypatch.setattr(campaign, "run", run)
    monkeypatch.setattr("conformance.report.terminal.LineReporter.listen", struck)
    assert touchstone("run --cases", cases).status == 130
    assert read(Path("reports/latest"))["footer"] == {"complete": False, "reason": "interrupted", "seconds": 1.0}


def test_an_interruption_that_a_callback_swallowed_ends_the_run_all_the_same(
    touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch, cases: Path
) -> None:
    def run(*_: Any, **__: Any) -> Iterator[events.Event]:
        try:
            yield started()
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            while True:
                yield events.ScenarioReplayed(None, {"PutItem": 1}, 0)
        except KeyboardInterrupt:
            yield events.RunFinished(False, "interrupted", 1.0)

    monkeypatch.setattr(campaign, "run", run)
    handler = signal.getsignal(signal.SIGTERM)
    # As in a terminal: workers of pytest-xdist ignore the signal, and then so does a run.
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.default_int_handler)
    assert touchstone("run --cases", cases).status == 130
    monkeypatch.undo()
    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_leaves_a_report(tmp_path: Path, number: signal.Signals) -> None:
    run = subprocess.Popen(
        [SCRIPT, "run", "--target", "reference-http", "--no-cases", "--time", "60s", "--report", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Workers of pytest-xdist ignore SIGINT, and what is ignored is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (no threads here)
    )
    try:
        assert run.stderr is not None
        assert run.stderr.readline().startswith("reference ")
        run.send_signal(number)
        out, complaint = run.communicate(timeout=30)
    finally:
        run.kill()
    assert run.returncode == 130, complaint
    assert "Traceback" not in complaint
    assert "The run did not come to its end: interrupted" in out
    assert read(tmp_path)["footer"]["reason"] == "interrupted"


# --- what it cannot do ------------------------------------------------------------------------------------


def unreachable() -> str:
    """An address where nobody listens: a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("run --target mottto", "no target is called 'mottto': there are reference,"),
        ("run --target {unreachable}", "{unreachable}"),
        ("run --cases nowhere", "nowhere: there is no such file or folder"),
        ("run --cases broken.yaml", "broken.yaml:4: is not YAML"),
        ("run --cases whole", "holds no case file"),
        ("run --feature put-itme", "no case has the feature 'put-itme'"),
        ("run --operation PutItme", "no operation PutItme"),
        ("run --layers data,sound", "--layers 'data,sound': there are outcome, error type"),
        ("run --time soon", "'soon' is no time: write 60s, 10m or 1h"),
        ("run --no-cases --no-generate", "nothing to do"),
        ("run -k no-case-has-this", "nothing to do"),
        ("run --no-generate -k put-item --report taken/report", "the report cannot be written to taken/report"),
        ("run --sideways", "No such option"),
        ("sideways", "No such command"),
        ("report nowhere", "nowhere: No such file or directory"),
        ("report broken.yaml", "not JSON"),
        ("report .", "report.json: has no footer"),
        ("report whole --report taken/report", "the report cannot be written to taken/report"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    touchstone: Touchstone, tmp_path: Path, words: str, complaint: str
) -> None:
    (tmp_path / "broken.yaml").write_text("touchstone: 1\nfeature: x\ncases: [{id: x\n")
    (tmp_path / "taken").write_text("a file where a folder is due")
    record_of([started()]).write(tmp_path)
    record_of(sample_run()).write(tmp_path / "whole")
    address = unreachable()
    answer = touchstone(words.format(unreachable=address))
    assert answer.status == 2, answer
    assert complaint.format(unreachable=address) in answer.complaint
    assert "Traceback" not in answer.complaint
    # click says how the command is used first; everything else is one line.
    said = [line for line in answer.complaint.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert len(said) == 1, answer


def test_the_script_itself_answers_so_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [SCRIPT, "run", "--target", unreachable()], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "reports").exists()


def test_a_fault_of_our_own_is_one_line_and_says_how_to_see_more(
    touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch, cases: Path
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(campaign, "run", fail)
    answer = touchstone("run --cases", cases)
    assert answer.status == 2
    assert answer.complaint == (
        "touchstone: a fault of Touchstone's own: RuntimeError: two lines (TOUCHSTONE_DEBUG=1 shows the traceback)\n"
    )


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, touchstone: Touchstone, cases: Path) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(campaign, "run", fail)
    monkeypatch.setenv("TOUCHSTONE_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["touchstone", "run", "--cases", str(cases)])
    with pytest.raises(RuntimeError, match="a fault"):
        cli.main()


# --- the rest ---------------------------------------------------------------------------------------------


def test_records_become_one_report(touchstone: Touchstone, tmp_path: Path) -> None:
    record_of(sample_run()).write(tmp_path / "one")
    record_of([started(seed=8), events.RunFinished(True, "finished", 1.0)]).write(tmp_path / "two")
    answer = touchstone("report one two/report.json")
    assert answer.status == 1
    assert "1 of 2 cases agree" in answer.out
    assert read(Path("reports/merged"))["seeds"] == [7, 8]


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200)])
def test_times(text: str, seconds: float) -> None:
    assert options.duration(text) == seconds


def test_targets_says_what_there_is_and_what_is_missing(
    touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    answer = touchstone("targets")
    lines = {line.split()[0]: line for line in answer.out.splitlines()}
    assert answer.status == 0
    assert "in process" in lines["reference"]
    assert "missing: Alternator needs a container engine" in lines["alternator"]


def test_version(touchstone: Touchstone) -> None:
    assert touchstone("--version").out.startswith("touchstone, version ")


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    program = "import json, sys, conformance.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"hypothesis", "rich", "jinja2", "yaml", "jsonschema", "orjson", "moto", "uvicorn", "reference_server"}
    assert not heavy & {name.partition(".")[0] for name in json.loads(done.stdout)}
