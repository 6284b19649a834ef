"""Every limit of the API, once, each with its source (dossier sections as in `messages.py`)."""

from __future__ import annotations

from typing import Final

KILOBYTE: Final = 1024
GIGABYTE: Final = KILOBYTE**3

# --- items and values -------------------------------------------------------------------------------------
ITEM_BYTES: Final = 400 * KILOBYTE  # inclusive: 409600 passes, 409601 does not (aws-2026, sizes 2)
# What an update writes besides its bytes, by the kind of its actions (aws-2026, sizes 3).
UPDATE_BYTES: Final = 3
UPDATE_BYTES_OF_ACTION: Final = {"SET": 19, "ADD": 19, "REMOVE": 2, "DELETE": 2}
UPDATE_BYTES_OF_ELEMENT: Final = 1  # more, for a SET of a list element
NESTING_LEVELS: Final = 32  # containers around a scalar: 31 pass, 32 are refused (aws-2026, sizes 7)
# Where AWS does not check the levels (the same place), this server has an end of its own; AWS's is not known.
NESTING_LEVELS_UNCHECKED: Final = 100
NUMBER_DIGITS: Final = 38  # significant digits (data-plane 3.2)
NUMBER_EXPONENT_MAX: Final = 125  # decimal exponent of the first significant digit (data-plane 3.2)
NUMBER_EXPONENT_MIN: Final = -130

# --- keys -------------------------------------------------------------------------------------------------
PARTITION_KEY_BYTES: Final = 2048  # inclusive (data-plane 2.3)
SORT_KEY_BYTES: Final = 1024
# So many characters, of text or base64, are no key too long, whatever they are.
SHORT_KEY: Final = SORT_KEY_BYTES // 4

# --- expressions (data-plane 4.5) -------------------------------------------------------------------------
EXPRESSION_BYTES: Final = 4096
EXPRESSION_OPERATORS: Final = 300
IN_OPERANDS: Final = 100
PATH_ELEMENTS: Final = 32
LIST_INDEX: Final = 2**31 - 1
PLACEHOLDER_BYTES: Final = 255
EXPRESSION_VALUES_BYTES: Final = 2 * KILOBYTE * KILOBYTE

# --- requests ---------------------------------------------------------------------------------------------
REQUEST_BYTES: Final = 16 * KILOBYTE * KILOBYTE  # data-plane 1.1
BATCH_GET_KEYS: Final = 100  # data-plane 7.1
BATCH_GET_BYTES: Final = 16 * KILOBYTE * KILOBYTE
BATCH_WRITE_REQUESTS: Final = 25  # data-plane 7.2
TRANSACTION_BYTES: Final = 4 * KILOBYTE * KILOBYTE  # data-plane 7.3
TOKEN_SECONDS: Final = 600  # from the completion of the first request with it (data-plane 7.3)
PAGE_BYTES: Final = KILOBYTE * KILOBYTE  # Query and Scan, before the filter (data-plane 6.2)

# --- tables (control-plane 3) -----------------------------------------------------------------------------
TABLE_NAME_MIN: Final = 3
TABLE_NAME_MAX: Final = 255
TABLES: Final = 2500  # of an account in a region, a soft quota (control-plane 3.4)
TABLES_UNDER_WAY: Final = 500  # being created, updated or deleted at a time (control-plane 3.4)
LIST_TABLES_DEFAULT: Final = 100  # names of a page; also the most that may be asked for (control-plane 7)
LOCAL_SECONDARY_INDEXES: Final = 5
GLOBAL_SECONDARY_INDEXES: Final = 20
KEY_ATTRIBUTES_OF_A_KIND: Final = 4  # partition, or sort, attributes of a global index's key (control-plane 3.3)
THROUGHPUT_UNITS_MAX: Final = 1_000_000_000_000
NON_KEY_ATTRIBUTES: Final = 100

# UpdateTable (control-plane 5.1, 5.2)
ON_DEMAND_SWITCHES: Final = 4  # in as many seconds as follow
ON_DEMAND_SWITCH_SECONDS: Final = 24 * 3600
DECREASES_OF_DAY: Final = 4  # and then one in as many seconds as follow
DECREASE_SECONDS: Final = 3600
TABLE_CLASS_CHANGES: Final = 2  # in as many seconds as follow
TABLE_CLASS_SECONDS: Final = 30 * 24 * 3600

# --- global tables (control-plane 14, 15) -----------------------------------------------------------------
STRONG_REGIONS: Final = 3  # of a global table with MultiRegionConsistency STRONG, its witness included
# How long a table cannot be deleted that a replica was made from, as the developer guide has it.
REPLICA_SOURCE_SECONDS: Final = 24 * 3600
LIST_GLOBAL_TABLES: Final = 100

# --- tags (control-plane 10) ------------------------------------------------------------------------------
TAGS: Final = 50
TAGS_PAGE: Final = 10

# --- accounts (control-plane 11, 18, 19) ------------------------------------------------------------------
ACCOUNT_UNITS: Final = 80_000
TABLE_UNITS: Final = 40_000
ENDPOINT_MINUTES: Final = 1440
POLICY_BYTES: Final = 20 * KILOBYTE
LIST_INSIGHTS: Final = 100

# --- time to live (control-plane 9) -----------------------------------------------------------------------
TIME_TO_LIVE_CHANGE_SECONDS: Final = 3600  # between one change and the next
TIME_TO_LIVE_OLDEST_SECONDS: Final = 5 * 365 * 24 * 3600  # five years; leap days are not known to count

# --- streams (control-plane 20) ---------------------------------------------------------------------------
STREAM_SECONDS: Final = 24 * 3600
SHARD_SECONDS: Final = 4 * 3600  # a shard's life; AWS says "about"
SHARD_ITERATOR_SECONDS: Final = 15 * 60
LIST_STREAMS: Final = 100
DESCRIBE_STREAM_SHARDS: Final = 100
STREAM_PAGE_RECORDS: Final = 1000
STREAM_PAGE_BYTES: Final = KILOBYTE * KILOBYTE

# --- backups, exports, imports (control-plane 12, 13) -----------------------------------------------------
RECOVERY_DAYS: Final = 35  # at most, and where nothing is said; also how long a deleted table's backup is kept
DAY_SECONDS: Final = 24 * 3600
LIST_BACKUPS: Final = 100
RESTORES: Final = 50  # at a time
EXPORTS: Final = 300  # at a time, as the documentation has it
IMPORTS: Final = 50  # at a time
TRANSFER_TOKEN_SECONDS: Final = 8 * 3600
TRANSFER_LISTED_SECONDS: Final = 90 * DAY_SECONDS
LIST_TRANSFERS: Final = 25
# How long what an incremental export tells of may last, as the documentation has it.
INCREMENT_SECONDS_MIN: Final = 15 * 60
INCREMENT_SECONDS_MAX: Final = DAY_SECONDS

# --- capacity units (data-plane 8) ------------------------------------------------------------------------
READ_UNIT_BYTES: Final = 4 * KILOBYTE
WRITE_UNIT_BYTES: Final = KILOBYTE
TRANSACTION_UNITS: Final = 2  # for each unit: the item is read or written twice

# --- numbers of requests ----------------------------------------------------------------------------------
# Java's; what AWS makes of whole numbers beyond them is not known: here they end at them, as decimals do.
LONG_MIN: Final = -(2**63)
LONG_MAX: Final = 2**63 - 1
