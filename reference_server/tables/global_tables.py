"""Global tables of both versions: tables of one name in several regions, which tell each other of every write.

A `Group` is the global table itself; each region's `GlobalTables` knows the groups that its tables belong to. Every
replica is a table like any other, in the catalogue of its own region, with items, indexes and streams of its own.

**How a write spreads.** A listener gives each write of a client (or of time to live) a number, and sends it on its way.
It arrives at all replicas after the cloud's transition time: by default before anybody's next request, with a
manual clock when that is advanced. An arrival is told to streams and indexes as any write, but with the origin
REPLICATION, which no listener sends on: so nothing goes round in circles.

**Who wins.** The last writer (control-plane 15). Requests are carried out one after another, so the numbers say which
that is. All writes take equally long, so they arrive in the order of their numbers; whatever is on its way to
a replica that has itself written the same key later is out of date there, and only there. `Replica.own` remembers
that, until the replica's own write has arrived everywhere. So replicas converge, and nothing is kept of
what is over.

With MultiRegionConsistency STRONG a write is everywhere before it is answered. ReplicatedWriteConflictException, which
AWS answers with where two regions write one item at the same moment, cannot be seen here: no two do.

Replicas of version 2017.11.29 get three attributes more with each write (control-plane 14), written when it arrives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from reference_server import limits, messages, sizes
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.messages import Message
from reference_server.model import shapes
from reference_server.numbers import normalise
from reference_server.tables import creation
from reference_server.tables.auto_scaling import AutoScaling, Dimension
from reference_server.tables.catalogue import REGION, Catalogue, Part
from reference_server.tables.schema import TableSchema, Throughput
from reference_server.tables.settings import Capacity, OnDemandLimits, Settings, Status
from reference_server.tables.streams import NEW_AND_OLD_IMAGES, Streams
from reference_server.tables.table import Change, Index, Origin, Record, Table
from reference_server.tables.time_to_live import TimeToLive

CURRENT, LEGACY = "2019.11.21", "2017.11.29"
EVENTUAL, STRONG = "EVENTUAL", "STRONG"

# What is written to an item of a legacy global table besides (control-plane 14).
ATTRIBUTES_OF_LEGACY: Final = ("aws:rep:deleting", "aws:rep:updatetime", "aws:rep:updateregion")

# How settings of replicas of one account follow each other: the model's text on the member.
SETTINGS_MODE: Final = "ENABLED_WITH_OVERRIDES"


@dataclass(slots=True)
class Overrides:
    """What a replica has otherwise than the others; None for what follows them."""

    read_units: int | None = None
    read_limit: int | None = None
    table_class: str | None = None
    key: str | None = None
    # By index: read units, and the most on demand.
    indexes: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Replica:
    """One region's table of a global table. `source_until` is in epoch seconds: until then it cannot be deleted."""

    group: Group
    catalogue: Catalogue
    table: Table
    status: Status = Status.ACTIVE
    overrides: Overrides = field(default_factory=Overrides)
    source_until: float = 0.0
    protected: bool = True
    # The numbers of its own writes that are still on their way to the others, by key bytes: of each key the latest.
    own: dict[bytes, int] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return self.catalogue.region

    @property
    def takes_part(self) -> bool:
        return self.status not in (Status.CREATING, Status.DELETING)

    def listen(self, change: Change) -> None:
        if change.origin is not Origin.REPLICATION:
            self.group.send(self, change)


@dataclass(frozen=True, slots=True)
class Passage:
    """One write on its way. `record` is None for a deletion; times are in epoch seconds."""

    number: int
    region: str
    key: Item
    key_bytes: bytes
    record: Record | None
    written: float
    due: float


class Group:
    """A global table."""

    def __init__(self, first: Catalogue, name: str, version: str, consistency: str = EVENTUAL) -> None:
        self.name = name
        self.version = version
        self.consistency = consistency
        self.created = first.clock()
        self.account = first.account
        self.replicas: dict[str, Replica] = {}
        self.witnesses: dict[str, Status] = {}
        self._cloud = first.cloud
        self._numbers = count(1)
        self._on_the_way: deque[Passage] = deque()

    @property
    def arn(self) -> str:
        return f"arn:aws:dynamodb::{self.account}:global-table/{self.name}"

    def add(self, catalogue: Catalogue, table: Table, status: Status = Status.ACTIVE) -> Replica:
        """A replica that is CREATING takes part from `join` on."""
        replica = self.replicas[catalogue.region] = Replica(self, catalogue, table, status)
        catalogue.part(GlobalTables).enter(table, self)
        if replica.takes_part:
            table.listeners.append(replica.listen)
        return replica

    def join(self, replica: Replica, source: Replica) -> None:
        """The replica has all that the source has: what is out of date for the one is so for the other."""
        if self.replicas.get(replica.region) is not replica or replica.status is not Status.CREATING:
            return  # it has been deleted meanwhile
        replica.own = dict(source.own)
        replica.status = Status.ACTIVE
        replica.table.listeners.append(replica.listen)

    def leave(self, replica: Replica, *, slowly: bool = True) -> None:
        """Its own writes still arrive at the others, none arrives at it any more.

        Slowly: the others tell that it is DELETING as long as that takes.
        """
        if self.replicas.get(replica.region) is not replica or replica.status is Status.DELETING:
            return
        self.deliver()
        if replica.takes_part:
            replica.table.listeners.remove(replica.listen)
        replica.status = Status.DELETING
        if slowly:
            due = self._cloud.clock() + self._cloud.transition_seconds
            self._cloud.agenda.enter(due, lambda _due: self._forget(replica))
        else:
            self._forget(replica)

    def _forget(self, replica: Replica) -> None:
        if self.replicas.get(replica.region) is not replica:
            return  # it was the last one, when the one before it was gone
        del self.replicas[replica.region]
        replica.catalogue.part(GlobalTables).remove(replica.table)
        if self.version == CURRENT and len(self.replicas) == 1:
            # A table in one region is no global table (control-plane 4, recorded). A legacy one is, while it has any.
            (last,) = self.replicas.values()
            if last.takes_part:
                last.table.listeners.remove(last.listen)
            del self.replicas[last.region]
            last.catalogue.part(GlobalTables).remove(last.table)
        elif not self.replicas:
            LegacyGlobalTables.of(replica.catalogue).remove(self)

    def others(self, region: str) -> Iterator[Replica]:
        yield from (replica for replica in self.replicas.values() if replica.region != region)

    # --- writes on their way ------------------------------------------------------------------------------

    def send(self, replica: Replica, change: Change) -> None:
        item = (change.after or change.before or _NOTHING).item
        keys = replica.table.keys
        now = self._cloud.clock()
        due = now + self._cloud.transition_seconds
        key_bytes = keys.key_bytes(item)
        passage = Passage(next(self._numbers), replica.region, keys.key_of(item), key_bytes, change.after, now, due)
        replica.own[key_bytes] = passage.number
        self._on_the_way.append(passage)
        if self.consistency == STRONG:
            self.deliver()
        else:
            self._cloud.agenda.enter(due, self.deliver)

    def deliver(self, due: float | None = None) -> None:
        """What is due by then arrives; all that is on its way where nothing is said."""
        while self._on_the_way and (due is None or self._on_the_way[0].due <= due):
            self._arrive(self._on_the_way.popleft())

    def _arrive(self, passage: Passage) -> None:
        record = passage.record
        if record is not None and self.version == LEGACY:
            record = _with_attributes_of_legacy(record, passage)
        for replica in list(self.replicas.values()):
            if not replica.takes_part:
                continue
            own = replica.own.get(passage.key_bytes)
            if own == passage.number:
                # It is here already, or was when the replica was made.
                del replica.own[passage.key_bytes]
                if record is passage.record:
                    continue
            elif own is not None:
                continue  # a later write was made here, and will arrive at the others
            if record is None:
                replica.table.delete(passage.key, Origin.REPLICATION)
            else:
                replica.table.put(record.item, record.size, Origin.REPLICATION)


_NOTHING: Final = Record({}, 0)


def _with_attributes_of_legacy(record: Record, passage: Passage) -> Record:
    deleting, time, region = ATTRIBUTES_OF_LEGACY
    item = {
        **record.item,
        deleting: {"BOOL": False},
        time: {"N": normalise(f"{passage.written:.6f}")},
        region: {"S": passage.region},
    }
    return Record(item, sizes.item_size(item))


class LegacyGlobalTables(Part):
    """The global tables of version 2017.11.29 of an account, by name. They are kept once, whatever the region."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._groups: dict[str, Group] = {}

    @classmethod
    def of(cls, catalogue: Catalogue) -> LegacyGlobalTables:
        return catalogue.cloud.catalogue(catalogue.account, REGION).part(cls)

    def find(self, name: str) -> Group | None:
        return self._groups.get(name)

    def enter(self, group: Group) -> None:
        self._groups[group.name] = group

    def remove(self, group: Group) -> None:
        del self._groups[group.name]

    def __iter__(self) -> Iterator[Group]:
        for name in sorted(self._groups):
            yield self._groups[name]


class GlobalTables(Part):
    """Which tables of an account in a region are replicas, and of what."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._groups: dict[str, Group] = {}  # by the table's id
        # Settings replication of regional tables, for global tables of several accounts, which are not served.
        self._settings_modes: dict[str, str] = {}

    def enter(self, table: Table, group: Group) -> None:
        self._groups[table.id] = group

    def remove(self, table: Table) -> None:
        self._groups.pop(table.id, None)

    def group(self, table: Table) -> Group | None:
        return self._groups.get(table.id)

    def replica(self, table: Table) -> Replica | None:
        """What the table is of its global table."""
        group = self._groups.get(table.id)
        return None if group is None else group.replicas.get(self.catalogue.region)

    def siblings(self, table: Table) -> list[Replica]:
        """The replicas in other regions whose settings follow this table's; those of a legacy one go their own ways."""
        group = self._groups.get(table.id)
        if group is None or group.version != CURRENT:
            return []
        return [replica for replica in group.others(self.catalogue.region) if replica.takes_part]

    def refuse_strong(self, table: Table, message: Message) -> None:
        """What a table with strong consistency has not got (control-plane 15)."""
        group = self._groups.get(table.id)
        if group is not None and group.consistency == STRONG:
            raise ValidationException(message)

    def set_settings_mode(self, table: Table, mode: str) -> None:
        self._settings_modes[table.id] = mode

    def table_deletable(self, table: Table) -> None:
        replica = self.replica(table)
        if replica is None or replica.group.version != CURRENT:
            return
        if replica.group.consistency == STRONG:
            raise ValidationException(messages.REPLICA_OF_STRONG)
        self.refuse_source(replica)

    def refuse_source(self, replica: Replica) -> None:
        if replica.source_until > self.catalogue.clock():
            raise ValidationException(messages.REPLICA_IS_SOURCE)

    def table_dropped(self, table: Table) -> None:
        self._settings_modes.pop(table.id, None)
        replica = self.replica(table)
        if replica is not None:
            replica.group.leave(replica)

    def describe(self, table: Table) -> dict[str, Any]:
        """What a TableDescription says of a replicated table (control-plane 4, 15).

        Replicas are those of the other regions. (In doubt: whether AWS lists the table's own as well.)
        """
        replica = self.replica(table)
        if replica is None:
            mode = self._settings_modes.get(table.id)
            return {} if mode is None else {"GlobalTableSettingsReplicationMode": mode}
        group = replica.group
        if group.version == LEGACY:
            return {"GlobalTableVersion": LEGACY}
        description: dict[str, Any] = {
            "GlobalTableVersion": CURRENT,
            "Replicas": [describe_replica(other) for other in group.others(self.catalogue.region)],
            "MultiRegionConsistency": group.consistency,
            "GlobalTableSettingsReplicationMode": SETTINGS_MODE,
        }
        if group.witnesses:
            description["GlobalTableWitnesses"] = [
                {"RegionName": region, "WitnessStatus": status.value} for region, status in group.witnesses.items()
            ]
        if group.consistency == EVENTUAL:
            description["DisassociationProtectionEnabled"] = replica.protected
        return description


def region_of(catalogue: Catalogue, region: str) -> Catalogue | None:
    """What the same account has there; None for what is no region. A server whose space is shared has one alone."""
    found = catalogue.cloud.catalogue_of(catalogue.account, region)
    return found if found.region == region else None


def describe_replica(replica: Replica) -> dict[str, Any]:
    """A ReplicaDescription of the current version."""
    status = replica.status
    if status is Status.ACTIVE and replica.table.status is Status.UPDATING:
        status = Status.UPDATING
    description: dict[str, Any] = {
        "RegionName": replica.region,
        "ReplicaStatus": status.value,
        "ReplicaArn": replica.table.arn,
        "GlobalTableSettingsReplicationMode": SETTINGS_MODE,
    }
    overrides = replica.overrides
    if overrides.key is not None:
        description["KMSMasterKeyId"] = overrides.key
    description |= _describe_units(overrides.read_units, overrides.read_limit)
    if overrides.indexes:
        description["GlobalSecondaryIndexes"] = [
            {"IndexName": name, **_describe_units(*units)} for name, units in overrides.indexes.items()
        ]
    if overrides.table_class is not None:
        description["ReplicaTableClassSummary"] = {"TableClass": overrides.table_class}
    return description


def _describe_units(units: int | None, limit: int | None) -> dict[str, Any]:
    description: dict[str, Any] = {}
    if units is not None:
        description["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": units}
    if limit is not None:
        description["OnDemandThroughputOverride"] = {"MaxReadRequestUnits": limit}
    return description


# --- UpdateTable ------------------------------------------------------------------------------------------


def check(request: shapes.UpdateTableInput, updates: Sequence[str]) -> None:
    """What is wrong with what a request says of replicas, whatever the table. `updates` are what it asks for."""
    replica_updates = request.ReplicaUpdates or []
    regions: set[str] = set()
    for update in replica_updates:
        actions = [
            action
            for action in (update.Create, update.Update, update.Delete, update.Disassociate)
            if action is not None
        ]
        if len(actions) != 1:
            raise ValidationException(messages.REPLICA_UPDATE_ONE_ACTION)
        region = actions[0].RegionName
        if region in regions:
            raise ValidationException(messages.REPLICA_UPDATED_TWICE, region=region)
        regions.add(region)
    if any(update.Disassociate for update in replica_updates) and (len(replica_updates) > 1 or len(updates) > 1):
        raise ValidationException(messages.DISASSOCIATION_ALONE)
    if request.DisassociationProtectionEnabled is not None and len(updates) > 1:
        raise ValidationException(messages.DISASSOCIATION_PROTECTION_ALONE)
    if request.MultiRegionConsistency is not None and not any(update.Create for update in replica_updates):
        raise ValidationException(messages.CONSISTENCY_WITHOUT_CREATION)
    if replica_updates and request.GlobalSecondaryIndexUpdates:
        raise ValidationException(messages.REPLICAS_WITH_INDEXES)
    for witness in request.GlobalTableWitnessUpdates or ():
        if (witness.Create is None) == (witness.Delete is None):
            raise ValidationException(messages.WITNESS_ONE_ACTION)


@dataclass(slots=True)
class Replication:
    """What one UpdateTable request changes of the table's replicas: planned, begun, finished, as `updating.py` says."""

    catalogue: Catalogue
    table: Table
    request: shapes.UpdateTableInput
    _group: Group | None = field(init=False)
    _creations: list[shapes.CreateReplicationGroupMemberAction] = field(default_factory=list, init=False)
    _changes: list[tuple[Replica, shapes.UpdateReplicationGroupMemberAction]] = field(default_factory=list, init=False)
    _deletions: list[Replica] = field(default_factory=list, init=False)
    _made: list[Replica] = field(default_factory=list, init=False)

    @property
    def _updates(self) -> Sequence[shapes.ReplicationGroupUpdate]:
        return self.request.ReplicaUpdates or []

    @property
    def _is_asked_for(self) -> bool:
        request = self.request
        return bool(self._updates or request.GlobalTableWitnessUpdates)

    def plan(self, schema: TableSchema) -> None:
        """`schema` is what the table is to have. Raises what DynamoDB says; few of its texts are known."""
        self._group = self.catalogue.part(GlobalTables).group(self.table)
        self._refuse_settings(schema)
        if not self._is_asked_for:
            return
        if self._group is not None and self._group.version == LEGACY:
            raise ValidationException(messages.REPLICA_OF_LEGACY)
        for update in self._updates:
            if update.Create is not None:
                self._plan_creation(update.Create, schema)
            elif update.Update is not None:
                replica = self._replica(update.Update.RegionName)
                _refuse_overrides(update.Update, schema)
                self._changes.append((replica, update.Update))
            elif update.Delete is not None:
                self._plan_deletion(update.Delete.RegionName)
            elif update.Disassociate is not None:
                self._refuse_disassociation(update.Disassociate.RegionName)
        self._refuse_consistency()

    def _refuse_settings(self, schema: TableSchema) -> None:
        """What a replica may not be changed to, and what only a replica has."""
        request, group = self.request, self._group
        is_current = group is not None and group.version == CURRENT
        is_provisioned_now = schema.throughput is not None and self.table.schema.throughput is None
        if any(update.Create for update in self._updates) or (is_current and is_provisioned_now):
            self._refuse_unscaled_writes(schema)
        if request.DisassociationProtectionEnabled is not None and (not is_current or self._is_strong):
            raise ValidationException(messages.DISASSOCIATION_OF_NO_REPLICA, table=self.table.name)
        if request.GlobalTableSettingsReplicationMode is not None and group is not None:
            raise ValidationException(messages.SETTINGS_MODE_OF_REPLICA, table=self.table.name)
        specification = request.StreamSpecification
        if is_current and not self._is_strong and specification is not None and not specification.StreamEnabled:
            raise ValidationException(messages.REPLICA_STREAM, table=self.table.name)

    def _refuse_unscaled_writes(self, schema: TableSchema) -> None:
        """Only a global table is scaled by an operation of DynamoDB's, so a table in one region never is here."""
        is_scaled = self.catalogue.part(AutoScaling).is_scaled(self.table, Dimension.WRITE)
        if schema.throughput is not None and not is_scaled:
            raise ValidationException(messages.REPLICATED_WRITES_UNSCALED)

    @property
    def _is_strong(self) -> bool:
        return self._group is not None and self._group.consistency == STRONG

    def _replica(self, region: str) -> Replica:
        replica = None if self._group is None else self._group.replicas.get(region)
        if replica is None or not replica.takes_part:
            raise ValidationException(messages.REPLICA_UNKNOWN, region=region, table=self.table.name)
        return replica

    def _plan_creation(self, create: shapes.CreateReplicationGroupMemberAction, schema: TableSchema) -> None:
        catalogue = region_of(self.catalogue, create.RegionName)
        if catalogue is None:
            raise ValidationException(messages.REPLICA_REGION, region=create.RegionName)
        if catalogue.find(self.table.name) is not None:
            raise ValidationException(messages.REPLICA_EXISTS_AS_TABLE, table=self.table.name)
        catalogue.refuse_one_more()  # before any replica of this request is made
        _refuse_overrides(create, schema)
        if self.request.MultiRegionConsistency != STRONG:
            self._refuse_stream()
        self._creations.append(create)

    def _refuse_stream(self) -> None:
        """There must be none, or one of both images."""
        described = self.catalogue.part(Streams).describe(self.table)
        specification = self.request.StreamSpecification
        there = described.get("StreamSpecification", {}).get("StreamViewType")
        wanted = specification.StreamViewType if specification is not None else None
        if {there, wanted} - {None, NEW_AND_OLD_IMAGES}:
            raise ValidationException(messages.REPLICA_STREAM_VIEW, table=self.table.name)

    def _plan_deletion(self, region: str) -> None:
        replica = self._replica(region)
        if region == self.catalogue.region:
            raise ValidationException(messages.REPLICA_DELETES_ITSELF, region=region)
        replica.catalogue.changeable(self.table.name)
        if replica.table.settings.deletion_protection:
            raise ValidationException(messages.TABLE_PROTECTED)
        self.catalogue.part(GlobalTables).refuse_source(replica)
        self._deletions.append(replica)

    def _refuse_disassociation(self, region: str) -> None:
        replica = self._replica(region)
        if region != self.catalogue.region:
            raise ValidationException(messages.DISASSOCIATION_OF_OTHER, region=region)
        if self._is_strong:
            raise ValidationException(messages.REPLICA_OF_STRONG)
        if replica.protected:
            raise ValidationException(messages.DISASSOCIATION_PROTECTED)

    def _refuse_consistency(self) -> None:
        """A strong global table is three regions, made and ended at once (control-plane 15)."""
        request, table, group = self.request, self.table, self._group
        witnesses = request.GlobalTableWitnessUpdates or ()
        made = [witness.Create for witness in witnesses if witness.Create is not None]
        ended = [witness.Delete.RegionName for witness in witnesses if witness.Delete is not None]
        if request.MultiRegionConsistency == STRONG:
            if group is not None or len(self._creations) + len(made) != 2 or not self._creations:
                raise ValidationException(messages.STRONG_REGIONS)
            regions = {self.catalogue.region, *(create.RegionName for create in self._creations)}
            if len(regions | {create.RegionName for create in made}) != limits.STRONG_REGIONS:
                raise ValidationException(messages.STRONG_REGIONS)
            if any(not index.is_global for index in table.schema.indexes.values()):
                raise ValidationException(messages.STRONG_LOCAL_INDEX)
            if table.records:
                raise ValidationException(messages.STRONG_NOT_EMPTY)
            if self.catalogue.part(TimeToLive).describe(table)["TimeToLiveStatus"] != "DISABLED":
                raise ValidationException(messages.STRONG_TIME_TO_LIVE)
        elif made:
            raise ValidationException(messages.WITNESS_OF_EVENTUAL)
        elif self._is_strong:
            left = set(group.replicas if group else ()) - {replica.region for replica in self._deletions}
            if self._creations or ((self._deletions or ended) and len(left) != 1):
                raise ValidationException(messages.STRONG_REGIONS)
            if set(ended) != set(group.witnesses if group and self._deletions else ()):
                raise ValidationException(messages.STRONG_REGIONS)
        elif ended:
            raise ValidationException(messages.WITNESS_OF_EVENTUAL)

    # --- bringing it about --------------------------------------------------------------------------------

    def begin(self) -> None:
        request = self.request
        part = self.catalogue.part(GlobalTables)
        own = part.replica(self.table)
        if request.GlobalTableSettingsReplicationMode is not None:
            part.set_settings_mode(self.table, request.GlobalTableSettingsReplicationMode)
        if request.DisassociationProtectionEnabled is not None and own is not None:
            own.protected = request.DisassociationProtectionEnabled
        if self._creations:
            self._begin_creations()
        for replica, change in self._changes:
            _override(replica, change)
        for replica in self._deletions:
            replica.catalogue.drop(replica.table)
        for witness in request.GlobalTableWitnessUpdates or ():
            if witness.Delete is not None and self._group is not None:
                self._group.witnesses[witness.Delete.RegionName] = Status.DELETING

    def _begin_creations(self) -> None:
        cloud, consistency = self.catalogue.cloud, self.request.MultiRegionConsistency or EVENTUAL
        if self._group is None:
            self._group = Group(self.catalogue, self.table.name, CURRENT, consistency)
            self._group.add(self.catalogue, self.table)
        group = self._group
        for witness in self.request.GlobalTableWitnessUpdates or ():
            if witness.Create is not None:
                group.witnesses[witness.Create.RegionName] = Status.CREATING
        source = group.replicas[self.catalogue.region]
        source.source_until = self.catalogue.clock() + limits.REPLICA_SOURCE_SECONDS
        self._enable_stream(source)
        for create in self._creations:
            catalogue = cloud.catalogue(self.catalogue.account, create.RegionName)
            table = catalogue.add(self.table.schema, _settings_of_replica(catalogue, self.table))
            for name, index in self.table.indexes.items():
                table.indexes[name].capacity = replace(index.capacity, increased=None, decreased=[])
            replica = group.add(catalogue, table, Status.CREATING)
            _override(replica, create)
            self._made.append(replica)

    def finish(self) -> None:
        group = self._group
        for replica in self._made:
            self._fill(replica)
        if group is not None:
            for region, status in list(group.witnesses.items()):
                if status is Status.DELETING:
                    del group.witnesses[region]
                else:
                    group.witnesses[region] = Status.ACTIVE
        for update in self._updates:
            own = self.catalogue.part(GlobalTables).replica(self.table)
            if update.Disassociate is not None and own is not None:
                own.group.leave(own, slowly=False)

    def _fill(self, replica: Replica) -> None:
        """What the source has by now is copied; the replica's own stream tells of what comes after that."""
        table = replica.table
        for record in self.table.records.values():
            table.put(record.item, record.size, Origin.REPLICATION)
        self._enable_stream(replica)
        expiry = self.catalogue.part(TimeToLive).describe(self.table)
        if expiry["TimeToLiveStatus"] in ("ENABLING", "ENABLED"):
            replica.catalogue.part(TimeToLive).enable(table, expiry["AttributeName"])
        table.warm_up()
        table.status = Status.ACTIVE
        replica.group.join(replica, replica.group.replicas[self.catalogue.region])

    @staticmethod
    def _enable_stream(replica: Replica) -> None:
        streams = replica.catalogue.part(Streams)
        if replica.group.consistency == EVENTUAL and not streams.is_enabled(replica.table):
            streams.enable(replica.table, NEW_AND_OLD_IMAGES)


_Member = shapes.CreateReplicationGroupMemberAction | shapes.UpdateReplicationGroupMemberAction


def _settings_of_replica(catalogue: Catalogue, source: Table) -> Settings:
    """As the source's, but for what each replica has for itself: deletion protection, and the key of its region."""
    settings = Settings(
        capacity=replace(source.settings.capacity, increased=None, decreased=[]),
        table_class=source.settings.table_class,
        put_on_demand=[catalogue.clock()] if source.schema.throughput is None else [],
    )
    if source.settings.encryption is not None:
        settings.encryption = creation.read_encryption(catalogue, shapes.SSESpecification(Enabled=True))
    return settings


def _refuse_overrides(action: _Member, schema: TableSchema) -> None:
    """Raises ValidationException for units of the other billing mode, and of an index that there is not."""
    on_demand = schema.throughput is None
    for one in (action, *(action.GlobalSecondaryIndexes or ())):
        if one.ProvisionedThroughputOverride is not None and on_demand:
            raise ValidationException(messages.UNITS_WITH_ON_DEMAND)
        if one.OnDemandThroughputOverride is not None and not on_demand:
            raise ValidationException(messages.ON_DEMAND_LIMIT_OF_PROVISIONED)
    for index in action.GlobalSecondaryIndexes or ():
        known = schema.indexes.get(index.IndexName)
        if known is None or not known.is_global:
            raise ValidationException(messages.REPLICA_INDEX_UNKNOWN, index=index.IndexName)


def _override(replica: Replica, action: _Member) -> None:
    """Give the replica what it shall have otherwise."""
    table, overrides = replica.table, replica.overrides
    settings, schema = table.settings, table.schema
    units, limit = _overriding(action)
    overrides.read_units = units or overrides.read_units
    overrides.read_limit = limit or overrides.read_limit
    schema = replace(schema, throughput=_with_read(schema.throughput, units))
    _limit_reads(settings.capacity, limit)
    for one in action.GlobalSecondaryIndexes or ():
        units, limit = _overriding(one)
        before = overrides.indexes.get(one.IndexName, (None, None))
        overrides.indexes[one.IndexName] = (units or before[0], limit or before[1])
        index = schema.indexes[one.IndexName]
        changed = replace(index, throughput=_with_read(index.throughput, units))
        schema = replace(schema, indexes={**schema.indexes, one.IndexName: changed})
        _limit_reads(table.indexes[one.IndexName].capacity, limit)
    table.schema = schema
    for name, state in table.indexes.items():
        state.schema = schema.indexes[name]
    if action.TableClassOverride is not None:
        settings.table_class = overrides.table_class = action.TableClassOverride
    if action.KMSMasterKeyId is not None:
        overrides.key = action.KMSMasterKeyId
        settings.encryption = creation.read_encryption(
            replica.catalogue, shapes.SSESpecification(Enabled=True, KMSMasterKeyId=action.KMSMasterKeyId)
        )


def _overriding(action: _Member | shapes.ReplicaGlobalSecondaryIndex) -> tuple[int | None, int | None]:
    """Read units, and the most on demand."""
    provisioned, on_demand = action.ProvisionedThroughputOverride, action.OnDemandThroughputOverride
    return (
        None if provisioned is None else provisioned.ReadCapacityUnits,
        None if on_demand is None else on_demand.MaxReadRequestUnits,
    )


def _with_read(throughput: Throughput | None, units: int | None) -> Throughput | None:
    return throughput if throughput is None or units is None else Throughput(units, throughput.write)


def _limit_reads(capacity: Capacity, limit: int | None) -> None:
    if limit is not None:
        capacity.on_demand = OnDemandLimits(limit, capacity.on_demand.write if capacity.on_demand else None)


# --- settings that follow ---------------------------------------------------------------------------------


def synchronised(request: shapes.UpdateTableInput, replica: Replica) -> shapes.UpdateTableInput | None:
    """What of a request against one replica is carried out on this other one too; None for nothing.

    The developer guide's lists: billing mode, write units, indexes, the kind of encryption and warm throughput follow;
    read units and the table's class do so where they are not overridden. Streams, deletion protection, tags,
    policies and backups are each replica's own.
    """
    table, overrides = replica.table, replica.overrides
    following = shapes.UpdateTableInput(
        TableName=table.name,
        BillingMode=request.BillingMode,
        AttributeDefinitions=request.AttributeDefinitions,
        WarmThroughput=request.WarmThroughput,
    )
    units = request.ProvisionedThroughput
    if units is not None:
        read = overrides.read_units or units.ReadCapacityUnits
        if table.schema.throughput != Throughput(read, units.WriteCapacityUnits):
            following.ProvisionedThroughput = shapes.ProvisionedThroughput(
                ReadCapacityUnits=read, WriteCapacityUnits=units.WriteCapacityUnits
            )
    most = request.OnDemandThroughput
    if most is not None:
        following.OnDemandThroughput = shapes.OnDemandThroughput(
            MaxReadRequestUnits=overrides.read_limit or most.MaxReadRequestUnits,
            MaxWriteRequestUnits=most.MaxWriteRequestUnits,
        )
    if overrides.table_class is None:
        following.TableClass = request.TableClass
    if request.SSESpecification is not None and overrides.key is None:
        # A customer's key is of one region: the kind follows, not the key.
        following.SSESpecification = shapes.SSESpecification(Enabled=request.SSESpecification.Enabled)
    indexes = [update for update in request.GlobalSecondaryIndexUpdates or () if not _is_settled(update, table)]
    following.GlobalSecondaryIndexUpdates = indexes or None
    asked = ("BillingMode", "ProvisionedThroughput", "WarmThroughput", "OnDemandThroughput", "TableClass")
    more = ("SSESpecification", "GlobalSecondaryIndexUpdates")
    return following if any(getattr(following, name) is not None for name in (*asked, *more)) else None


def _is_settled(update: shapes.GlobalSecondaryIndexUpdate, table: Table) -> bool:
    """Whether the replica's index has these units already."""
    if update.Update is None or update.Update.ProvisionedThroughput is None:
        return False
    index: Index | None = table.indexes.get(update.Update.IndexName)
    units = update.Update.ProvisionedThroughput
    wanted = Throughput(units.ReadCapacityUnits, units.WriteCapacityUnits)
    return index is not None and table.schema.indexes[update.Update.IndexName].throughput == wanted
