"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Final

from orange_ordering_client.wire import Members, OpenEnum


class RequestSubStep(OpenEnum):
    """Part of a step that a request is at. Other values can appear."""

    INITIATION = "INITIATION"
    IN_PROGRESS = "IN_PROGRESS"
    APPROVAL = "APPROVAL"
    DELIVERY = "DELIVERY"
    ACCEPTANCE = "ACCEPTANCE"


known_request_sub_step: Final = Members(RequestSubStep)
