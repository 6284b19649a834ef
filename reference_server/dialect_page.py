"""What differs between two dialects, as a page of Markdown: `touchstone dialects diff aws aws-2025`.

Between two wordings of AWS the page is read off the dialects' data, all of it, so nothing that differs can be left out
of it. Of Alternator it lists the rules (`alternator/rules.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reference_server import messages
from reference_server.alternator import page as alternator
from reference_server.alternator.edition import Edition
from reference_server.dialects import ENVELOPE, Dialect
from reference_server.messages import Message
from reference_server.model.rendering import lower_camel
from reference_server.model.wordings import Constraint, Groups, Phrase, Place, Style, Wording
from reference_server.protocols import AnyDialect

_NAMES: Final[Mapping[Message, str]] = {
    message: name for name, message in vars(messages).items() if isinstance(message, Message)
}
_ELEMENT: Final = ".*.member"


def render(one: AnyDialect, other: AnyDialect) -> str:
    """The page. A wording of AWS beside an Alternator says nothing: what differs then is what is done, by rules."""
    match one, other:
        case Dialect(), Dialect():
            lines = [line for section in _wordings(one, other) for line in section]
        case Edition(), Edition():
            lines = alternator.render_between(one, other)
        case (Dialect(), Edition() as edition) | (Edition() as edition, Dialect()):
            lines = alternator.render(edition.name)
    head = [f"# {one.name} and {other.name}", "", *(f"- `{each.name}`: {each.summary}" for each in (one, other))]
    return "\n".join([*head, *lines]) + "\n"


def _wordings(one: Dialect, other: Dialect) -> tuple[Iterator[str], ...]:
    return _envelopes(one, other), _texts(one, other), _orders(one, other), _phrases(one, other)


def _envelopes(one: Dialect, other: Dialect) -> Iterator[str]:
    rows = [
        (
            _list(sorted(family.value for family in each.enveloped_families)),
            _list(sorted(each.enveloped_operations)),
        )
        for each in (one, other)
    ]
    if rows[0] == rows[1]:
        return
    yield from ("", "## In an envelope", "", f"`{ENVELOPE}` goes before the messages of these families.", "")
    yield from ("| dialect | families | operations |", "|---|---|---|")
    for each, (families, operations) in zip((one, other), rows, strict=True):
        yield f"| {each.name} | {families} | {operations} |"


def _texts(one: Dialect, other: Dialect) -> Iterator[str]:
    rows = [
        (name, one.texts.get(message, message.text), other.texts.get(message, message.text))
        for message, name in _NAMES.items()
    ]
    changed = [row for row in rows if row[1] != row[2]]
    if not changed:
        return
    yield from ("", "## Other texts", "", "By the entry of `messages.py`.")
    for name, text, other_text in changed:
        yield from ("", f"- {name}", f"  - {one.name}: `{text}`", f"  - {other.name}: `{other_text}`")


def _orders(one: Dialect, other: Dialect) -> Iterator[str]:
    structures = [
        structure
        for structure in {**one.wording.groups, **other.wording.groups}
        if _order(one.wording, structure) != _order(other.wording, structure)
    ]
    if not structures:
        return
    yield from ("", "## The order in which members are checked", "")
    yield "What is refused up to a semicolon is told together, and ends it. `...` are all others, in the model's order."
    for structure in structures:
        yield from ("", f"- {structure}")
        yield from (f"  - {each.name}: {_order(each.wording, structure)}" for each in (one, other))
    for each in (one, other):
        for (operation, member), earlier in each.wording.without.items():
            yield from ("", f"- {each.name}, {operation} without {member}: as {earlier.name}")


def _order(wording: Wording, structure: str) -> str:
    groups: Groups = wording.groups.get(structure, ((),))
    return "; ".join(", ".join(group) for group in (*groups[:-1], (*groups[-1], "...")))


def _phrases(one: Dialect, other: Dialect) -> Iterator[str]:
    """Rows by what is said, as many operations and constraints share it."""
    shared: dict[tuple[str, str, str], list[Place]] = {}
    for place in {**one.wording.phrases, **other.wording.phrases}:
        texts = [_phrase(each.wording.phrases.get(place), place) for each in (one, other)]
        if texts[0] != texts[1]:
            shared.setdefault((place[1], *texts), []).append(place)  # type: ignore[arg-type]  # there are two texts
    if not shared:
        return
    yield from ("", "## How a refused member is told")
    for (path, text, other_text), places in shared.items():
        operations = _list(sorted({operation for operation, _, _ in places}))
        constraints = _list(each.value for each in Constraint if any(each is constraint for *_, constraint in places))
        yield from ("", f"- {path} of {operations} ({constraints})")
        yield from (f"  - {one.name}: `{text}`", f"  - {other.name}: `{other_text}`")


def _phrase(phrase: Phrase | None, place: Place) -> str:
    """What is told, with `…` for what depends on the request."""
    path = place[1]
    if phrase is None:
        # Nothing is said of an element of a list or map: the whole is refused for it (`constraints.py`).
        phrase, path = Phrase(), path.removesuffix(_ELEMENT)
    constraint = "…" if phrase.constraint is None else phrase.constraint.text
    capital = path.replace("*", "…")
    lower = ".".join(map(lower_camel, capital.split(".")))
    match phrase.style:
        case Style.BARE:
            return constraint
        case Style.ALONE:
            return f"{ENVELOPE}{constraint}"
        case Style.SILENT:
            return ENVELOPE + messages.MEMBER_SILENT.text.format(path=capital, constraint=constraint)
        case Style.SILENT_LOWER:
            return ENVELOPE + messages.MEMBER_SILENT.text.format(path=lower, constraint=constraint)
        case Style.ECHO:
            return ENVELOPE + messages.MEMBER.text.format(value="…", path=lower, constraint=constraint)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
