"""Versions of Alternator, as data: what one says or does otherwise than another.

A handler asks its request's edition for what it needs to know. What all versions do alike is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    name: str
    # A sentence: which servers it stands for.
    summary: str
    # The longest name of a table, in bytes (dossier 3, "Table name").
    table_name_bytes: int
    # The longest name of a key attribute, in bytes; None where none is too long (dossier 3, "Attribute name length").
    key_name_bytes: int | None
    # Whether CreationDateTime is the time of the call that asks for it (dossier 4, "DescribeTable fields different").
    dates_tables_by_the_call: bool
    # Whether DescribeTable tells TableSizeBytes, IndexStatus, and that a table has no stream (dossier 4).
    describes_states: bool
    # Whether DescribeTable tells of an index without a sort key the column that the store puts there (recorded dt-gsi;
    # that it is hidden later is inferred from the source's tag for it).
    describes_added_sort_keys: bool
    # Whether UpdateTable creates and deletes global indexes, and must be asked for something (dossier 5).
    changes_indexes: bool
    # Whether tags of `system:` are refused and hidden but for a few (dossier 6, "system:* keys").
    reserves_system_tags: bool
    # Whether it is said what is wrong with an ARN (dossier 6, "Bad ARN", "Unknown table").
    explains_arns: bool
    # Whether a body that is no object, or the absence of AttributeDefinitions, is told in words (dossier 2 and 4).
    explains_wrong_json: bool
    # Whether a write to an internal table is told as such (dossier 13).
    names_internal_tables: bool
    # Whether requests and replies may be compressed (dossier 2).
    compresses: bool
    # Whether what is too large is refused in JSON (dossier 2, "Body > 16 MB").
    refuses_size_in_json: bool
    # Whether `/localnodes` heeds `dc` and `rack` (dossier 2).
    selects_local_nodes: bool
    # The most writes of a BatchWriteItem; None for no limit (dossier 3, "BatchWriteItem").
    batch_write_items: int | None
    # Whether the read and write units of single items and batches are told (dossier 9).
    tells_capacity: bool
    # Streams (dossier 11): whether their names have the form of an ARN; whether records tell where they come from, and
    # who deleted what had expired; whether a partition's deletion tells the old item; whether a put is one event,
    # INSERT; whether GetRecords refuses more than 1000; whether a stream is not enabled, or disabled, twice.
    stream_arns: bool
    stream_regions: bool
    stream_identities: bool
    old_images_of_partitions: bool
    puts_are_inserts: bool
    limits_records: bool
    refuses_stream_twice: bool
    # The option `alternator_streams_increased_compatibility`: events as DynamoDB's.
    exact_streams: bool = False
    # The value of the header `Server`; None for no header (dossier 2, "Server header").
    server_header: str | None


EDITION_6_2: Final = Edition(
    name="alternator-6.2",
    summary="ScyllaDB Alternator 6.2, as a real 6.2.3 was recorded.",
    table_name_bytes=222,
    key_name_bytes=None,
    dates_tables_by_the_call=True,
    describes_states=False,
    describes_added_sort_keys=True,
    changes_indexes=False,
    reserves_system_tags=False,
    explains_arns=False,
    explains_wrong_json=False,
    names_internal_tables=False,
    compresses=False,
    refuses_size_in_json=False,
    selects_local_nodes=False,
    batch_write_items=None,
    tells_capacity=False,
    stream_arns=False,
    stream_regions=False,
    stream_identities=False,
    old_images_of_partitions=False,
    puts_are_inserts=False,
    limits_records=False,
    refuses_stream_twice=False,
    server_header="Seastar httpd",
)

EDITION_2026: Final = Edition(
    name="alternator-2026",
    summary="ScyllaDB Alternator 2026.4, as its source and documents say; where they say nothing else, as 6.2.",
    table_name_bytes=192,
    key_name_bytes=255,
    dates_tables_by_the_call=False,
    describes_states=True,
    describes_added_sort_keys=False,
    changes_indexes=True,
    reserves_system_tags=True,
    explains_arns=True,
    explains_wrong_json=True,
    names_internal_tables=True,
    compresses=True,
    refuses_size_in_json=True,
    selects_local_nodes=True,
    batch_write_items=100,
    tells_capacity=True,
    stream_arns=True,
    stream_regions=True,
    stream_identities=True,
    old_images_of_partitions=True,
    puts_are_inserts=True,
    limits_records=True,
    refuses_stream_twice=True,
    server_header=None,
)

EDITION_2026_STREAMS: Final = replace(
    EDITION_2026,
    name="alternator-2026-streams",
    summary="The same with alternator_streams_increased_compatibility: stream events are DynamoDB's.",
    exact_streams=True,
)

EDITIONS: Final = (EDITION_6_2, EDITION_2026, EDITION_2026_STREAMS)
