"""Write `reference_server/model/shapes.py` from botocore's service models of DynamoDB and of its streams.

    python tools/generate_shapes.py            writes the file
    python tools/generate_shapes.py --print    prints it

Run it after an upgrade of botocore, or after a change of `reference_server/model/amendments.py`.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import botocore

from reference_server import limits
from reference_server.model import amendments

SHAPES_FILE = Path(__file__).parent.parent / "reference_server" / "model" / "shapes.py"

HEADER = '''"""The input of every operation of the API, as types.

Generated from botocore {botocore} (DynamoDB and its streams, 2012-08-10) and `amendments.py` by
`tools/generate_shapes.py`: do not edit.

A type that has the name of a member beside it is called with an underscore there: `Update_` is `Update`.
An attribute value is decoded into a plain mapping, with its members checked; to the type checker it is what the rest of
the server takes it for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from msgspec import Meta, Struct
'''

CHECKED_APART = """if TYPE_CHECKING:
    from reference_server.attribute import AttributeValue as AttributeValue
else:

"""

# `extra["java"]` is the class that DynamoDB names when the JSON type is wrong; without it: Integer, Double.
PRIMITIVES: Mapping[str, tuple[str, str | None]] = {
    "string": ("str", None),
    "boolean": ("bool", None),
    "integer": ("int", None),
    "long": ("int", "Long"),
    "double": ("float", None),
    "timestamp": ("float", "Date"),
    "blob": ("str", None),
}

# The one shape that is not a Struct: items are decoded into the wire's own mappings (see `attribute.py`).
ATTRIBUTE_VALUE = "AttributeValue"


SERVICES = ("dynamodb", "dynamodbstreams")


def load_model(service: str) -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / service / "2012-08-10"
    packed = folder / "service-2.json.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    model: dict[str, Any] = json.loads(content)
    return model


def generate() -> str:
    """Shapes of one name are one shape: the services' models agree on those that they share."""
    shapes: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for service in SERVICES:
        model = load_model(service)
        operations |= model["operations"]
        for name, shape in model["shapes"].items():
            known = shapes.setdefault(name, shape)
            if _undocumented(known) != _undocumented(shape):
                raise SystemExit(f"the services' models differ in what {name} is")
    return HEADER.format(botocore=botocore.__version__) + _Module(shapes, operations).text()


def _undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _undocumented(member) for name, member in value.items() if name != "documentation"}
    return [_undocumented(element) for element in value] if isinstance(value, list) else value


class _Module:
    """Definitions in the order in which Python needs them: what a type is made of stands before it."""

    def __init__(self, shapes: dict[str, Any], operations: dict[str, Any]) -> None:
        self._shapes = shapes
        self._operations = operations
        self._definitions: dict[str, str] = {}
        self._unused_amendments = set(amendments.SHAPES) | set(amendments.MEMBERS)

    def text(self) -> str:
        inputs = {name: self._operations[name]["input"]["shape"] for name in sorted(self._operations)}
        for shape in inputs.values():
            self._define(shape)
        if self._unused_amendments:
            raise SystemExit(f"amendments to what the model does not have: {sorted(self._unused_amendments)}")
        table = "".join(f'    "{operation}": {shape},\n' for operation, shape in inputs.items())
        blocks = [*self._definitions.values(), f"INPUTS: dict[str, type[Struct]] = {{\n{table}}}\n"]
        text, previous = "", "import"
        for block in blocks:
            kind = "class" if block.startswith(("class", "if")) else "alias"
            text += ("" if kind == previous == "alias" else "\n\n" if "class" in (kind, previous) else "\n") + block
            previous = kind
        return text

    def _define(self, name: str) -> None:
        if name in self._definitions:
            return
        if name == ATTRIBUTE_VALUE:
            self._definitions[name] = ""  # it holds itself: known from here on
            text = CHECKED_APART + indent(self._class(name, "TypedDict, total=False", optional=""), " " * 4)
        elif self._shapes[name]["type"] == "structure":
            text = self._class(name, "Struct, kw_only=True", optional=" | None = None")
        else:
            text = f"{name} = {self._expression(self._traits(name), name)}\n"
        self._definitions.pop(name, None)
        self._definitions[name] = text

    def _class(self, name: str, base: str, *, optional: str) -> str:
        shape = self._shapes[name]
        lines = []
        for member, reference in shape["members"].items():
            place = f"{name}.{member}"
            required = member in shape.get("required", ()) or "required" in amendments.MEMBERS.get(place, {})
            annotation = self._annotation(reference["shape"], place)
            if annotation in shape["members"]:
                self._definitions[f"{annotation}_"] = f"{annotation}_ = {annotation}\n"
                annotation = f"{annotation}_"
            lines.append(f"    {member}: {annotation}{'' if required else optional}\n")
        return f"class {name}({base}):\n" + ("".join(lines) or "    pass\n")

    def _traits(self, shape: str, place: str = "") -> dict[str, Any]:
        self._unused_amendments -= {shape, place}
        amended = {
            **self._shapes[shape],
            **amendments.SHAPES.get(shape, {}),
            **{trait: value for trait, value in amendments.MEMBERS.get(place, {}).items() if trait != "required"},
        }
        return {trait: value for trait, value in amended.items() if value is not None}

    def _annotation(self, shape: str, place: str) -> str:
        """How a member refers to a shape: by its name if that says more than the type it stands for."""
        here = self._traits(shape, place)
        if here["type"] == "structure":
            self._define(shape)
            return shape
        expression = self._expression(here, shape)
        if here != self._traits(shape) or not expression.startswith(("Annotated", "Literal")):
            return expression
        self._define(shape)
        return shape

    def _expression(self, traits: dict[str, Any], shape: str) -> str:
        kind = traits["type"]
        if "enum" in traits:
            return f"Literal[{', '.join(json.dumps(value) for value in traits['enum'])}]"
        if kind == "list":
            base, java = f"list[{self._annotation(traits['member']['shape'], f'{shape}.member')}]", None
        elif kind == "map":
            key = self._annotation(traits["key"]["shape"], f"{shape}.key")
            base, java = f"dict[{key}, {self._annotation(traits['value']['shape'], f'{shape}.value')}]", None
        else:
            base, java = PRIMITIVES[kind]
        constraints = list(_constraints(traits, java))
        return f"Annotated[{base}, Meta({', '.join(constraints)})]" if constraints else base


def _constraints(traits: dict[str, Any], java: str | None) -> Iterator[str]:
    ranged = traits["type"] in ("integer", "long", "double")
    lowest, highest = ("ge", "le") if ranged else ("min_length", "max_length")
    if traits.get("min", 0) or (ranged and "min" in traits):
        yield f"{lowest}={traits['min']}"
    elif traits["type"] in ("integer", "long"):
        yield f"{lowest}={limits.LONG_MIN}"
    if "max" in traits:
        yield f"{highest}={traits['max']}"
    elif traits["type"] in ("integer", "long"):
        yield f"{highest}={limits.LONG_MAX}"
    extra: dict[str, Any] = {"java": java} if java else {}
    pattern = amendments.BASE64 if traits["type"] == "blob" else traits.get("pattern")
    if pattern is not None:
        # msgspec searches; DynamoDB matches the whole, and its `\\w` is ASCII.
        yield f"pattern={f'^(?a:{amendments.PATTERNS.get(pattern, pattern)})' + chr(92) + 'Z'!r}"
        if traits["type"] == "blob":
            extra["java"] = "ByteBuffer"
        else:
            extra["pattern"] = pattern
    if traits.get("arn"):
        extra["arn"] = True
    if extra:
        yield f"extra={extra!r}"


def main() -> None:
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(generate())
    else:
        SHAPES_FILE.write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
