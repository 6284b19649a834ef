"""Findings, read back from a record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_samples import record_of, sample_run

from conformance.findings import FindingError, divergence_from_json, finding_from_record
from conformance.report.record import Record, RecordError, write
from conformance.scenario_json import scenario_as_json, scenario_from_json
from conformance.sentences import sentence_of
from conformance.severity import severity_of
from conformance.strategies.generation import generate
from conformance.strategies.scenarios import scenarios


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(record_of(sample_run()).document(), tmp_path)
    return tmp_path


@settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_a_generated_scenario_survives_json(seed: int) -> None:
    for scenario in generate(scenarios(), seed=seed, count=2):
        assert scenario_from_json(json.loads(json.dumps(scenario_as_json(scenario)))) == scenario


def test_a_divergence_is_read_back_as_it_was() -> None:
    record = record_of(sample_run())
    written = {found["key"]: found for found in json.loads(json.dumps(record.document()))["divergences"]}
    assert written
    for divergence in record.divergences:
        read = divergence_from_json(written[divergence.signature.key])
        assert read.signature == divergence.signature
        assert read.difference == divergence.difference
        assert read.evidence == divergence.evidence
        assert scenario_as_json(read.scenario) == scenario_as_json(divergence.scenario)
        assert (read.step, read.law, read.flaky, read.known) == (
            divergence.step, divergence.law, divergence.flaky, divergence.known,
        )  # fmt: skip
        assert {name: reply.as_json() for name, reply in read.replies.items()} == {
            name: reply.as_json() for name, reply in divergence.replies.items()
        }
        # What is made of it is made of what was read.
        assert sentence_of(read) == sentence_of(divergence)
        assert severity_of(read) is severity_of(divergence)


def keys_of(record: Record) -> list[str]:
    return [divergence.signature.key for divergence in record.divergences]


def test_a_finding_is_found_by_the_beginning_of_its_key(folder: Path) -> None:
    for key in keys_of(record_of(sample_run())):
        assert finding_from_record(folder, key[:6]).signature.key == key
        assert finding_from_record(folder / "report.json", key).signature.key == key


@pytest.mark.parametrize("key", ["", "zz"])
def test_a_key_that_is_none_or_several_is_said_in_one_line(folder: Path, key: str) -> None:
    with pytest.raises(FindingError) as trouble:
        finding_from_record(folder, key)
    assert "\n" not in str(trouble.value)
    assert str(folder) in str(trouble.value)


def test_a_missing_record_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        finding_from_record(tmp_path / "none", "abc")
