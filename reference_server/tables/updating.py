"""UpdateTable: what a request may ask for, and what it brings about (control-plane 5).

`check` is what can be said without the table. `Updating.plan` holds the request against the table and collects effects;
only when nothing is refused any more, `begin` lets them happen: some at once, some when the table has been UPDATING for
its time. A global index that is created is not ready with the table: it is filled while the table is ACTIVE again, and
ACTIVE a time later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from reference_server import limits, messages
from reference_server.errors import (
    LimitExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from reference_server.model import shapes
from reference_server.tables import creation, global_tables
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import IndexSchema, TableSchema, Throughput
from reference_server.tables.settings import Capacity, Status
from reference_server.tables.streams import Streams
from reference_server.tables.table import Index, Table

# What counts as something to do; AttributeDefinitions alone are nothing.
_UPDATES: Final = (
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexUpdates",
    "StreamSpecification",
    "SSESpecification",
    "ReplicaUpdates",
    "TableClass",
    "DeletionProtectionEnabled",
    "MultiRegionConsistency",
    "GlobalTableWitnessUpdates",
    "OnDemandThroughput",
    "WarmThroughput",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
    "VectorIndexUpdates",
)
PAY_PER_REQUEST, PROVISIONED = "PAY_PER_REQUEST", "PROVISIONED"
STANDARD: Final = "STANDARD"


def check(request: shapes.UpdateTableInput) -> None:
    """What is wrong with a request whatever the table (control-plane 5.2, 1 to 5). Raises ValidationException."""
    if all(getattr(request, member) in (None, []) for member in _UPDATES):
        raise ValidationException(messages.UPDATE_NOTHING)
    if request.BillingMode == PROVISIONED and request.ProvisionedThroughput is None:
        raise ValidationException(messages.UPDATE_UNITS_MISSING)
    if request.ProvisionedThroughput is not None:
        creation.accept_throughput(request.ProvisionedThroughput)
    named: set[str] = set()
    for update in request.GlobalSecondaryIndexUpdates or ():
        actions = [action for action in (update.Update, update.Create, update.Delete) if action is not None]
        if not actions:
            raise ValidationException(messages.INDEX_UPDATE_EMPTY)
        if len(actions) > 1:
            raise LimitExceededException(messages.INDEX_ONLINE_LIMIT)
        for action in actions:
            if isinstance(action, shapes.DeleteGlobalSecondaryIndexAction):
                continue
            if action.ProvisionedThroughput is not None:
                creation.accept_throughput(action.ProvisionedThroughput)
        for name in {action.IndexName for action in actions}:
            if name in named:
                raise ValidationException(messages.INDEX_UPDATED_TWICE, index=name)
            named.add(name)
    creation.read_stream_specification(request.StreamSpecification, doing="updated")
    global_tables.check(request, [member for member in _UPDATES if getattr(request, member) not in (None, [])])


def refuse_deletion_in_allocation(table: Table, request: shapes.UpdateTableInput) -> None:
    """An index cannot be given up before it is being filled; that is told though the table is UPDATING (5.4)."""
    for update in request.GlobalSecondaryIndexUpdates or ():
        if update.Delete is None:
            continue
        index = table.indexes.get(update.Delete.IndexName)
        if index is not None and index.backfilling is False:
            raise ResourceInUseException(messages.INDEX_IN_ALLOCATION, table=table.name, index=index.schema.name)


@dataclass(slots=True)
class Updating:
    """One request against one table."""

    catalogue: Catalogue
    table: Table
    request: shapes.UpdateTableInput
    # Whether another replica's table is the one that was asked to change.
    is_following: bool = False
    _schema: TableSchema = field(init=False)
    _at_once: list[Callable[[], None]] = field(default_factory=list, init=False)
    _in_the_end: list[Callable[[], None]] = field(default_factory=list, init=False)
    _passes_through_updating: bool = field(default=True, init=False)
    # The same of the other replicas, as far as their settings follow this table's.
    _following: list[Updating] = field(default_factory=list, init=False)

    def plan(self) -> None:
        """Raises what DynamoDB says of a request that does not fit the table; nothing has changed then."""
        self._schema = self.table.schema
        self._plan_billing()
        self._plan_indexes()
        self._plan_stream()
        self._plan_settings()
        self._plan_replicas()

    def begin(self) -> None:
        """Bring about what was planned."""
        for following in self._following:
            following.begin()
        schema = self._schema
        self._at_once.insert(0, lambda: self._adopt(schema))
        for effect in self._at_once:
            effect()
        if self._passes_through_updating:
            self.catalogue.change(self.table, Status.UPDATING, self._finish)
        else:
            self._finish()

    def _adopt(self, schema: TableSchema) -> None:
        self.table.schema = schema
        for name, index in self.table.indexes.items():
            index.schema = schema.indexes[name]

    def _finish(self) -> None:
        for effect in self._in_the_end:
            effect()

    # --- billing ------------------------------------------------------------------------------------------

    def _plan_billing(self) -> None:
        request, schema = self.request, self._schema
        was_on_demand = schema.throughput is None
        on_demand = was_on_demand if request.BillingMode is None else request.BillingMode == PAY_PER_REQUEST
        given = creation.accept_throughput(request.ProvisionedThroughput) if request.ProvisionedThroughput else None
        by_index = self._throughput_by_index()
        if on_demand and (given is not None or by_index):
            raise ValidationException(messages.UNITS_WITH_ON_DEMAND)
        for name in by_index:
            self._global_index(name)
        if on_demand and not was_on_demand:
            self._put_on_demand()
        elif not on_demand:
            if was_on_demand:
                lacking = [
                    index.name for index in schema.indexes.values() if index.is_global and index.name not in by_index
                ]
                if lacking:
                    raise ValidationException(messages.INDEX_UNITS_MISSING, index=",".join(lacking))
                self._lift_limits()
            elif given is not None and given == schema.throughput:
                raise ValidationException(messages.UNITS_UNCHANGED, what="table", named="table", **_units(given))
            if given is not None:
                self._set_throughput(given)
            for name, units in by_index.items():
                self._set_index_throughput(name, units)

    def _throughput_by_index(self) -> Mapping[str, Throughput]:
        """What Update actions ask for."""
        return {
            update.Update.IndexName: creation.accept_throughput(update.Update.ProvisionedThroughput)
            for update in self.request.GlobalSecondaryIndexUpdates or ()
            if update.Update is not None and update.Update.ProvisionedThroughput is not None
        }

    def _put_on_demand(self) -> None:
        now = self.catalogue.clock()
        settings = self.table.settings
        recent = [moment for moment in settings.switched_on_demand if moment > now - limits.ON_DEMAND_SWITCH_SECONDS]
        if len(recent) >= limits.ON_DEMAND_SWITCHES:
            raise LimitExceededException(messages.ON_DEMAND_SWITCHES)
        self._at_once.append(lambda: settings.switched_on_demand.append(now))
        indexes = {name: replace(index, throughput=None) for name, index in self._schema.indexes.items()}
        self._schema = replace(self._schema, throughput=None, indexes=indexes)
        self._in_the_end.append(lambda: settings.put_on_demand.append(now))

    def _lift_limits(self) -> None:
        """What is provisioned has no limits on demand: they cannot even be given (control-plane 3.2, 29)."""
        for capacity in (self.table.settings.capacity, *(index.capacity for index in self.table.indexes.values())):
            self._at_once.append(partial(setattr, capacity, "on_demand", None))

    def _set_throughput(self, units: Throughput) -> None:
        self._note_change(self.table.settings.capacity, self._schema.throughput, units)
        self._schema = replace(self._schema, throughput=units)

    def _set_index_throughput(self, name: str, units: Throughput) -> None:
        index = self._global_index(name)
        if index.schema.throughput == units:
            raise ValidationException(messages.UNITS_UNCHANGED, what=f"index {name}", named="index", **_units(units))
        self._note_change(index.capacity, index.schema.throughput, units)
        self._set_index(replace(self._schema.indexes[name], throughput=units))

        def settle() -> None:
            # Whether it was being filled, and still is: it is UPDATING in between all the same (5.4).
            index.status = Status.ACTIVE if index.backfilling is None else Status.CREATING

        self._at_once.append(lambda: setattr(index, "status", Status.UPDATING))
        self._in_the_end.append(settle)

    def _note_change(self, capacity: Capacity, old: Throughput | None, new: Throughput) -> None:
        """Increases and decreases are told, and decreases are few a day (5.2, 18)."""
        now = self.catalogue.clock()
        if old is None:
            # From on demand: told while it is under way, and then no more (the replies in the first three examples of
            # `aws dynamodb update-table`, of one table).
            before = capacity.increased
            self._at_once.append(lambda: setattr(capacity, "increased", now))
            self._in_the_end.append(lambda: setattr(capacity, "increased", before))
            return
        if new.read > old.read or new.write > old.write:
            self._at_once.append(lambda: setattr(capacity, "increased", now))
        if new.read < old.read or new.write < old.write:
            today = capacity.decreases_of_day(now)
            if len(today) >= limits.DECREASES_OF_DAY and now < today[-1] + limits.DECREASE_SECONDS:
                raise LimitExceededException(
                    messages.UNITS_DECREASED_TOO_OFTEN,
                    count=len(today),
                    last=_moment(today[-1]),
                    following=_moment(today[-1] + limits.DECREASE_SECONDS),
                )
            self._at_once.append(lambda: capacity.decreased.append(now))

    # --- global indexes -----------------------------------------------------------------------------------

    def _global_index(self, name: str) -> Index:
        index = self.table.indexes.get(name)
        if index is None or not index.schema.is_global:
            raise ValidationException(messages.INDEX_UPDATE_UNKNOWN)
        return index

    def _set_index(self, index: IndexSchema) -> None:
        """Global indexes stay before local ones (`creation.read_schema`)."""
        known = {**self._schema.indexes, index.name: index}
        in_order = sorted(known.values(), key=lambda one: not one.is_global)
        self._schema = replace(self._schema, indexes={one.name: one for one in in_order})

    def _plan_indexes(self) -> None:
        updates = self.request.GlobalSecondaryIndexUpdates or []
        creations = [update.Create for update in updates if update.Create is not None]
        deletions = [update.Delete for update in updates if update.Delete is not None]
        if len(creations) + len(deletions) > 1 or ((creations or deletions) and self._is_one_under_way(deletions)):
            raise LimitExceededException(messages.INDEX_ONLINE_LIMIT)
        for create in creations:
            self._plan_creation(create)
        for delete in deletions:
            self._plan_deletion(delete.IndexName)
        for update in updates:
            if update.Update is not None:
                self._plan_index_settings(update.Update)

    def _is_one_under_way(self, deletions: list[shapes.DeleteGlobalSecondaryIndexAction]) -> bool:
        """Whether another index is being created or deleted; one that is being filled may be deleted itself."""
        names = {deletion.IndexName for deletion in deletions}
        return any(
            index.backfilling is not None or index.status is Status.DELETING
            for name, index in self.table.indexes.items()
            if name not in names or index.status is Status.DELETING
        )

    def _plan_creation(self, create: shapes.CreateGlobalSecondaryIndexAction) -> None:
        schema, table = self._schema, self.table
        if create.IndexName in schema.indexes:
            raise ValidationException(messages.INDEX_EXISTS)
        given = {one.AttributeName: one.AttributeType for one in self.request.AttributeDefinitions or ()}
        # What is stored counts where a definition says otherwise (aws-2026, keys 5).
        known = {**schema.attribute_types, **given, **schema.attribute_types}
        index = creation.read_global_index(
            shapes.GlobalSecondaryIndex(
                IndexName=create.IndexName,
                KeySchema=create.KeySchema,
                Projection=create.Projection,
                ProvisionedThroughput=create.ProvisionedThroughput,
            ),
            schema.keys,
            known,
            on_demand=schema.throughput is None,
            defined=given,
        )
        if sum(one.is_global for one in schema.indexes.values()) >= limits.GLOBAL_SECONDARY_INDEXES:
            raise ValidationException(messages.GLOBAL_INDEXES_TOO_MANY)
        creation.refuse_too_many_non_key_attributes([*schema.indexes.values(), index])
        state = Index(index)
        state.status, state.backfilling = Status.CREATING, False
        creation.set_capacity(
            state.capacity, create.OnDemandThroughput, create.WarmThroughput, index.throughput, index.name
        )
        self._set_index(index)
        self._reconcile_definitions(known)

        def allocate() -> None:
            table.indexes[index.name] = state

        def fill(_due: float) -> None:
            # Only now is it certain that it was not deleted while it was being filled.
            if table.indexes.get(index.name) is state and state.status is not Status.DELETING:
                state.backfilling, state.capacity.warming = None, False
                if state.status is Status.CREATING:
                    state.status = Status.ACTIVE

        def begin_to_fill() -> None:
            state.backfilling = True
            table.fill(state)
            cloud = self.catalogue.cloud
            cloud.agenda.enter(self.catalogue.clock() + cloud.transition_seconds, fill)

        self._at_once.append(allocate)
        self._in_the_end.append(begin_to_fill)

    def _plan_deletion(self, name: str) -> None:
        table = self.table
        index = table.indexes.get(name)
        if index is None or not index.schema.is_global:
            raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)

        def remove() -> None:
            del table.indexes[name]
            left = {other: one for other, one in table.schema.indexes.items() if other != name}
            table.schema = replace(table.schema, indexes=left)
            used = _attributes_used(table.schema)
            types = {one: type_ for one, type_ in table.schema.attribute_types.items() if one in used}
            table.schema = replace(table.schema, attribute_types=types)

        self._at_once.append(lambda: setattr(index, "status", Status.DELETING))
        self._in_the_end.append(remove)

    def _reconcile_definitions(self, known: Mapping[str, str]) -> None:
        """What no key uses is accepted, and not kept (control-plane 5.2, 14; 5.3)."""
        used = _attributes_used(self._schema)
        types = {name: type_ for name, type_ in known.items() if name in used}
        self._schema = replace(self._schema, attribute_types=types)

    def _plan_index_settings(self, update: shapes.UpdateGlobalSecondaryIndexAction) -> None:
        index = self._global_index(update.IndexName)
        self._plan_capacity(index.capacity, update.OnDemandThroughput, update.WarmThroughput, index.schema.name)

    # --- replicas -----------------------------------------------------------------------------------------

    def _plan_replicas(self) -> None:
        self._plan_followers()
        replication = global_tables.Replication(self.catalogue, self.table, self.request)
        replication.plan(self._schema)
        self._at_once.append(replication.begin)
        self._in_the_end.append(replication.finish)

    def _plan_followers(self) -> None:
        if self.is_following:
            return
        for replica in self.catalogue.part(global_tables.GlobalTables).siblings(self.table):
            request = global_tables.synchronised(self.request, replica)
            if request is not None:
                table = replica.catalogue.changeable(self.table.name)
                following = Updating(replica.catalogue, table, request, is_following=True)
                following.plan()
                self._following.append(following)

    # --- the rest -----------------------------------------------------------------------------------------

    def _plan_stream(self) -> None:
        specification = self.request.StreamSpecification
        if specification is None:
            return
        streams = self.catalogue.part(Streams)
        table = self.table
        view_type = creation.read_stream_specification(specification, doing="updated")
        if view_type is not None:
            if streams.is_enabled(table):
                raise ValidationException(messages.STREAM_ENABLED, table=table.name)
            self._at_once.append(lambda: streams.enable(table, view_type))
        else:
            if not streams.is_enabled(table):
                raise ValidationException(messages.STREAM_NOT_ENABLED, table=table.name)
            self._at_once.append(lambda: streams.disable(table))

    def _plan_settings(self) -> None:
        request, settings = self.request, self.table.settings
        now = self.catalogue.clock()
        self._plan_capacity(settings.capacity, request.OnDemandThroughput, request.WarmThroughput, None)
        if request.TableClass is not None:
            recent = [m for m in settings.table_class_changes if m > now - limits.TABLE_CLASS_SECONDS]
            if request.TableClass != (settings.table_class or STANDARD):
                if len(recent) >= limits.TABLE_CLASS_CHANGES:
                    raise LimitExceededException(messages.TABLE_CLASS_CHANGES)
                self._at_once.append(lambda: settings.table_class_changes.append(now))
            self._at_once.append(lambda: setattr(settings, "table_class", request.TableClass))
        if request.SSESpecification is not None:
            encryption = creation.read_encryption(self.catalogue, request.SSESpecification)
            if encryption is not None:
                encryption.status = "UPDATING"
                self._at_once.append(lambda: setattr(settings, "encryption", encryption))
                self._in_the_end.append(lambda: setattr(encryption, "status", "ENABLED"))
            elif settings.encryption is not None:
                before = settings.encryption
                self._at_once.append(lambda: setattr(before, "status", "UPDATING"))
                self._in_the_end.append(lambda: setattr(settings, "encryption", None))
        if request.DeletionProtectionEnabled is not None:
            protection = request.DeletionProtectionEnabled
            self._at_once.append(lambda: setattr(settings, "deletion_protection", protection))
            # It alone returns quickly; the table may stay ACTIVE (control-plane 5.1).
            others = [member for member in _UPDATES if member != "DeletionProtectionEnabled"]
            self._passes_through_updating = any(getattr(request, member) not in (None, []) for member in others)

    def _plan_capacity(
        self,
        capacity: Capacity,
        on_demand: shapes.OnDemandThroughput | None,
        warm: shapes.WarmThroughput | None,
        index: str | None,
    ) -> None:
        """Checked on a copy, so that nothing changes where a later check refuses."""
        if on_demand is None and warm is None:
            return
        changed = replace(capacity)
        throughput = (self._schema if index is None else self._schema.indexes[index]).throughput
        creation.set_capacity(changed, on_demand, warm, throughput, index, changing=True)

        def change() -> None:
            capacity.on_demand, capacity.warm, capacity.warming = changed.on_demand, changed.warm, changed.warming

        self._at_once.append(change)
        self._in_the_end.append(lambda: setattr(capacity, "warming", False))


def _attributes_used(schema: TableSchema) -> frozenset[str]:
    return frozenset(schema.keys.names) | schema.index_key_names


def _units(units: Throughput) -> dict[str, Any]:
    return {"read": units.read, "write": units.write}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%A, %B %-d, %Y at %-I:%M:%S %p Coordinated Universal Time")
