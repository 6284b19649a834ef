"""The differences between DynamoDB and Alternator, each a rule with its evidence and its effect on an application.

`rules.yaml` is the table; it is read here and nowhere else. Code cites a rule in a comment by its id, the page of
differences prints them, and the migration report and the expectation file explain divergences by them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Final

import msgspec
import yaml

FILE: Final = "rules.yaml"

Text = Annotated[str, msgspec.Meta(min_length=1)]
# Words of small letters and digits with hyphens between them.
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^https://")]


class Section(StrEnum):
    """The dossier's sections 1 to 14, in its order."""

    OPERATIONS = "operations"
    WIRE = "wire"
    LIMITS = "limits"
    TABLES = "tables"
    UPDATE_TABLE = "update-table"
    TAGS = "tags"
    TIME_TO_LIVE = "time-to-live"  # with tags in the dossier
    VALUES = "values"
    REQUESTS = "requests"
    CAPACITY = "capacity"
    WRITE_ISOLATION = "write-isolation"
    STREAMS = "streams"
    VECTOR_SEARCH = "vector-search"
    INTERNAL_TABLES = "internal-tables"
    AUTHENTICATION = "authentication"


class Evidence(StrEnum):
    RECORDED = "recorded"  # seen in the recording of 6.2.3, in the requests that the rule names
    READ = "read"  # in the dossier, by its reading of source and documents or a run that no recording keeps
    INFERRED = "inferred"  # in neither: found by our own search, as the dialect has it; to be checked on a real server


class Effect(StrEnum):
    """What an application feels, gravest first."""

    WRONG_DATA = "wrong-data"  # other data is answered or stored, without an error
    REFUSED = "refused"  # what AWS does is refused
    ACCEPTED = "accepted"  # what AWS refuses is done
    MISSING = "missing"  # a member of a reply is absent, or describes something else
    REWORDED = "reworded"  # a refusal has another text or type
    SLOWER = "slower"
    NONE = "none"


class Shows(StrEnum):
    """What it takes to see the difference."""

    REQUEST = "request"
    SEQUENCE = "sequence"
    TIME = "time"
    CLUSTER = "cluster"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: Id
    section: Section
    title: Text
    aws: Text
    alternator_6_2: Text
    # What the newer source says, only where it differs.
    alternator_2026: Text | None = None
    operations: tuple[Text, ...]
    evidence: Evidence
    # Ids of the recording that show it.
    requests: tuple[Text, ...] = ()
    source: Text
    # The release that brought it, as far as it is known.
    since: Text
    link: Address
    effect: Effect
    application: Text
    advice: Text
    shows: Shows
    # Whether a dialect in one process can show it, and why not.
    served: bool
    not_served: Text | None = None

    @property
    def newest(self) -> str:
        """What the newest Alternator does."""
        return self.alternator_2026 or self.alternator_6_2


class RulesError(Exception):
    """The table is wrong. The message says where."""


@cache
def rules() -> tuple[Rule, ...]:
    return parse(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))


def rule(identifier: str) -> Rule:
    """Raises KeyError for an id that no rule has."""
    return _by_id()[identifier]


@cache
def _by_id() -> dict[str, Rule]:
    return {each.id: each for each in rules()}


def parse(text: str) -> tuple[Rule, ...]:
    """Raises RulesError."""
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RulesError(f"{FILE} is no YAML: {error}") from error
    if not isinstance(entries, list):
        raise RulesError(f"{FILE} must be a list of rules")
    found = tuple(_read(place, entry) for place, entry in enumerate(entries, 1))
    for identifier, times in Counter(each.id for each in found).items():
        if times > 1:
            raise RulesError(f"{FILE}: the id {identifier} is there {times} times")
    order = [list(Section).index(each.section) for each in found]
    if order != sorted(order):
        raise RulesError(f"{FILE}: the sections must be in the dossier's order")
    return found


# As they are written in the file; Python has no names with hyphens and dots.
_VERSIONS: Final = {"alternator-6.2": "alternator_6_2", "alternator-2026": "alternator_2026"}
_MEMBERS: Final = frozenset(Rule.__dataclass_fields__) - set(_VERSIONS.values()) | set(_VERSIONS)


def _read(place: int, entry: object) -> Rule:
    name = entry.get("id", f"number {place}") if isinstance(entry, dict) else f"number {place}"
    where = f"{FILE}: rule {name}"
    if not isinstance(entry, dict):
        raise RulesError(f"{where} is no mapping")
    if unknown := [str(member) for member in entry if member not in _MEMBERS]:
        raise RulesError(f"{where} has unknown members: {', '.join(sorted(unknown))}")
    try:
        found = msgspec.convert({_VERSIONS.get(member, member): value for member, value in entry.items()}, Rule)
    except msgspec.ValidationError as error:
        raise RulesError(f"{where}: {error}") from error
    if not found.operations:
        raise RulesError(f"{where} names no operations")
    if (found.evidence is Evidence.RECORDED) != bool(found.requests):
        raise RulesError(f"{where}: what is recorded names its requests, and nothing else does")
    if found.served != (found.not_served is None):
        raise RulesError(f"{where}: what is not served says why, and nothing else does")
    if found.alternator_2026 == found.alternator_6_2:
        raise RulesError(f"{where}: alternator-2026 is given only where it differs")
    return found
