"""UpdateTimeToLive and DescribeTimeToLive (control-plane 9)."""

from __future__ import annotations

from typing import Any

from reference_server import messages
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.global_tables import GlobalTables
from reference_server.tables.time_to_live import TimeToLive


def update_time_to_live(catalogue: Catalogue, request: shapes.UpdateTimeToLiveInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.changeable(catalogue.present(request.TableName).name)
    global_tables = catalogue.part(GlobalTables)
    global_tables.refuse_strong(table, messages.STRONG_WITHOUT_TIME_TO_LIVE)
    # WRITE
    specification = request.TimeToLiveSpecification
    places = [(catalogue, table), *((one.catalogue, one.table) for one in global_tables.siblings(table))]
    for there, replica in places:
        time_to_live = there.part(TimeToLive)
        change = time_to_live.enable if specification.Enabled else time_to_live.disable
        change(replica, specification.AttributeName)
    # RESPONSE
    return {
        "TimeToLiveSpecification": {
            "Enabled": specification.Enabled,
            "AttributeName": specification.AttributeName,
        }
    }


def describe_time_to_live(catalogue: Catalogue, request: shapes.DescribeTimeToLiveInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    # RESPONSE
    return {"TimeToLiveDescription": catalogue.part(TimeToLive).describe(table)}
