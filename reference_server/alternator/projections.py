"""ProjectionExpression and AttributesToGet (dossier 8)."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.alternator import document_paths, expression_text, texts
from reference_server.alternator.document_paths import PathMap
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject, as_array, as_string
from reference_server.attribute import Item
from reference_server.errors import ValidationException


@dataclass(frozen=True, slots=True)
class Projection:
    tree: PathMap

    def project(self, item: Item) -> Item:
        return document_paths.project(item, self.tree)


def read(body: JSONObject, placeholders: Placeholders) -> Projection | None:
    """The projection of a read, None for the whole item. Raises ValidationException."""
    if "AttributesToGet" in body and "ProjectionExpression" in body:
        raise ValidationException(texts.PROJECTION_BOTH)
    if "AttributesToGet" in body:
        return Projection(_read_attributes(body))
    if "ProjectionExpression" in body:
        tree = expression_text.read_projection(body["ProjectionExpression"])
        paths = [placeholders.path(path) for path in tree.paths]
        return Projection(document_paths.join("ProjectionExpression", paths))
    return None


def _read_attributes(body: JSONObject) -> PathMap:
    """Names as they are: `m.k` is one attribute (recorded get-attributes-to-get-path)."""
    names = [as_string(name) for name in as_array(body["AttributesToGet"])]
    if not names:
        raise ValidationException(texts.ATTRIBUTES_TO_GET_EMPTY)
    for position, name in enumerate(names):
        if name in names[:position]:
            raise ValidationException(texts.ATTRIBUTES_TO_GET_DUPLICATE, name=name)
    return document_paths.join("AttributesToGet", [(name,) for name in names])
