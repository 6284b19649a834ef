"""The AWS SDK for JavaScript v3, from npm, over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("streams.mjs")
PACKAGES = ("@aws-sdk/client-dynamodb", "@aws-sdk/client-dynamodb-streams")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the SDK in it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    directory = tmp_path_factory.mktemp("javascript")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
    try:
        subprocess.run(install, cwd=directory, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install the SDK: {error}")
    return directory


def test_tables_items_streams_and_time_to_live(packages: Path, endpoint: str) -> None:
    script = shutil.copy(SCRIPT, packages)
    ran = subprocess.run(
        ["node", script, endpoint], check=False, cwd=packages, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {
        "queried": list(range(7)),
        "events": ["INSERT"] * 7,
        "ttl": {"AttributeName": "ttl", "TimeToLiveStatus": "ENABLED"},
        "refused": "ResourceNotFoundException",
    }
