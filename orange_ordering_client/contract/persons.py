"""Finds person data in free text by its form: phone numbers, addresses, names, account numbers.

The patterns are wide: it is better to replace one word too many than to leave a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from orange_ordering_client.masking import Reading, Span

__all__ = ["EMAIL_FOR", "IBAN_FOR", "NAME_FOR", "PHONE_FOR", "POSTCODE_FOR", "address_stand_in", "personal"]

EMAIL_FOR: Final = "person@example.com"
PHONE_FOR: Final = "+33000000000"
NAME_FOR: Final = "Scrubbed"
POSTCODE_FOR: Final = "00000"
IBAN_FOR: Final = "FR7630006000011234567890189"  # the example of the French banks, with valid check digits
_IPV4_FOR: Final = "192.0.2.1"  # RFC 5737, for documentation
_IPV6_FOR: Final = "2001:db8::1"  # RFC 3849, for documentation

# All quantifiers are bounded: a long text without any of this is read in linear time.
_EMAIL = re.compile(r"[\w.!#$%'*+^`~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,60}")

_GAP = r"[\s.\-/\u2010-\u2015]{0,3}"
_PHONES = (
    # +33 6 12 34 56 78, +44 (0)20 7946 0958, +1 (212) 555-0123, 0033 6 12 34 56 78
    re.compile(
        rf"(?:\+|(?<![\w.,+-])\(?00){_GAP}\(?[1-9]\d{{0,2}}\)?(?:{_GAP}\(\d{{1,5}}\))?(?:{_GAP}\d){{6,13}}(?!\d)"
    ),
    # 06 12 34 56 78, 06.12.34.56.78, 0612345678, (0)6 12 34 56 78
    re.compile(rf"(?<![\w.,+-])(?:0|\(0\)){_GAP}[1-9](?:{_GAP}\d){{8}}(?![\w:])"),
    # A number of any form after a word such as phone.
    re.compile(
        rf"\b(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable|gsm|fax|telefon|handy)\b[^\w+]{{0,4}}(\+?\(?\d(?:[()]?{_GAP}[()]?\d){{4,14}})",
        re.IGNORECASE,
    ),
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[\s-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f.]{0,15}:)[0-9A-Fa-f:.]{3,45}(?![\w:])")

_WORD = r"[^\W\d_][\w'\u2019-]{0,40}"
_CAPITAL = r"(?=[^\W\d_])(?-i:(?![a-zà-öø-ÿœ]))[^\W\d_][\w'\u2019.-]{0,40}"
_LINK = r"(?:d[eu]s?|la|les?|l'|d'|aux?|sur|sous|et|en|of|the|van|von|der|del|di|da)"
_ROAD = (
    r"(?:rue|avenue|av\.|bd\.?|blvd\.?|boulevard|place|impasse|all[ée]e|chemin|route|quai|cours|square|passage|faubourg"
    r"|esplanade|rond-point|sentier|r[ée]sidence|lotissement|hameau|villa|cit[ée]|voie|promenade|ruelle|traverse)"
)
_STREETS = (
    # 12 bis, rue Victor Hugo
    re.compile(
        rf"(?<![\w.,-])\d{{1,5}}(?:\s?(?:bis|ter|quater|[a-d]))?,?\s{{1,3}}{_ROAD}(?:\s{{1,3}}(?:d'|l')?(?!\d{{5}})[\w'\u2019-]{{1,40}}){{1,6}}",
        re.IGNORECASE,
    ),
    # rue de la Paix
    re.compile(
        rf"\b{_ROAD}\s{{1,3}}(?:{_LINK}(?:\s{{1,3}}|(?<='))){{0,3}}{_CAPITAL}(?:[ -](?:{_LINK}[ '])?{_CAPITAL}){{0,4}}",
        re.IGNORECASE,
    ),
    # 221B Baker Street
    re.compile(
        rf"(?<![\w.,-])\d{{1,5}}[A-Za-z]?,?(?:\s{{1,3}}{_WORD}){{1,4}}\s{{1,3}}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square"
        r"|sq|way|court|place|boulevard|blvd|close|crescent|terrace)\b\.?",
        re.IGNORECASE,
    ),
    # Hauptstraße 5
    re.compile(r"\b[A-ZÄÖÜ][\w-]{1,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee)\s{1,3}\d{1,4}[a-z]?\b"),
)
_POSTCODES = (
    re.compile(
        r"(?<![\w.,-])(?:(?:F|FR)[- ]?)?(?:0[1-9]|[1-8]\d|9[0-8])\s?\d{3}"
        r"(?=\s{1,3}(?![KMGT]?(?:bit|bps|b/s|o/s|Hz|B)\b)[A-ZÀ-Ý][\w'\u2019-])"
    ),
    re.compile(
        r"\b(?:code postal|postcode|postal code|zip(?: code)?|cp|plz)\b\W{0,3}([A-Z]{0,2}\d[\dA-Z]{2,6})\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w-])(?:CH|BE|DE|LU|AT|IT|ES|NL|B|D|L|A|I|E|F)-\d{4,5}(?![\w-])"),
    re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\w-])"),
)
_NAMES = (
    # Mme Ada Lovelace, M. de La Tour
    re.compile(
        r"(?<![\w.-])(?:MM?\.|Mrs?\.?|Ms\.?|Mmes?\.?|Mlles?\.?|MRS?|MMES?|Monsieur|Madame|Mademoiselle|Messieurs|Mesdames|Miss|Dr\.?|Docteur|Ma[îi]tre"
        r"|Prof\.?|Sir|Herrn?|Frau|Sra?\.|Señora?)\s{1,3}"
        rf"((?:{_LINK}(?:\s|(?<='))){{0,2}}{_CAPITAL}(?:[ -](?:{_LINK}[ '])?{_CAPITAL}){{0,3}})"
    ),
    # contact: Ada Lovelace
    re.compile(
        r"(?i:\b(?:contact(?:er|ez)?|appele[rz]|call|ask for"
        r"|demande[rz]|voir avec|attn\.?|c/o|[àa] l'attention de"
        r"|signed(?: by)?|sign[ée] par"
        r"|noms?|pr[ée]noms?|names?|first ?name|last ?name"
        r"|interlocuteur|technicien|technician|requested by|demand[ée] par|regards,|cordialement,))"
        rf"\s{{0,3}}[:,]?\s{{0,3}}({_CAPITAL}(?:[ -]{_CAPITAL}){{1,3}})"
    ),
    re.compile(r"(?i:\b(?:nom|pr[ée]nom|first ?name|last ?name|surname)\s{0,3}[:=]\s{0,3})(\w[\w'\u2019-]{1,40})"),
)


def personal(reading: Reading) -> Iterator[Span]:
    """Yield the spans of person data in one decoding of a text, and their replacements; the most certain ones first.

    Args:
        reading: the decoded text; spans refer to the original text.
    """
    text = reading.text
    for start, end in _ibans(text):
        yield (*reading.origin(start, end), IBAN_FOR)
    for found in _EMAIL.finditer(text):
        yield (*reading.origin(*found.span()), EMAIL_FOR)
    for found in _IPV6.finditer(text):
        address = found.group().rstrip(".:") if not found.group().endswith("::") else found.group()
        if _is_ipv6(address):
            yield (*reading.origin(found.start(), found.start() + len(address)), _IPV6_FOR)
    for found in _IPV4.finditer(text):
        if _is_ipv4(found.group()):
            yield (*reading.origin(*found.span()), _IPV4_FOR)
    for patterns, stand_in in (
        (_PHONES, PHONE_FOR),
        (_STREETS, NAME_FOR),
        (_POSTCODES, POSTCODE_FOR),
        (_NAMES, NAME_FOR),
    ):
        for pattern in patterns:
            for found in pattern.finditer(text):
                yield (*reading.origin(*found.span(found.lastindex or 0)), stand_in)


def address_stand_in(text: str) -> str | None:
    """Return the replacement for an IP address, None if the whole text is not one."""
    bare = text.strip().partition("/")[0]
    return _IPV4_FOR if _is_ipv4(bare) else _IPV6_FOR if _is_ipv6(bare) else None


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN.finditer(text):
        places = [place for place in range(*found.span()) if text[place].isalnum()]
        letters = "".join(text[place] for place in places).upper()
        for length in range(min(len(letters), 34), 14, -1):
            # ISO 13616: the check digits decide how long the number is; ordinary words have no valid ones.
            rotated = letters[4:length] + letters[:4]
            if letters[:length].isascii() and int("".join(str(int(char, 36)) for char in rotated)) % 97 == 1:
                yield found.start(), places[length - 1] + 1
                break
        else:
            # Possibly a mistyped number: it counts as one if most of it is digits.
            if sum(char.isdigit() for char in letters) >= 14:
                yield found.span()


def _is_ipv4(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    # Network masks and the unspecified address identify nobody.
    return address.packed[0] not in (0, 255)


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).packed.strip(b"\0") != b""
    except AddressValueError:
        return False
