"""Implementations that are fetched: into the cache and nowhere else, all or nothing; and `touchstone targets`."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli import touchstone
from conformance.commands.status import Unusable
from conformance.targets.fetching import DYNALITE, DYNOXIDE, MINISTACK, PACKAGES, cache_directory
from conformance.targets.registry import TARGETS, open_target
from conformance.targets.target import TargetError

# An npm that has one package, of the version that it is asked for, and keeps a log.
NPM = """#!/bin/sh
echo "$*" >> "$0.log"
case "$1" in
  pack)
    cp {archive} "$4/dynoxide.tgz" ;;
  install)
    mkdir -p "$3/node_modules/dynalite"
    echo '{{"version": "4.0.0"}}' > "$3/node_modules/dynalite/package.json" ;;
esac
[ {status} = 0 ] || echo "npm error 404 Not Found - {place}" >&2
exit {status}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Install an npm before all others; returns its log."""
    folder = tmp_path / "bin"
    folder.mkdir()
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as members:
        for name, content, mode in (
            ("package/package.json", b'{"version": "1.2.1"}', 0o644),
            ("package/dynoxide", b"#!/bin/sh\necho dynoxide 1.2.1\n", 0o755),
        ):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            members.addfile(member, io.BytesIO(content))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def install(status: int = 0) -> Path:
        script = folder / "npm"
        script.write_text(NPM.format(archive=archive, status=status, place="a registry"))
        script.chmod(0o755)
        return Path(f"{script}.log")

    return install


def test_the_cache_is_where_it_is_said_to_be(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOUCHSTONE_CACHE", "/a")
    assert cache_directory() == Path("/a")
    monkeypatch.delenv("TOUCHSTONE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert cache_directory() == Path("/b/touchstone")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == Path.home() / ".cache/touchstone"


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_not_fetched_says_how_to_get_it(cache: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TargetError, match=f"not fetched: touchstone targets fetch {name}"):
        open_target(name).check()
    assert not cache.exists(), "nothing is fetched without being asked for"


def test_a_package_is_fetched_unpacked_and_found(npm: Callable[..., Path], cache: Path):
    log = npm()
    assert DYNOXIDE.fetch() == "1.2.1"
    assert "pack @dynoxide/linux-x64@latest" in log.read_text()
    described = open_target("dynoxide").describe()
    assert described.version == "1.2.1"
    assert sorted(path.name for path in cache.iterdir()) == ["dynoxide"]


def test_a_package_is_installed_with_what_it_needs_but_runs_nothing(npm: Callable[..., Path]):
    log = npm()
    assert DYNALITE.fetch("4.0.0") == "4.0.0"
    assert "--ignore-scripts" in log.read_text()
    assert log.read_text().split()[-1] == "dynalite@4.0.0"


def test_what_cannot_be_fetched_is_one_line_and_leaves_what_was_there(npm: Callable[..., Path], cache: Path):
    npm()
    DYNOXIDE.fetch()
    npm(status=1)
    with pytest.raises(TargetError, match=r"dynoxide was not fetched: npm: npm error 404 Not Found - a registry"):
        DYNOXIDE.fetch("9.9.9")
    assert DYNOXIDE.fetched_version() == "1.2.1"
    assert sorted(path.name for path in cache.iterdir()) == ["dynoxide"]


def test_without_npm_one_is_told_to_install_it(cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TargetError, match=r"fetched by npm, which is not installed: install Node.js") as refusal:
        DYNALITE.fetch()
    assert "\n" not in str(refusal.value)


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TOUCHSTONE_CACHE", str(tmp_path / "file"))
    with pytest.raises(TargetError, match=r"ministack cannot be kept in .*: Not a directory: set TOUCHSTONE_CACHE"):
        MINISTACK.fetch()


# --- the command ------------------------------------------------------------------------------------------


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(touchstone, ["targets", *arguments], standalone_mode=False)


def test_every_target_is_listed_with_what_there_is_of_it(cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    lines = {line.split()[0]: line for line in invoked().output.splitlines()}
    assert set(TARGETS) <= set(lines)
    assert "in process" in lines["reference"]
    assert "missing: not fetched: touchstone targets fetch dynalite" in lines["dynalite"]
    assert "missing: Alternator needs a container engine" in lines["alternator"]
    assert "missing: AWS needs a region" in lines["aws"]


def test_the_list_is_there_for_machines(cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    listed = {target["name"]: target for target in json.loads(invoked("--json").output)}
    assert list(listed) == list(TARGETS)
    assert listed["reference"]["installed"] is True
    assert listed["reference"]["version"]
    assert listed["ministack"]["installed"] is False
    assert listed["ministack"]["get"] == "touchstone targets fetch ministack"
    assert listed["ministack"]["missing"]


def test_fetch_fetches_and_tells_the_version(npm: Callable[..., Path], cache: Path):
    npm()
    result = invoked("fetch", "dynoxide", "dynalite@4.0.0")
    assert result.exception is None
    assert f"@dynoxide/linux-x64 1.2.1 is in {cache / 'dynoxide'}" in result.output
    assert f"dynalite 4.0.0 is in {cache / 'dynalite'}" in result.output


def test_fetch_refuses_what_it_does_not_know_before_it_fetches_anything(npm: Callable[..., Path], cache: Path):
    npm()
    result = invoked("fetch", "dynoxide", "moto")
    assert isinstance(result.exception, Unusable)
    assert "moto is none of those that are fetched: there are dynamodb-local" in str(result.exception)
    assert not cache.exists()
