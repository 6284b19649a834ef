"""All that a server holds: accounts, their regions, and in each a catalogue of tables.

Tables belong to the account and region of the credential scope that a request is signed with, as at AWS. Which account
an access key belongs to cannot be known here, so one that is twelve digits is the account itself, and any
other belongs to `ACCOUNT`. A region is taken as it is named, if it is a name of the form that regions have; clients
of other implementations send names such as `None`, and these mean `REGION`.

With `shared`, everybody is one account in one region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from reference_server.clock import Clock
from reference_server.tables.agenda import Agenda
from reference_server.tables.catalogue import ACCOUNT, REGION, Catalogue

_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_REGION: Final = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+", re.ASCII)


class Cloud:
    """`transition_seconds` is how long a table, an index and the like take from one state to the next; `endpoints` are
    the addresses of services beside, by name; None for where the environment says (`transfer/endpoint.py`).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        shared: bool = False,
        transition_seconds: float = 0.0,
        endpoints: Mapping[str, str | None] | None = None,
    ) -> None:
        self.clock = clock
        self.agenda = Agenda(clock)
        self.transition_seconds = transition_seconds
        self.shared = shared
        self.endpoints = endpoints or {}
        self._catalogues: dict[tuple[str, str], Catalogue] = {}

    def catalogue_of(self, access_key: str, region: str) -> Catalogue:
        """The catalogue that a request with this credential scope is about."""
        if self.shared:
            return self.catalogue(ACCOUNT, REGION)
        account = access_key if _ACCOUNT.fullmatch(access_key) else ACCOUNT
        return self.catalogue(account, region if _REGION.fullmatch(region) else REGION)

    def catalogue(self, account: str, region: str) -> Catalogue:
        found = self._catalogues.get((account, region))
        if found is None:
            found = self._catalogues[account, region] = Catalogue(self, account, region)
        return found

    def catalogues(self, account: str) -> Iterator[Catalogue]:
        """Those of an account that have been used, by region."""
        for (owner, _), catalogue in sorted(self._catalogues.items()):
            if owner == account:
                yield catalogue
