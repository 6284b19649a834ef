"""The examples of PynamoDB's own README, word for word, as the installed package carries it: in process and over HTTP.

Its other pages are not in any package that PyPI has; `test_pynamodb.py` goes over their topics with models of our own.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import nullcontext
from importlib.metadata import metadata
from typing import Any, Final

import pytest

from reference_server import in_process

pytest.importorskip("pynamodb", reason="PynamoDB is not installed")

from pynamodb.exceptions import QueryError

BLOCK: Final = re.compile(r"^\.\. code-block:: python\n\n((?: {4}.*\n|\n)+)", re.MULTILINE)
LOCAL: Final = "http://localhost:8000"


@pytest.fixture
def examples() -> list[str]:
    readme = metadata("pynamodb").json["description"]
    return [textwrap.dedent(block) for block in BLOCK.findall(str(readme))]


@pytest.fixture(params=["in process", "HTTP"])
def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the examples' `localhost:8000` is."""
    for name, value in (("REGION", "us-east-1"), ("ACCESS_KEY_ID", "any"), ("SECRET_ACCESS_KEY", "any")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    over_http = request.param == "HTTP"
    if over_http:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", request.getfixturevalue("endpoint"))
    with nullcontext() if over_http else in_process():
        yield request.getfixturevalue("endpoint") if over_http else LOCAL


def test_every_example_of_the_readme(examples: list[str], host: str, capsys: pytest.CaptureFixture[str]) -> None:
    model, create, save, search, search_by_email, get, indexed, search_index, at_a_host, with_a_stream = examples
    names: dict[str, Any] = {}

    def run(example: str) -> list[str]:
        exec(example.replace(LOCAL, host), names)
        return capsys.readouterr().out.splitlines()

    for example in (model, create, save):
        run(example)
    # The README takes "John" for the sort key, but a model's first value is its partition key: nobody is named Denver.
    assert run(search) == []
    assert run(get) == ["UserModel(email='djohn@company.org', first_name='Denver', last_name='John')"]
    names["UserModel"]("Denver", "Jane").save()
    assert run(search) == ["Jane"]

    # Its second query asks for an attribute that is no key, which DynamoDB refuses.
    with pytest.raises(QueryError, match="Query condition missed key schema element: first_name"):
        run(search_by_email)

    run(indexed)
    with pytest.raises(QueryError, match="Requested resource not found"):
        run(search_index)  # nothing in the README creates this one's table
    names["TestModel"].create_table(read_capacity_units=1, write_capacity_units=1, wait=True)
    names["TestModel"]("Python", "Conditions").save()
    names["TestModel"]("Python", "Types", view=3).save()
    (found,) = run(search_index)
    assert found.startswith("Item queried from index: TestModel(")
    assert "thread='Conditions'" in found

    run(at_a_host)
    names["UserModel"]("Denver", "Jack").save()
    assert [user.first_name for user in names["UserModel"].query("Denver")] == ["Jack", "Jane"]

    names["UserModel"].delete_table(wait=True)
    run(with_a_stream)
    names["AnimalModel"].create_table(read_capacity_units=1, write_capacity_units=1, wait=True)
    described = names["AnimalModel"].describe_table()
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    for one in ("AnimalModel", "TestModel"):
        names[one].delete_table(wait=True)
