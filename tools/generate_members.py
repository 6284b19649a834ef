"""Write `conformance/strategies/members.json` from botocore's service models of DynamoDB and of its streams.

    python tools/generate_members.py            writes the file
    python tools/generate_members.py --print    prints it

It has the input shapes of the operations that are generated, with what the model says of their members: types, required
ones, lengths, ranges, patterns, enumerations. Requests are broken by it (`strategies/faults.py`) and coverage is
counted by it, so the suite needs no botocore at run time. Run it after an upgrade of botocore, or when an operation has
been added to `OPERATIONS`.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import botocore

from conformance.strategies.operations import OPERATIONS

MEMBERS_FILE = Path(__file__).parent.parent / "conformance" / "strategies" / "members.json"
TRAITS = ("min", "max", "pattern", "enum", "required")


SERVICES = ("dynamodb", "dynamodbstreams")


def load_model(service: str) -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / service / "2012-08-10"
    packed = folder / "service-2.json.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    model: dict[str, Any] = json.loads(content)
    return model


def generate() -> str:
    inputs: dict[str, str] = {}
    shapes: dict[str, Any] = {}
    # What both have under one name is taken from the first: what the inputs of both have is the same.
    for model in map(load_model, SERVICES):
        for name in sorted(OPERATIONS.keys() & model["operations"].keys()):
            inputs[name] = model["operations"][name]["input"]["shape"]
            _add(inputs[name], model["shapes"], shapes)
    if missing := sorted(OPERATIONS.keys() - inputs.keys()):
        raise SystemExit(f"botocore {botocore.__version__} has no operation {', '.join(missing)}: upgrade it")
    members = {
        "source": f"botocore {botocore.__version__}, DynamoDB 2012-08-10; tools/generate_members.py",
        "operations": dict(sorted(inputs.items())),
        "shapes": dict(sorted(shapes.items())),
    }
    return json.dumps(members, indent=1) + "\n"


def _add(name: str, model: dict[str, Any], shapes: dict[str, Any]) -> None:
    if name in shapes:
        return
    described = model[name]
    shape: dict[str, Any] = {"type": described["type"]}
    shape |= {trait: described[trait] for trait in TRAITS if described.get(trait) not in (None, [])}
    shapes[name] = shape
    if described["type"] == "structure":
        shape["members"] = {member: reference["shape"] for member, reference in described["members"].items()}
    for trait in ("member", "key", "value"):
        if trait in described:
            shape[trait] = described[trait]["shape"]
    inner = [
        *shape.get("members", {}).values(),
        *(shape[trait] for trait in ("member", "key", "value") if trait in shape),
    ]
    for other in inner:
        _add(other, model, shapes)


def main() -> None:
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(generate())
    else:
        MEMBERS_FILE.write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
