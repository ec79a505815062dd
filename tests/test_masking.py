"""masking: secrets are found in every spelling, and nothing else is lost."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orange_ordering_client.masking import MASK, Mask, replaced

SECRET = 'p@ss/w+rd é"\\<&%41\U0001f511 x1'
MASKED = Mask([SECRET])


def lower(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04X}" if ord(char) < 0x10000 else json.dumps(char)[1:-1] for char in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent, upper": lambda text: quote(text, safe=""),
    "percent, all lower": lower,
    "percent, slashes kept": lambda text: quote(text),
    "form": quote_plus,
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "latin-1, percent": lambda text: quote(text, safe="", encoding="latin-1", errors="xmlcharrefreplace"),
    "json": lambda text: json.dumps(text)[1:-1],
    "json, unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json, all escaped": escaped,
    "json, slash escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json in json": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "python \\x": lambda text: "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\U{ord(c):08x}" for c in text),
    "html": html.escape,
    "html, decimal": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "html, hexadecimal": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "utf-16": lambda text: "\0".join(text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of the pair": lambda text: base64.b64encode(f"id:{text}".encode()).decode(),
    "base64url of the pair": lambda text: base64.urlsafe_b64encode(f"my-id:{text}".encode()).decode(),
    "base64 of the percent-encoded pair": lambda text: base64.b64encode(f"i:{quote_plus(text)}".encode()).decode(),
    "base64, percent-encoded": lambda text: quote(base64.b64encode(f"id:{text}".encode()), safe=""),
    "base64 in the middle": lambda text: base64.b64encode(f"xy:{text} and more".encode()).decode(),
}


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("frame", ["{}", "before {} after", "a=1&b={}&c=2", '"{}"'])
def test_a_secret_is_masked_in_every_spelling(name: str, frame: str) -> None:
    before, after = frame.split("{}")

    masked = MASKED(f"{before}{SPELLINGS[name](SECRET)}{after}")

    assert MASK in masked
    assert masked.strip(f"*{before}{after}") == ""


def test_base64_of_latin_1_is_masked() -> None:
    assert Mask(["sécret-9"])(base64.b64encode("id:sécret-9".encode("latin-1")).decode()) == MASK


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("got Bearer abcdefgh1 back", f"got Bearer {MASK} back"),
        ("Basic QWxhZGRpbjpvcGVu", f"Basic {MASK}"),
        ("got eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", f"got {MASK}"),
        ("Bearer%20abcdefgh1", f"Bearer%20{MASK}"),
        ("Basic authentication is required, Bearer authentication too", None),
        ("50 % of R&D, C:\\new\\files, 100%25 &eacute; &unknown; \\u12", None),
        ("", None),
    ],
)
def test_credentials_are_known_by_their_form_and_words_stay(text: str, masked: str | None) -> None:
    assert MASKED(text) == (text if masked is None else masked)


def test_a_mask_without_secrets_changes_nothing_and_shows_nothing() -> None:
    assert Mask([""])("a *** b") == "a *** b"
    assert repr(MASKED) == "Mask(***)"


def test_parts_that_overlap_are_replaced_as_the_first_given_says() -> None:
    assert replaced("0123456789", [(2, 5, "a"), (4, 8, "b"), (1, 3, "c")]) == "0a89"
    assert replaced("0123", [(1, 2, "x"), (2, 3, "y")]) == "0xy3"


printable = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
secrets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=40)


@example("000000\\r", "utf-16", "", "")
@example('000000"\\', "html", "", "")
@given(secrets, st.sampled_from(sorted(SPELLINGS)), printable, printable)
def test_whatever_the_secret_it_is_masked(secret: str, name: str, before: str, after: str) -> None:
    spelled = SPELLINGS[name](secret)

    assert spelled not in Mask([secret])(f"{before} {spelled} {after}")


# Without backslashes: whoever escapes with them escapes them first, so one left plain beside an escape is no spelling.
@given(
    secrets.map(lambda text: text.replace("\\", "/")),
    st.lists(st.sampled_from([str, lower, escaped, SPELLINGS["html, hexadecimal"]]), min_size=40, max_size=40),
)
def test_spellings_may_change_within_a_secret(secret: str, spell: list[Callable[[str], str]]) -> None:
    spelled = "".join(each(char) for char, each in zip(secret, spell, strict=False))

    assert MASK in Mask([secret])(f"x {spelled} y")
    assert spelled not in Mask([secret])(f"x {spelled} y")
