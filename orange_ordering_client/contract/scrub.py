"""Taking out of an exchange what nobody else may read: secrets always, person data unless told otherwise.

What replaces a value is of the same kind, so that a scrubbed exchange can still be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, unquote

from orange_ordering_client.contract.shapes import is_list, is_object

__all__ = ["MASK", "Scrubber"]

MASK: Final = "***"
_SECRET_KEY = re.compile(
    r"token|secret|passw|pwd|apikey|authori[sz]ation|cookie|credential|signature|privatekey|session"
)
# Letters-only spellings of keys that say something about a person.
_PERSON_KEY = re.compile(
    r"^(e?mail(address)?|phone(number)?|mobile(number)?|tele?phone(number)?|tel|fax|(first|last|given|family|middle|maiden|sur)_?name"
    r"|login|username|birth\w*|street|building|stairs?cases?|floor|iban|signatory)$"
)
_PERSON_BLOCK = re.compile(r"contact|individual|person|signatory|requester|applicant|user|owner")
_NAMED_BLOCK = re.compile(rf"{_PERSON_BLOCK.pattern}|customer|company|location|attachment|document")
_PLAIN_IN_BLOCK = {"id", "type", "title", "role", "roles", "country", "method"}
_FREE_TEXT = {"comment", "comments", "note", "notes", "remark", "remarks"}
_FILE = {"body", "content", "payload", "data"}
_FILE_NAME = {"fullname", "filename"}

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+\d[\d .-]{7,}\d|\b0\d(?:[ .]\d{2}){4}\b")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)?")
_IN_URL = re.compile(r"(?i)([?&](?:[\w.-]*(?:token|secret|signature|apikey|api_key|password)|sig|key)=)[^&#\s\"]+")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")

_EMAIL_FOR = "person@example.com"
_PHONE_FOR = "+33000000000"
_NAME_FOR = "Scrubbed"
_TEXT_FOR = "scrubbed text"
_FILE_FOR = "c2NydWJiZWQ="  # "scrubbed", in base64


class Scrubber:
    """Knows what to take out.

    Args:
        secrets: texts that must not appear anywhere, such as the credentials in use.
        personal: take out person data, too: names, addresses, phone numbers, contacts, free text, files.
    """

    def __init__(self, secrets: Iterable[str] = (), *, personal: bool = True) -> None:
        # The longest first, so that one that holds another goes whole. Very short ones would hit anything.
        self._secrets = sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True)
        self._personal = personal

    def body(self, data: Any) -> Any:
        """Scrub what JSON can carry; the result is new, and of the same shape."""
        described = is_object(data) and ("openapi" in data or "swagger" in data)
        # A description speaks of tokens and phones, and holds none.
        return self._texts(data) if described else self._value("", data, named=False, person=False)

    def text(self, text: str) -> str:
        """Scrub text: known secrets, tokens, and where asked for email addresses and phone numbers."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _IN_URL.sub(rf"\g<1>{MASK}", _USERINFO.sub("", text))
        text = _JWT.sub(MASK, _BEARER.sub(rf"\g<1> {MASK}", text))
        if self._personal:
            text = _PHONE.sub(_PHONE_FOR, _EMAIL.sub(_EMAIL_FOR, text))
        return text

    def path(self, path: str) -> str:
        """Scrub the path of a URL, percent-encoded or not."""
        plain = unquote(path)
        scrubbed = self.text(plain)
        return path if scrubbed == plain else quote(scrubbed, safe="/*@+")

    def query(self, query: dict[str, str]) -> dict[str, str]:
        """Scrub query parameters, whose dotted names are read as nested keys."""
        result: dict[str, str] = {}
        for name, value in query.items():
            *parents, key = name.split(".")
            inside = [_letters(parent) for parent in parents]
            named = any(_NAMED_BLOCK.search(parent) for parent in inside)
            person = any(_PERSON_BLOCK.search(parent) for parent in inside)
            result[name] = str(self._value(key, value, named=named, person=person))
        return result

    def _texts(self, data: Any) -> Any:
        if is_object(data):
            return {key: self._texts(value) for key, value in data.items()}
        if is_list(data):
            return [self._texts(item) for item in data]
        return self.text(data) if isinstance(data, str) else data

    def _value(self, key: str, value: Any, *, named: bool, person: bool) -> Any:
        """Scrub one value.

        Args:
            key: it stands under.
            named: whether a `name` beside it is somebody's.
            person: whether everything around it is about a person.
        """
        letters = _letters(key)
        if is_object(value):
            return self._object(letters, value, person=person)
        if is_list(value):
            items = value
            inside = person or bool(self._personal and _PERSON_BLOCK.search(letters))
            return [self._value(key, item, named=named, person=inside) for item in items]
        if value is None or isinstance(value, bool) or value == "":
            return value
        if _SECRET_KEY.search(letters):
            return MASK if isinstance(value, str) else 0
        if self._personal and (stand_in := _stand_in(letters, named=named, person=person)):
            return stand_in if isinstance(value, str) else 0
        return self.text(value) if isinstance(value, str) else value

    def _object(self, letters: str, value: dict[str, Any], *, person: bool) -> dict[str, Any]:
        keys = {_letters(key) for key in value}
        about_person = person or bool(_PERSON_BLOCK.search(letters))
        # Whoever has a phone number, or is called a customer, has a name that is somebody's.
        named = about_person or bool(_NAMED_BLOCK.search(letters)) or any(_PERSON_KEY.match(key) for key in keys)
        return {
            self.text(key): self._value(key, inner, named=named, person=about_person) for key, inner in value.items()
        }


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _stand_in(letters: str, *, named: bool, person: bool) -> str | None:
    """Give what replaces a value about a person; None where it is not one."""
    if "mail" in letters:
        return _EMAIL_FOR
    if re.search(r"phone|mobile|^tel$|fax", letters):
        return _PHONE_FOR
    if letters in _FREE_TEXT:
        return _TEXT_FOR
    if letters in _FILE:
        return _FILE_FOR
    about = _PERSON_KEY.match(letters) or letters in _FILE_NAME or (named and letters in ("name", "company"))
    return _NAME_FOR if about or (person and letters not in _PLAIN_IN_BLOCK) else None
