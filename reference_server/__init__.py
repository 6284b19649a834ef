"""A reference server for the DynamoDB API.

`ReferenceServer` answers requests, `in_process()` puts one under boto3 without a socket, and
`python -m reference_server` puts one behind HTTP. The names are imported when they are first used, so that
importing a single module of the package costs that module only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference_server.interception import InProcess as in_process  # noqa: N813 (used like a function)
    from reference_server.server import ReferenceServer

__all__ = ["ReferenceServer", "in_process"]


def __getattr__(name: str) -> Any:
    if name == "ReferenceServer":
        from reference_server.server import ReferenceServer

        return ReferenceServer
    if name == "in_process":
        from reference_server.interception import InProcess

        return InProcess
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
