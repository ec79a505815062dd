"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .catalog import CatalogResource as CatalogResource
    from .requests import RequestsResource as RequestsResource
    from .service import ServiceResource as ServiceResource

_MODULES: Final[dict[str, str]] = {
    "RequestsResource": "requests",
    "CatalogResource": "catalog",
    "ServiceResource": "service",
}


# Hidden from type checkers, for which a name that is not there has to be an error.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), name)
        globals()[name] = value
        return value
