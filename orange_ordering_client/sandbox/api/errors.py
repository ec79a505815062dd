"""Orange's table of errors (FACTS P3; 422: FACTS R2) in English and French, and error replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orange_ordering_client.sandbox.api.messages import Reply
from orange_ordering_client.sandbox.domain.rules import OrderRefused

__all__ = ["TABLE", "Refusal", "order_refusal", "refusal_reply"]

TABLE: Mapping[tuple[int, int], tuple[str, str]] = {
    (400, 20): ("Invalid URL parameter value", "Valeur de paramètre d'URL invalide"),
    (400, 21): ("Missing body", "Corps absent"),
    (400, 22): ("Invalid body", "Corps invalide"),
    (400, 23): ("Missing body field", "Champ du corps absent"),
    (400, 24): ("Invalid body field", "Champ du corps invalide"),
    (400, 25): ("Missing header", "En-tête absent"),
    (400, 26): ("Invalid header value", "Valeur d'en-tête invalide"),
    (400, 27): ("Missing query-string parameter", "Paramètre de requête absent"),
    (400, 28): ("Invalid query-string parameter value", "Valeur de paramètre de requête invalide"),
    (401, 40): ("Missing credentials", "Identifiants absents"),
    (401, 41): ("Invalid credentials", "Identifiants invalides"),
    (401, 42): ("Expired credentials", "Identifiants expirés"),
    (403, 50): ("Access denied", "Accès refusé"),
    (403, 51): ("Forbidden requester", "Demandeur non autorisé"),
    (403, 52): ("Forbidden user", "Utilisateur non autorisé"),
    (403, 53): ("Too many requests", "Trop de requêtes"),
    (404, 60): ("Resource not found", "Ressource introuvable"),
    (405, 61): ("Method not allowed", "Méthode non autorisée"),
    (406, 62): ("Not acceptable", "Non acceptable"),
    (408, 63): ("Request time-out", "Délai de requête dépassé"),
    (409, 69): ("Conflict", "Conflit"),
    (411, 64): ("Length required", "Longueur requise"),
    (412, 65): ("Precondition failed", "Précondition non remplie"),
    (413, 66): ("Request entity too large", "Corps de requête trop volumineux"),
    (414, 67): ("Request-URI too long", "URI de requête trop longue"),
    (415, 68): ("Unsupported media type", "Type de contenu non pris en charge"),
    (422, 3611): ("requestedAt is not valid", "requestedAt n'est pas valide"),
    (422, 3620): ("Properties are not valid", "Les propriétés ne sont pas valides"),
    (422, 3621): ("Several products match", "Plusieurs produits correspondent"),
    (422, 3622): ("No service point matches", "Aucun point de service ne correspond"),
    (422, 3623): (
        "The internal ordering system is not available, the request was not accepted",
        "Le système de commande interne n'est pas disponible, la demande n'a pas été acceptée",
    ),
    (422, 3630): ("Not authorised on this network", "Non autorisé sur ce réseau"),
    (422, 3631): ("Several networks match", "Plusieurs réseaux correspondent"),
    (429, 53): ("Too many requests", "Trop de requêtes"),
    (500, 1): ("Internal error", "Erreur interne"),
    (502, 1): ("Bad gateway", "Passerelle en erreur"),
    (502, 3): ("Bad gateway", "Passerelle en erreur"),
    (503, 5): ("Service temporarily unavailable", "Service temporairement indisponible"),
    (503, 6): ("Over capacity, retry later", "Capacité dépassée, réessayez plus tard"),
    (504, 6): ("Gateway timeout", "Délai de passerelle dépassé"),
}

# Status by code of an order that is refused; all other codes have 422.
_ORDER_STATUSES = {24: 400, 50: 403, 65: 412}


class Refusal(Exception):
    """A call is refused.

    Args:
        status, code: a row of the table.
        description: what is wrong with this call, in English; None to answer the message of the row only.
        details: (code, description) of each violation.
        headers: headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: int,
        description: str | None = None,
        *,
        details: Sequence[tuple[int, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status}/{code} {description or ''}")
        self.status = status
        self.code = code
        self.description = description
        self.details = details
        self.headers = headers or {}


def order_refusal(refused: OrderRefused) -> Refusal:
    """Return the refusal of a call whose order breaks a rule."""
    details = [(refused.code, text) for text in refused.details]
    return Refusal(_ORDER_STATUSES.get(refused.code, 422), refused.code, refused.description, details=details)


def refusal_reply(refusal: Refusal, language: str = "en") -> Reply:
    """Return a reply with Orange's error body: code, message, description, details (FACTS, Errors)."""
    text = _message(refusal.status, refusal.code, language)
    body: dict[str, Any] = {"code": refusal.code, "message": text, "description": refusal.description or f"{text}."}
    if refusal.details:
        body["details"] = [
            _detail(refusal.status, code, description, language) for code, description in refusal.details
        ]
    return Reply(refusal.status, body, {**refusal.headers, "Content-Language": language})


def _message(status: int, code: int, language: str) -> str:
    # Only 501 is not in the table.
    english, french = TABLE.get((status, code), (f"Error {status}", f"Erreur {status}"))
    return french if language == "fr" else english


def _detail(status: int, code: int, description: str, language: str) -> dict[str, Any]:
    return {"code": code, "message": _message(status, code, language), "description": description}
