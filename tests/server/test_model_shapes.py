"""The generated module is what its generator makes, and holds what the decoder needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from reference_server.model import shapes, types

ROOT = Path(__file__).parent.parent.parent


def test_regenerating_gives_the_checked_in_file() -> None:
    botocore = pytest.importorskip("botocore")
    checked_in = Path(shapes.__file__).read_text(encoding="utf-8")
    generated_from = re.search(r"botocore ([\d.]+)", checked_in)
    assert generated_from is not None
    if generated_from[1] != botocore.__version__:
        pytest.skip(f"generated from botocore {generated_from[1]}, this is {botocore.__version__}")
    command = [sys.executable, str(ROOT / "tools" / "generate_shapes.py"), "--print"]
    generated = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    assert generated.stdout.decode() == checked_in


@pytest.mark.parametrize("operation", shapes.INPUTS)
def test_every_input_can_be_decoded_and_read_back(operation: str) -> None:
    shape = shapes.INPUTS[operation]
    msgspec.json.Decoder(shape)
    read_back = types.input_type(operation)
    assert tuple(read_back.members) == shape.__struct_fields__
    assert read_back.name == shape.__name__


def test_optional_members_default_to_none_and_required_ones_have_no_default() -> None:
    members = types.input_type("PutItem").members
    assert {name for name, member in members.items() if member.required} == {"TableName", "Item"}
    request = shapes.PutItemInput(TableName="t", Item={})
    assert request.ReturnValues is None


def test_an_attribute_value_holds_attribute_values() -> None:
    item = types.input_type("PutItem").members["Item"].type
    assert isinstance(item, types.MapType)
    value = item.value
    assert isinstance(value, types.StructureType)
    assert set(value.members) == {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}
    content = value.members["L"].type
    assert isinstance(content, types.ListType)
    assert content.element is value


def test_enumerations_keep_the_order_in_which_they_are_printed() -> None:
    select = types.input_type("Query").members["Select"].type
    assert isinstance(select, types.StringType)
    assert select.values == ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
