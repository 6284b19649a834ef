"""Targets in containers, with an engine that is none: a script that keeps a log and serves the reference."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.scenario import Outcome, Step
from conformance.targets import alternator
from conformance.targets.alternator import AlternatorTarget
from conformance.targets.container import find_engine
from conformance.targets.dynamodb_local import DynamoDBLocalTarget
from conformance.targets.registry import open_target
from conformance.targets.target import TargetError, WireRequest

LIST_TABLES = WireRequest.of(Step("ListTables"))

ENGINE = """#!/bin/sh
echo "$*" >> "$0.log"
case "$1" in
  info) exit {info} ;;
  image) exit {image} ;;
  pull) echo "no route to the registry" >&2; exit {pull} ;;
  run)
    for word in "$@"; do case "$word" in --publish=*) port="${{word#--publish=127.0.0.1:}}" ;; esac; done
    exec {run} ;;
  exec) echo 2026.1.0 ;;
esac
"""
SERVES = f'{sys.executable} -m reference_server --host 127.0.0.1 --port "${{port%%:*}}"'
SLEEPS = f"{sys.executable} -c 'import time; time.sleep(60)'"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Install an engine, the only one on the PATH; returns its log."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path / "cache"))

    def install(name: str = "docker", *, info: int = 0, image: int = 0, pull: int = 0, run: str = SERVES) -> Path:
        script = tmp_path / name
        script.write_text(ENGINE.format(info=info, image=image, pull=pull, run=run))
        script.chmod(0o755)
        return Path(f"{script}.log")

    return install


def test_alternator_is_started_emptied_asked_and_removed(engine: Callable[..., Path]):
    log = engine()
    with AlternatorTarget() as target:
        assert target.describe().version == "2026.1.0"
        target.reset()
        assert target.send(LIST_TABLES).outcome is Outcome.ACCEPTED
    target.stop()
    commands = [line for line in log.read_text().splitlines() if line != "info"]
    assert [command.split()[0] for command in commands] == ["image", "run", "exec", "rm"]
    _, run, execute, remove = commands
    assert "--rm --init --label=touchstone" in run
    assert ":8000 scylladb/scylla --alternator-port=8000" in run
    assert "--alternator-write-isolation=only_rmw_uses_lwt" in run
    container = run.partition("--name=")[2].split()[0]
    assert execute == f"exec {container} scylla --version"
    assert remove == f"rm --force {container}"


def test_a_container_that_does_not_answer_is_removed(engine: Callable[..., Path]):
    log = engine(run=SLEEPS)
    with pytest.raises(TargetError, match=r"alternator did not listen within 0.3 s"), AlternatorTarget(patience=0.3):
        pass
    assert log.read_text().splitlines()[-1].startswith("rm --force touchstone-")


def test_an_image_that_is_not_there_is_pulled_first(engine: Callable[..., Path]):
    log = engine(image=1, pull=1)
    with pytest.raises(TargetError, match=r"`docker pull` failed \(no route to the registry\)"), AlternatorTarget():
        pass
    assert "pull scylladb/scylla" in log.read_text().splitlines()


def test_an_image_may_be_named(engine: Callable[..., Path]):
    engine()
    assert open_target("alternator:scylladb/scylla:6.2").describe().how == "container of scylladb/scylla:6.2"


def test_podman_does_as_well(engine: Callable[..., Path]):
    engine("docker", info=1)
    engine("podman")
    assert find_engine("It") == "podman"


def test_without_an_engine_one_is_told_what_is_missing(engine: Callable[..., Path]):
    with pytest.raises(TargetError, match=r"docker is not installed, podman is not installed.*URL of a running"):
        AlternatorTarget().start()
    engine("docker", info=1)
    with pytest.raises(TargetError, match="docker is installed but not running") as refusal:
        AlternatorTarget().start()
    assert "\n" not in str(refusal.value)


def test_the_lab_options_are_given():
    assert "--alternator-write-isolation=only_rmw_uses_lwt" in alternator.OPTIONS


# --- DynamoDB Local, which has three ways -----------------------------------------------------------------


def test_dynamodb_local_is_in_a_container_where_that_is_all_there_is(engine: Callable[..., Path]):
    log = engine()
    with open_target("dynamodb-local") as target:
        assert target.describe().how == "container of amazon/dynamodb-local"
        assert target.send(LIST_TABLES).outcome is Outcome.ACCEPTED
    assert "amazon/dynamodb-local -jar DynamoDBLocal.jar -inMemory -sharedDb" in log.read_text()


def test_a_jar_that_is_named_goes_before_a_container(
    engine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    engine()
    (tmp_path / "DynamoDBLocal.jar").touch()
    for path in (tmp_path, tmp_path / "DynamoDBLocal.jar"):
        target = open_target(f"dynamodb-local:{path}")
        assert isinstance(target, DynamoDBLocalTarget)
        monkeypatch.setenv("TOUCHSTONE_DYNAMODB_LOCAL", str(path))
        assert isinstance(open_target("dynamodb-local"), DynamoDBLocalTarget)
        assert open_target("dynamodb-local:container").describe().how == "container of amazon/dynamodb-local"
        with pytest.raises(TargetError, match="needs Java 17"):
            target.check()


def test_where_there_is_nothing_one_is_told_the_three_ways(engine: Callable[..., Path]):
    with pytest.raises(TargetError) as refusal:
        open_target("dynamodb-local").check()
    for way in ("touchstone targets fetch dynamodb-local", "TOUCHSTONE_DYNAMODB_LOCAL", "docker or podman"):
        assert way in str(refusal.value)
