"""JSON Schemas of the orders of each request type; their texts are (English, French) pairs.

From FACTS R2 (R_BVPN_FR_1) and S2 (C_GENERIC_FR_1). The schemas of C_BVPN_FR_1, U_BVPN_FR_1 and customer-specific types
are not published: here they require what the published types have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from orange_ordering_client.sandbox.domain.json_values import is_list, is_object

__all__ = ["SCHEMAS", "localised"]

_DIALECT = "http://json-schema.org/draft-07/schema#"


class Words(NamedTuple):
    """The same text in both languages."""

    english: str
    french: str


def _object(title: tuple[str, str], properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "title": Words(*title), "properties": dict(properties)}
    return schema | ({"required": list(required)} if required else {})


def _string(english: str, french: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": Words(english, french), **more}


_CONTACT = {
    "title": _string("Title", "Civilité"),
    "firstName": _string("First name", "Prénom", minLength=1),
    "lastName": _string("Last name", "Nom", minLength=1),
    "email": _string("Email", "Adresse électronique", pattern="^[^@\\s]+@[^@\\s]+$"),
    "phone": _string("Phone", "Téléphone", minLength=1),
    "mobile": _string("Mobile", "Portable"),
}
_REACHABLE = ("firstName", "lastName", "email", "phone")

_CONTACTS = _object(
    ("Contacts", "Contacts"),
    {
        "primary": _object(("Primary contact", "Contact principal"), _CONTACT, _REACHABLE),
        "secondary": _object(("Secondary contact", "Contact secondaire"), _CONTACT),
    },
    ("primary",),
)

_SERVICE_POINT = _object(
    ("Service point", "Point de service"),
    {
        "id": _string("Identifier", "Identifiant", minLength=1),
        "customerReference": _string("Your reference", "Votre référence", minLength=1),
        "reference": _string("Orange's reference", "Référence Orange", minLength=1),
        "name": _string("Name", "Nom"),
    },
) | {"oneOf": [{"required": ["id"]}, {"required": ["customerReference"]}, {"required": ["reference"]}]}

_PERSON = {
    **{name: _CONTACT[name] for name in ("title", "firstName", "lastName", "phone", "mobile", "email")},
    "name": _string("Name", "Nom", minLength=1),
    "roles": {"type": "array", "title": Words("Roles", "Rôles"), "items": {"type": "string"}},
}

_ADDRESS = _object(
    ("Address", "Adresse"),
    {
        "street": _string("Street", "Rue", minLength=1, maxLength=55),
        "postalCode": _string("Postal code", "Code postal", minLength=1),
        "city": _string("City", "Ville", minLength=1),
        "country": _string("Country", "Pays", default="FR"),
    },
    ("street", "postalCode", "city", "country"),
)

_LOCATION = _object(
    ("Location", "Site"),
    {
        "name": _string("Name", "Nom", minLength=1),
        "customerReference": _string("Your reference", "Votre référence"),
        "legalIdentifier": _string("Legal identifier", "Identifiant légal"),
        "company": _string("Company", "Société"),
        "building": _string("Building", "Bâtiment"),
        "floor": _string("Floor", "Étage"),
        "stairCases": _string("Staircase", "Escalier"),
        "type": _string("Kind", "Nature", enum=["BUILDING", "MALL", "SHOP", "FACTORY", "HEADQUARTER", "OTHER"]),
        "address": _ADDRESS,
        "primaryContact": _object(("Primary contact", "Contact principal"), _PERSON, ("name",)),
        "secondaryContact": _object(("Secondary contact", "Contact secondaire"), _PERSON, ("name",)),
    },
    ("name", "address", "primaryContact"),
)

_DOMAINS = (
    *("DATA SUPPORT", "INTERNET", "CONVERGENT", "INTERNATIONAL", "RETURN WARRANT", "CONTACT", "OTHER"),
    *("MANAGED_DATA", "VOICE_OVER_IP", "BUSINESS_INTERNET"),
)


def _body(request_type: str, title: tuple[str, str], properties: Mapping[str, Any]) -> dict[str, Any]:
    common = {
        "type": _string("Request type", "Type de demande", const=request_type),
        "requestedAt": _string("Requested date", "Date souhaitée", format="date"),
        "customerReference": _string("Your reference", "Votre référence"),
        "contract": _string("Contract", "Contrat"),
        "comment": _string("Comment", "Commentaire"),
        "customer": _object(
            ("Customer", "Client"),
            {"id": _string("Identifier", "Identifiant"), "name": _string("Name", "Nom")},
            ("id",),
        ),
        "attachments": {
            "type": "array",
            "title": Words("Attachments", "Pièces jointes"),
            "items": _object(
                ("Attachment", "Pièce jointe"),
                {
                    "name": _string("File name", "Nom du fichier", minLength=1),
                    "format": _string("Format", "Format", minLength=1),
                    "body": _string("Content in base64", "Contenu en base64", contentEncoding="base64"),
                },
                ("name", "format", "body"),
            ),
        },
        "properties": properties,
    }
    # `properties` is mandatory only if something in it is (S2: C_GENERIC_S1).
    required = ("type", "requestedAt", "properties") if "required" in properties else ("type", "requestedAt")
    return {"$schema": _DIALECT, **_object(title, common, required)}


_SITE = _object(
    ("Properties", "Propriétés"),
    {"servicePoint": _SERVICE_POINT, "contacts": _CONTACTS},
    ("servicePoint", "contacts"),
)
_NEW_SITE = _object(("Properties", "Propriétés"), {"location": _LOCATION, "contacts": _CONTACTS}, ("location",))
_GENERIC = _object(
    ("Properties", "Propriétés"),
    {
        "domain": _string("Domain", "Domaine", enum=list(_DOMAINS)),
        "location": _LOCATION,
        "requestedAt": _string("Requested date", "Date souhaitée", format="date"),
        "offer": _object(("Offer", "Offre"), {"name": _string("Name", "Nom")}),
        "billingAccount": _object(
            ("Billing account", "Compte de facturation"), {"id": _string("Identifier", "Identifiant")}
        ),
    },
)

SCHEMAS: Mapping[str, tuple[tuple[str, str], dict[str, Any]]] = {
    name: (title, _body(name, title, properties))
    for name, title, properties in (
        ("R_BVPN_FR_1", ("Disconnect a BVPN site", "Résilier un site BVPN"), _SITE),
        ("C_BVPN_FR_1", ("Create a BVPN site", "Créer un site BVPN"), _NEW_SITE),
        ("U_BVPN_FR_1", ("Change a BVPN site", "Modifier un site BVPN"), _SITE),
        ("C_GENERIC_FR_1", ("Any other request", "Toute autre demande"), _GENERIC),
        ("C_BVPN_CUSTOM003_1", ("Create a BVPN site, custom 003", "Créer un site BVPN, spécifique 003"), _NEW_SITE),
    )
}


def localised(node: Any, language: str) -> Any:
    """Return a copy of a schema with its texts in one language."""
    if isinstance(node, Words):
        return node.french if language == "fr" else node.english
    if is_object(node):
        return {key: localised(value, language) for key, value in node.items()}
    if is_list(node):
        return [localised(item, language) for item in node]
    return node
