"""Replaces confidential values in an exchange: secrets always, person data by default.

A replacement has the type and form of the value, so that a scrubbed exchange can still be checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from orange_ordering_client.contract.persons import (
    EMAIL_FOR,
    IBAN_FOR,
    NAME_FOR,
    PHONE_FOR,
    POSTCODE_FOR,
    address_stand_in,
    personal,
)
from orange_ordering_client.contract.shapes import is_list, is_object
from orange_ordering_client.masking import MASK, Mask, Span, guessed, readings, replaced

__all__ = ["MASK", "Scrubber"]

_SECRET_KEY = re.compile(
    r"token|secret|passw|pwd|apikey|authori[sz]ation|cookie|credential|signature|privatekey|session"
)
# Keys of person data, letters only.
_PERSON_KEY = re.compile(
    r"^(e?mail(address)?|phone(number)?|mobile(number)?|tele?phone(number)?|tel|fax|(first|last|given|family|middle|maiden|sur)_?name"
    r"|login|username|birth\w*|street\w*|building|stairs?cases?|floor|iban|signatory"
    r"|(postal|street|billing|delivery|shipping|home|site|installation|full)?address(line)?\d?)$"
)
_POSTCODE_KEY = re.compile(r"^(post(al)?code|zip(code)?|codepostal)$")
_ADDRESS_BLOCK = re.compile(r"(?<!ip)(?<!v4)(?<!v6)(?<!mac)(?<!mail)(?<!network)address")
_PERSON_BLOCK = re.compile(
    rf"contact|individual|person|signatory|requester|applicant|user|owner|{_ADDRESS_BLOCK.pattern}"
)
_NAMED_BLOCK = re.compile(rf"{_PERSON_BLOCK.pattern}|customer|company|location|attachment|document")
_PLAIN_IN_BLOCK = {"id", "type", "title", "role", "roles", "country", "method"}
_FREE_TEXT = {"comment", "comments", "note", "notes", "remark", "remarks"}
_FILE = {"body", "content", "payload", "data"}
_FILE_NAME = {"fullname", "filename"}
_NAMING = re.compile(r"^((first|last|given|family|middle|maiden|sur)?name|fullname|login|username|signatory|street)$")
"""Keys whose values are replaced in all other texts of the exchange as well."""
_STRUCTURE = {
    *("id", "type", "status", "code", "format", "language", "country", "currency", "category", "priority", "method"),
    *("href", "rel", "step", "substep", "role", "roles", "title", "operationid"),
}
"""Keys whose values are words of the API, even if a person has the same name."""
_SHORTEST_NAME = 3
_MOST_NAMES = 500

# The whole credential is replaced, whatever it looks like: nobody needs to read it.
_BEARER = re.compile(r"\b(?:Bearer|Basic)\s+([A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE)
_IN_URL = re.compile(r"(?i)[?&](?:[\w.-]{0,60}(?:token|secret|signature|apikey|api_key|password)|sig|key)=([^&#\s\"]+)")
_USERINFO = re.compile(r"(?<=://)[^/@\s]{1,500}@")

# The name of a field: in JSON, also if it is escaped or cut off, and in XML.
_FIELD = re.compile(r"[\"']([\w .$@-]{1,60}?)\\{0,20}[\"']\s{0,20}:|<([A-Za-z][\w.-]{0,60})[\s/>]")

_TEXT_FOR = "scrubbed text"
_NOT_KEPT = "(not JSON, and with fields for person data: not kept)"
_FILE_FOR = "c2NydWJiZWQ="  # "scrubbed", in base64


class Scrubber:
    """Replaces secrets and person data.

    Args:
        secrets: texts to replace everywhere, such as the credentials in use.
        personal: replace person data as well: names, addresses, phone numbers, contacts, free text, files.
    """

    def __init__(self, secrets: Iterable[str] = (), *, personal: bool = True) -> None:
        # Very short ones would match parts of ordinary words.
        self._mask = Mask(one for one in secrets if len(one) >= 4)
        self._personal = personal
        self._names: frozenset[str] = frozenset()
        self._named = re.compile("(?!)")

    def learning(self, *bodies: Any) -> Scrubber:
        """Return a scrubber that also replaces the names in these bodies, wherever they occur.

        Args:
            bodies: parsed JSON.
        """
        copy = Scrubber(personal=self._personal)
        copy._mask = self._mask
        found = {name for body in bodies for name in self._found("", body, named=False, person=False)}
        copy._names = self._names | frozenset(sorted(found, key=len, reverse=True)[:_MOST_NAMES])
        if self._personal and copy._names:
            words = "|".join(re.escape(name) for name in sorted(copy._names, key=len, reverse=True))
            copy._named = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        return copy

    def body(self, data: Any) -> Any:
        """Return a scrubbed copy of parsed JSON, with the same structure."""
        # A description or a schema has keys such as token and phone, but no such data.
        return (
            self._texts(data) if _describes(data) else self.learning(data)._value("", data, named=False, person=False)
        )

    def text(self, text: str) -> str:
        """Return a text without secrets, tokens and, by default, person data, in any encoding."""
        return self._scrubbed(text, self._named)

    def document(self, text: str) -> str:
        """Return the scrubbed text of a body that is not JSON; a remark if it has fields for person data."""
        return _NOT_KEPT if self._personal and _has_fields_of_persons(text) else self.text(text)

    def _scrubbed(self, text: str, named: re.Pattern[str] | None) -> str:
        return replaced(text, self._spans(text, named))

    def _spans(self, text: str, named: re.Pattern[str] | None) -> Iterator[Span]:
        for reading in readings(text):
            yield from self._mask.known(reading)
            for pattern in (_IN_URL, _BEARER):
                for found in pattern.finditer(reading.text):
                    yield (*reading.origin(*found.span(1)), MASK)
            yield from guessed(reading)
            for found in _USERINFO.finditer(reading.text):
                yield (*reading.origin(*found.span()), "")
            if self._personal:
                yield from personal(reading)
                for found in named.finditer(reading.text) if named is not None else ():
                    yield (*reading.origin(*found.span()), NAME_FOR)

    def path(self, path: str) -> str:
        """Return the scrubbed path of a URL, percent-encoded or not."""
        plain = unquote(path)
        scrubbed = self.text(plain)
        return path if scrubbed == plain else quote(scrubbed, safe="/*@+")

    def query(self, query: dict[str, str]) -> dict[str, str]:
        """Return scrubbed query parameters; their dotted names count as nested keys."""
        result: dict[str, str] = {}
        for name, value in query.items():
            *parents, key = name.split(".")
            inside = [_letters(parent) for parent in parents]
            named = any(_NAMED_BLOCK.search(parent) for parent in inside)
            person = any(_PERSON_BLOCK.search(parent) for parent in inside)
            result[self._scrubbed(name, None)] = str(self._value(key, value, named=named, person=person))
        return result

    def _texts(self, data: Any) -> Any:
        if is_object(data):
            return {key: self._texts(value) for key, value in data.items()}
        if is_list(data):
            return [self._texts(item) for item in data]
        return self.text(data) if isinstance(data, str) else data

    def _value(self, key: str, value: Any, *, named: bool, person: bool) -> Any:
        """Return one scrubbed value.

        Args:
            key: the key of the value.
            named: whether a `name` in the same object is person data.
            person: whether everything in the same object is person data.
        """
        letters = _letters(key)
        if is_object(value):
            about_person, inner_named = _inside(letters, value, named=named, person=person)
            return {
                self._scrubbed(inner, None): self._value(inner, each, named=inner_named, person=about_person)
                for inner, each in value.items()
            }
        if is_list(value):
            inside = person or bool(self._personal and _PERSON_BLOCK.search(letters))
            return [self._value(key, item, named=named, person=inside) for item in value]
        if value is None or isinstance(value, bool) or value == "":
            return value
        if _SECRET_KEY.search(letters):
            return MASK if isinstance(value, str) else 0
        if self._personal and (stand_in := _stand_in(letters, named=named, person=person)):
            return (address_stand_in(value) or stand_in) if isinstance(value, str) else 0
        if not isinstance(value, str):
            # A secret of digits only can be a JSON number.
            return value if self._mask(repr(value)) == repr(value) else 0
        return self._scrubbed(self._embedded(value), None if letters in _STRUCTURE else self._named)

    def _embedded(self, text: str) -> str:
        """Return a text with the JSON in it scrubbed."""
        if text.lstrip()[:1] in ("{", "["):
            try:
                data: Any = json.loads(text)
                scrubbed = self.body(data)
                return text if scrubbed == data else json.dumps(scrubbed, ensure_ascii=False)
            except ValueError:
                pass
            except RecursionError:
                # It is JSON, whose keys say what is secret or personal, but they cannot be visited.
                return MASK
        return _TEXT_FOR if self._personal and _has_fields_of_persons(text) else text

    def _found(self, key: str, value: Any, *, named: bool, person: bool) -> Iterator[str]:
        """Yield the names in a body."""
        letters = _letters(key)
        if is_object(value):
            about_person, inner_named = _inside(letters, value, named=named, person=person)
            for inner, each in value.items():
                yield from self._found(inner, each, named=inner_named, person=about_person)
        elif is_list(value):
            inside = person or bool(_PERSON_BLOCK.search(letters))
            for item in value:
                yield from self._found(key, item, named=named, person=inside)
        elif isinstance(value, str) and _NAMING.match(letters) and _stand_in(letters, named=named, person=person):
            name = value.strip()
            if len(name) >= _SHORTEST_NAME and name != NAME_FOR and any(char.isalpha() for char in name):
                yield name


def _inside(letters: str, value: dict[str, Any], *, named: bool, person: bool) -> tuple[bool, bool]:
    """Return whether everything in an object is person data, and whether a `name` in it is."""
    about_person = person or bool(_PERSON_BLOCK.search(letters))
    # An object with a phone number, or a customer, has the name of a person or a company.
    keys = {_letters(key) for key in value}
    return about_person, (
        named or about_person or bool(_NAMED_BLOCK.search(letters)) or any(_PERSON_KEY.match(key) for key in keys)
    )


def _describes(data: Any) -> bool:
    if not is_object(data):
        return False
    # An order has a type and properties as well, but its type is never "object".
    plain_schema = data.get("type") == "object" and is_object(data.get("properties"))
    is_marked = plain_schema or any(key in data for key in ("openapi", "swagger", "$schema"))
    # A description says what a phone number looks like; it has none.
    return is_marked and not _has_texts_of_persons("", data)


def _has_texts_of_persons(key: str, value: Any) -> bool:
    if is_object(value):
        return any(_has_texts_of_persons(inner, each) for inner, each in value.items())
    if is_list(value):
        return any(_has_texts_of_persons(key, item) for item in value)
    # In a schema, `$comment` is no field of the data.
    has_text = isinstance(value, str) and value != "" and not key.startswith("$")
    return has_text and _stand_in(_letters(key), named=False, person=False) is not None


def _has_fields_of_persons(text: str) -> bool:
    """Whether a text that cannot be parsed has fields whose values may be person data."""
    for found in _FIELD.finditer(text):
        in_json, in_xml = found.groups()
        if in_json is not None:
            letters = _letters(in_json)
            if _NAMED_BLOCK.search(letters) or _stand_in(letters, named=False, person=False):
                return True
        # Error pages of web servers have an element `address`.
        elif _PERSON_KEY.match(letters := _letters(in_xml)) and letters != "address":
            return True
    return False


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _stand_in(letters: str, *, named: bool, person: bool) -> str | None:
    """Return the replacement for a value, None if it is not person data."""
    if "mail" in letters:
        return EMAIL_FOR
    if re.search(r"phone|mobile|^tel$|fax", letters):
        return PHONE_FOR
    if letters == "iban":
        return IBAN_FOR
    if _POSTCODE_KEY.match(letters):
        return POSTCODE_FOR
    if letters in _FREE_TEXT:
        return _TEXT_FOR
    if letters in _FILE:
        return _FILE_FOR
    about = _PERSON_KEY.match(letters) or letters in _FILE_NAME or (named and letters in ("name", "company"))
    return NAME_FOR if about or (person and letters not in _PLAIN_IN_BLOCK) else None
