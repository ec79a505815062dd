"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Final

from orange_ordering_client.wire import Members, OpenEnum


class GenericDomain(OpenEnum):
    """What a generic request is about. Other values can appear."""

    DATA_SUPPORT = "DATA SUPPORT"
    INTERNET = "INTERNET"
    CONVERGENT = "CONVERGENT"
    INTERNATIONAL = "INTERNATIONAL"
    RETURN_WARRANT = "RETURN WARRANT"
    CONTACT = "CONTACT"
    OTHER = "OTHER"
    MANAGED_DATA = "MANAGED_DATA"
    VOICE_OVER_IP = "VOICE_OVER_IP"
    BUSINESS_INTERNET = "BUSINESS_INTERNET"


known_generic_domain: Final = Members(GenericDomain)
