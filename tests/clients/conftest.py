"""Servers for the clients, and the clients that have a process of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from observed_server import ObservedServer, moto, observed_server
from sdk_clients import Driver, environment_without_aws

HERE: Final = Path(__file__).parent
PACKAGES: Final = ("@aws-sdk/client-dynamodb", "@aws-sdk/client-dynamodb-streams")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server of the module's own, started as users start it."""
    with subprocess.Popen(
        ["touchstone", "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[\w.:]+", process.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def beside() -> Iterator[str]:
    """Where S3 and Kinesis are."""
    with moto() as address:
        yield address


@pytest.fixture(scope="session")
def observed(beside: str) -> Iterator[ObservedServer]:
    with observed_server(beside) as server:
        yield server


@pytest.fixture(scope="session")
def aws_cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    pytest.importorskip("awscli", reason="the AWS CLI is not installed")
    nowhere = tmp_path_factory.mktemp("aws")
    # Whatever the user's own configuration says.
    environment = environment_without_aws() | {
        "AWS_CONFIG_FILE": str(nowhere / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere / "none"),
        "AWS_PAGER": "",
    }
    with Driver([sys.executable, str(HERE / "aws_cli_driver.py")], nowhere, environment) as driver:
        yield driver


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    directory = tmp_path_factory.mktemp("javascript")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
    try:
        subprocess.run(install, cwd=directory, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install the SDK: {error}")
    script = shutil.copy(HERE / "javascript_driver.mjs", directory)
    with Driver(["node", str(script)], directory, environment_without_aws()) as driver:
        yield driver
