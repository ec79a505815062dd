"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Final

from orange_ordering_client.wire import Members, OpenEnum


class ServiceState(OpenEnum):
    """Whether the API works: `ok` or `ko`."""

    OK = "ok"
    KO = "ko"


known_service_state: Final = Members(ServiceState)
