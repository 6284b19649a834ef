"""CreateTable's request held against the rules of a table, and turned into its schema (control-plane 3.2).

The checks stand in the order in which DynamoDB makes them; the first that fails is the answer. What the service
model itself demands (lengths, patterns, required members) has been checked before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reference_server import limits, messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue, short_name
from reference_server.tables.schema import (
    IndexProjection,
    IndexSchema,
    KeyAttribute,
    KeySchema,
    ProjectionType,
    TableSchema,
    Throughput,
)
from reference_server.tables.settings import Capacity, Encryption, OnDemandLimits, Settings, WarmUnits


def read_stream_specification(
    specification: shapes.StreamSpecification | None, *, doing: str = "created"
) -> str | None:
    """The view type of the stream that the table is to have; None for none (control-plane 3.2, 27 and 28).

    `doing` is what is being done to the table.
    """
    if specification is None:
        return None
    if not specification.StreamEnabled:
        if specification.StreamViewType is not None:
            raise ValidationException(messages.STREAM_VIEW_SURPLUS, doing=doing)
        return None
    if specification.StreamViewType is None:
        raise ValidationException(messages.STREAM_VIEW_MISSING, doing=doing)
    return specification.StreamViewType


def read_schema(request: shapes.CreateTableInput) -> TableSchema:
    """The schema that a CreateTable request describes. Raises ValidationException for what does not fit together."""
    on_demand = request.BillingMode == "PAY_PER_REQUEST"
    throughput = _read_throughput(request.ProvisionedThroughput, on_demand=on_demand)
    definitions = request.AttributeDefinitions or []
    types = {definition.AttributeName: definition.AttributeType for definition in definitions}
    key_schema = request.KeySchema or []
    if len(key_schema) > len(definitions) or not definitions:
        raise ValidationException(messages.KEYS_WITHOUT_DEFINITION)
    keys = _read_keys(key_schema, types)
    local_indexes: list[IndexSchema] = []
    global_indexes: list[IndexSchema] = []
    if request.LocalSecondaryIndexes is not None:
        for index in _read_local_indexes(request.LocalSecondaryIndexes, keys, types):
            _refuse_name_taken(index, local_indexes)
            local_indexes.append(index)
        if len(local_indexes) > limits.LOCAL_SECONDARY_INDEXES:
            raise ValidationException(messages.LOCAL_INDEXES_TOO_MANY)
    if request.GlobalSecondaryIndexes is not None:
        for index in _read_global_indexes(request.GlobalSecondaryIndexes, keys, types, on_demand=on_demand):
            _refuse_name_taken(index, [*local_indexes, *global_indexes])
            global_indexes.append(index)
        if len(global_indexes) > limits.GLOBAL_SECONDARY_INDEXES:
            raise ValidationException(messages.GLOBAL_INDEXES_TOO_MANY)
    indexes = [*local_indexes, *global_indexes]
    refuse_too_many_non_key_attributes(indexes)
    _check_definitions_used([definition.AttributeName for definition in definitions], keys, indexes)
    return TableSchema(
        # By its ARN a table is created too; what else the ARN says is not looked at (control-plane 2).
        name=short_name(request.TableName),
        keys=keys,
        attribute_types=types,
        # Global indexes come first where an attribute is a key of several (data-plane 2.3, thin).
        indexes={index.name: index for index in [*global_indexes, *local_indexes]},
        throughput=throughput,
    )


def _read_throughput(given: shapes.ProvisionedThroughput | None, *, on_demand: bool) -> Throughput | None:
    if on_demand:
        if given is not None:
            raise ValidationException(messages.UNITS_WITH_ON_DEMAND)
        return None
    if given is None:
        raise ValidationException(messages.UNITS_MISSING)
    return accept_throughput(given)


def refuse_too_many_non_key_attributes(indexes: Iterable[IndexSchema]) -> None:
    """Counted over all indexes of the table, an attribute as often as it is named."""
    if sum(len(index.projection.non_key_attributes) for index in indexes) > limits.NON_KEY_ATTRIBUTES:
        raise ValidationException(messages.NON_KEY_ATTRIBUTES_TOO_MANY)


def accept_throughput(given: shapes.ProvisionedThroughput) -> Throughput:
    for name, value in (
        ("ReadCapacityUnits", given.ReadCapacityUnits),
        ("WriteCapacityUnits", given.WriteCapacityUnits),
    ):
        if value > limits.THROUGHPUT_UNITS_MAX:
            raise ValidationException(messages.UNITS_OUT_OF_BOUNDS, value=value, name=name)
    return Throughput(given.ReadCapacityUnits, given.WriteCapacityUnits)


def _read_keys(
    elements: Sequence[shapes.KeySchemaElement],
    types: Mapping[str, str],
    *,
    most: int = 1,
    defined: Iterable[str] | None = None,
) -> KeySchema:
    """A key schema of at most `most` HASH elements followed by at most `most` RANGE elements.

    Tables and local indexes have one of each; global indexes up to four (control-plane 3.3). What AWS says of
    more than four, or of a HASH element behind a RANGE element, is not known: the text for two elements is used.
    `defined` are the names that the request defines, for the text; all of `types` where nothing is said.
    """
    names = [element.AttributeName for element in elements]
    if any(name not in types for name in names):
        raise ValidationException(
            messages.KEYS_NOT_DEFINED,
            keys=", ".join(names),
            definitions=", ".join(types if defined is None else defined),
        )
    if len(set(names)) != len(names):
        raise ValidationException(messages.KEYS_OF_ONE_NAME)
    kinds = [element.KeyType for element in elements]
    if kinds[0] != "HASH":
        raise ValidationException(messages.KEY_FIRST_NOT_HASH)
    partition_count = kinds.count("HASH")
    in_order = kinds[:partition_count].count("HASH") == partition_count
    if not in_order or partition_count > most or len(kinds) - partition_count > most:
        raise ValidationException(messages.KEY_SECOND_NOT_RANGE)
    attributes = tuple(KeyAttribute(name, types[name]) for name in names)
    return KeySchema(attributes[:partition_count], attributes[partition_count:])


def _read_local_indexes(
    requests: Sequence[shapes.LocalSecondaryIndex], table_keys: KeySchema, types: Mapping[str, str]
) -> Iterator[IndexSchema]:
    if not requests:
        raise ValidationException(messages.INDEX_LIST_EMPTY, member="LocalSecondaryIndexes")
    if not table_keys.sort:
        raise ValidationException(messages.LOCAL_INDEX_WITHOUT_TABLE_SORT_KEY)
    for request in requests:
        keys = _read_keys(request.KeySchema, types)
        if not keys.sort:
            raise ValidationException(messages.LOCAL_INDEX_WITHOUT_SORT_KEY, index=request.IndexName)
        if keys.partition != table_keys.partition:
            raise ValidationException(
                messages.LOCAL_INDEX_PARTITION_KEY,
                index=request.IndexName,
                index_key=keys.partition[0].name,
                table_key=table_keys.partition[0].name,
            )
        projection = _read_projection(request.Projection)
        yield IndexSchema(request.IndexName, is_global=False, keys=keys, table_keys=table_keys, projection=projection)


def _read_global_indexes(
    requests: Sequence[shapes.GlobalSecondaryIndex],
    table_keys: KeySchema,
    types: Mapping[str, str],
    *,
    on_demand: bool,
) -> Iterator[IndexSchema]:
    if not requests:
        raise ValidationException(messages.INDEX_LIST_EMPTY, member="GlobalSecondaryIndexes")
    for request in requests:
        yield read_global_index(request, table_keys, types, on_demand=on_demand)


def read_global_index(
    request: shapes.GlobalSecondaryIndex,
    table_keys: KeySchema,
    types: Mapping[str, str],
    *,
    on_demand: bool,
    defined: Iterable[str] | None = None,
) -> IndexSchema:
    keys = _read_keys(request.KeySchema, types, most=limits.KEY_ATTRIBUTES_OF_A_KIND, defined=defined)
    projection = _read_projection(request.Projection)
    if on_demand and request.ProvisionedThroughput is not None:
        raise ValidationException(messages.INDEX_UNITS_WITH_ON_DEMAND, index=request.IndexName)
    if not on_demand and request.ProvisionedThroughput is None:
        raise ValidationException(messages.INDEX_UNITS_MISSING, index=request.IndexName)
    return IndexSchema(
        request.IndexName,
        is_global=True,
        keys=keys,
        table_keys=table_keys,
        projection=projection,
        throughput=accept_throughput(request.ProvisionedThroughput) if request.ProvisionedThroughput else None,
    )


def _read_projection(projection: shapes.Projection) -> IndexProjection:
    if projection.ProjectionType is None:
        raise ValidationException(messages.PROJECTION_TYPE_MISSING)
    projection_type = ProjectionType(projection.ProjectionType)
    attributes = projection.NonKeyAttributes
    if attributes is not None and projection_type is not ProjectionType.INCLUDE:
        raise ValidationException(messages.PROJECTION_WITH_ATTRIBUTES, type=projection_type)
    if attributes is None and projection_type is ProjectionType.INCLUDE:
        raise ValidationException(messages.PROJECTION_WITHOUT_ATTRIBUTES)
    return IndexProjection(projection_type, tuple(attributes or ()))


def _refuse_name_taken(index: IndexSchema, others: Iterable[IndexSchema]) -> None:
    if any(index.name == other.name for other in others):
        raise ValidationException(messages.INDEX_NAME_DUPLICATE, index=index.name)


def _check_definitions_used(definitions: Sequence[str], keys: KeySchema, indexes: Sequence[IndexSchema]) -> None:
    """Every attribute definition is a key of the table or of an index, and none stands twice."""
    used = dict.fromkeys(keys.names)
    for index in indexes:
        used.update(dict.fromkeys(index.keys.names))
    if len(definitions) == len(used):
        return
    if indexes:
        raise ValidationException(messages.DEFINITIONS_UNUSED, definitions=", ".join(definitions), keys=", ".join(used))
    raise ValidationException(messages.DEFINITIONS_NUMBER)


# --- settings (control-plane 3.1) -------------------------------------------------------------------------


def read_settings(catalogue: Catalogue, request: shapes.CreateTableInput, schema: TableSchema) -> Settings:
    """What a table is besides its schema."""
    settings = Settings(
        deletion_protection=bool(request.DeletionProtectionEnabled),
        table_class=request.TableClass,
    )
    set_capacity(settings.capacity, request.OnDemandThroughput, request.WarmThroughput, schema.throughput, None)
    if request.SSESpecification is not None:
        settings.encryption = read_encryption(catalogue, request.SSESpecification)
    if schema.throughput is None:
        settings.put_on_demand.append(catalogue.clock())
    return settings


def read_index_settings(request: shapes.CreateTableInput, schema: TableSchema) -> dict[str, Capacity]:
    """How the global indexes are paid for, by their names."""
    capacities: dict[str, Capacity] = {}
    for index in request.GlobalSecondaryIndexes or ():
        capacity = capacities[index.IndexName] = Capacity()
        throughput = schema.indexes[index.IndexName].throughput
        set_capacity(capacity, index.OnDemandThroughput, index.WarmThroughput, throughput, index.IndexName)
    return capacities


def read_encryption(catalogue: Catalogue, specification: shapes.SSESpecification) -> Encryption | None:
    """Encryption with a key of KMS; None for AWS's own key. There is no KMS here: the key is only named."""
    if specification.SSEType not in (None, "KMS"):
        raise ValidationException(messages.SSE_TYPE_UNSUPPORTED, type=specification.SSEType)
    if not specification.Enabled:
        return None
    key = specification.KMSMasterKeyId
    if key is None:
        # AWS's managed key is the account's own in each region.
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"kms:{catalogue.account}:{catalogue.region}"))
    if not key.startswith("arn:"):
        key = key if key.startswith("alias/") else f"key/{key}"
        key = f"arn:aws:kms:{catalogue.region}:{catalogue.account}:{key}"
    return Encryption(key)


def set_capacity(
    capacity: Capacity,
    on_demand: shapes.OnDemandThroughput | None,
    warm: shapes.WarmThroughput | None,
    throughput: Throughput | None,
    index: str | None,
    *,
    changing: bool = False,
) -> None:
    """Limits on demand and warm units of a table, or of an index of it. Raises ValidationException.

    `throughput` is the table's or the index's own, None on demand.
    `changing`: by UpdateTable, where -1 takes a limit away, and warm units only grow.
    """
    what = "table" if index is None else f"index {index}"
    if on_demand is not None:
        if throughput is not None:
            raise ValidationException(messages.ON_DEMAND_LIMIT_OF_PROVISIONED)
        read = _read_limit("MaxReadRequestUnits", on_demand.MaxReadRequestUnits, what, changing)
        write = _read_limit("MaxWriteRequestUnits", on_demand.MaxWriteRequestUnits, what, changing)
        before = capacity.on_demand or OnDemandLimits()
        limited = OnDemandLimits(
            before.read if on_demand.MaxReadRequestUnits is None else read,
            before.write if on_demand.MaxWriteRequestUnits is None else write,
        )
        capacity.on_demand = None if limited == OnDemandLimits() else limited
    if warm is not None:
        current = warm_units(capacity, throughput)
        units = WarmUnits(
            current.read if warm.ReadUnitsPerSecond is None else warm.ReadUnitsPerSecond,
            current.write if warm.WriteUnitsPerSecond is None else warm.WriteUnitsPerSecond,
        )
        for name, wanted, there in (
            ("ReadUnitsPerSecond", units.read, current.read),
            ("WriteUnitsPerSecond", units.write, current.write),
        ):
            if wanted < there:
                raise ValidationException(messages.WARM_UNITS_DECREASED, name=name, what=what)
        capacity.warm, capacity.warming = units, True


def warm_units(capacity: Capacity, throughput: Throughput | None) -> WarmUnits:
    """Those of a table or index: what it has anyway (control-plane 4, recorded), or more where more was asked for."""
    default = WarmUnits(12_000, 4_000) if throughput is None else WarmUnits(throughput.read, throughput.write)
    if capacity.warm is None:
        return default
    return WarmUnits(max(default.read, capacity.warm.read), max(default.write, capacity.warm.write))


def _read_limit(name: str, units: int | None, what: str, changing: bool) -> int | None:
    if units is None or (changing and units == -1):
        return None
    if units < 1:
        raise ValidationException(messages.ON_DEMAND_LIMIT_OUT_OF_RANGE, name=name, what=what)
    return units
