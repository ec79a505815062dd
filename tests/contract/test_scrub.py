"""Nothing that is secret leaves, and by default nothing about a person; what is left keeps its shape."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.contract.persons import IBAN_FOR
from orange_ordering_client.contract.scrub import MASK, Scrubber

SCRUBBER = Scrubber(["planted-secret"])
NAME, EMAIL, PHONE, TEXT = "Scrubbed", "person@example.com", "+33000000000", "scrubbed text"


@pytest.mark.parametrize(
    "key",
    ["access_token", "refreshToken", "client_secret", "password", "apiKey", "X-API-Key", "Authorization", "Set-Cookie",
     "credentials", "signature", "sessionId"],
)  # fmt: skip
def test_a_secret_key_loses_its_value_even_where_people_are_kept(key: str) -> None:
    for scrubber in (SCRUBBER, Scrubber(personal=False)):
        assert scrubber.body({"a": [{key: "abc"}]}) == {"a": [{key: MASK}]}
        assert scrubber.body({key: 12345}) == {key: 0}


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("say planted-secret twice: planted-secret", f"say {MASK} twice: {MASK}"),
        ("Authorization: Bearer abcdefgh12345", f"Authorization: Bearer {MASK}"),
        ("basic QWxhZGRpbjpvcGVu", f"basic {MASK}"),
        ("got eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl back", f"got {MASK} back"),
        ("https://me:pass@host/x?sig=abc&page=2", f"https://host/x?sig={MASK}&page=2"),
        ("https://host/x?access_token=abc#end", f"https://host/x?access_token={MASK}#end"),
        ("write to ada@lovelace.example", f"write to {EMAIL}"),
        ("call +33 1 23 45 67 89 or 01 23 45 67 89", f"call {PHONE} or {PHONE}"),
    ],
)
def test_text(text: str, scrubbed: str) -> None:
    assert SCRUBBER.text(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    ["3-00286023", "33-01257052", "2026-11-23", "2026-11-23T09:30:00.000+01:00", "R_BVPN_FR_1", "#DEMO#", "WAN-042",
     "https://api.orange.com/ordering/b2b/v3/requests/3-00286023", "255.255.255.0", "1234567890",
     "3.1.0", "10000 Mbit/s", "09:30:00", "00:11:22:33:44:55", "std::vector", "place an order", "Basic access"],
)  # fmt: skip
def test_text_that_says_nothing_about_anybody_stays(text: str) -> None:
    assert SCRUBBER.text(text) == text


@pytest.mark.parametrize(
    ("data", "scrubbed"),
    [
        ({"email": "a@b.example"}, {"email": EMAIL}),
        ({"phone": "12 34"}, {"phone": PHONE}),
        ({"mobile": 123}, {"mobile": 0}),
        ({"firstName": "Ada", "lastName": "Lovelace"}, {"firstName": NAME, "lastName": NAME}),
        ({"name": "Ada", "login": "ada"}, {"name": NAME, "login": NAME}),
        ({"name": "Disconnection of a site"}, {"name": "Disconnection of a site"}),
        ({"customer": {"id": "33-1", "name": "Ada & Co"}}, {"customer": {"id": "33-1", "name": NAME}}),
        (
            {"contacts": {"primary": {"title": "MRS", "room": "12b", "roles": ["x"], "a": {"note": "n", "b": "y"}}}},
            {"contacts": {"primary": {"title": "MRS", "room": NAME, "roles": ["x"], "a": {"note": TEXT, "b": NAME}}}},
        ),
        ({"contacts": ["Ada", {"x": "Ada"}]}, {"contacts": [NAME, {"x": NAME}]}),
        ({"comment": "Ada is away"}, {"comment": "scrubbed text"}),
        ({"attachments": [{"name": "ada.pdf", "fullname": "ada.pdf", "format": "pdf", "body": "QWRh"}]},
         {"attachments": [{"name": NAME, "fullname": NAME, "format": "pdf", "body": "c2NydWJiZWQ="}]}),
        ({"email": None, "phone": "", "mobile": True}, {"email": None, "phone": "", "mobile": True}),
        ({"a@b.example": 1}, {EMAIL: 1}),
        ([1, None, True, "x"], [1, None, True, "x"]),
        ("planted-secret", MASK),
    ],
)  # fmt: skip
def test_body(data: Any, scrubbed: Any) -> None:
    assert SCRUBBER.body(data) == scrubbed


def test_people_can_be_kept() -> None:
    data = {
        "contacts": {"primary": {"email": "a@b.example", "phone": "+33 1 23 45 67 89"}},
        "comment": "Ada",
        "body": "x",
    }
    assert Scrubber(personal=False).body(data) == data


def test_a_description_keeps_its_words() -> None:
    description = {"openapi": "3.0.3", "components": {"schemas": {"email": {"example": "a@b.example"}}}, "list": [1]}
    scrubbed = {**description, "components": {"schemas": {"email": {"example": EMAIL}}}}
    assert SCRUBBER.body(description) == scrubbed


def test_query() -> None:
    query = {
        "customer.name": "Ada & Co",
        "name": "Site",
        "contact.x": "Ada",
        "q": "a@b.example",
        "limit": "10",
        "token": "t",
    }
    assert SCRUBBER.query(query) == {
        "customer.name": NAME,
        "name": "Site",
        "contact.x": NAME,
        "q": EMAIL,
        "limit": "10",
        "token": MASK,
    }


@pytest.mark.parametrize(
    ("path", "scrubbed"),
    [
        ("/requests/3-00286023", "/requests/3-00286023"),
        ("/requests/a%20b", "/requests/a%20b"),
        ("/users/ada%40lovelace.example", f"/users/{EMAIL}"),
        ("/x/planted-secret", f"/x/{MASK}"),
    ],
)
def test_path(path: str, scrubbed: str) -> None:
    assert SCRUBBER.path(path) == scrubbed


def test_very_short_secrets_would_hit_anything() -> None:
    assert Scrubber(["", "a"]).text("banana") == "banana"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["x planted-secret y", "a@b.example"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["token", "contacts", "name"]), inner),
)


def shape(data: Any) -> Any:
    if isinstance(data, dict):
        return sorted((key, shape(value)) for key, value in data.items())
    return [shape(item) for item in data] if isinstance(data, list) else type(data).__name__


@given(JSON)
def test_whatever_it_is_no_secret_is_left_and_the_shape_stays(data: Any) -> None:
    scrubbed = SCRUBBER.body(data)
    assert "planted-secret" not in repr(scrubbed)
    assert "a@b.example" not in repr(scrubbed)
    assert SCRUBBER.body(scrubbed) == scrubbed
    assert repr(shape(scrubbed)).count("'str'") == repr(shape(data)).count("'str'")


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12).map(str.title)
DIGITS = st.text("123456789", min_size=8, max_size=8)
TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=30)
SPELL = st.sampled_from(
    [
        str,
        lambda text: quote(text, safe=""),
        lambda text: "".join(f"%{ord(char):02x}" for char in text),
        lambda text: json.dumps(text)[1:-1],
        lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
        html.escape,
        lambda text: base64.b64encode(f"id:{text}".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"the-id:{text}".encode()).decode(),
    ]
)
DEPTH = st.lists(st.sampled_from(["a", "links", "text", "[]"]), max_size=6)


@given(TOKENS, SPELL, LETTERS, DIGITS, st.sampled_from(["", " ", ".", "-", "\u00a0"]), DEPTH, st.booleans())
def test_planted_secrets_and_persons_are_gone_wherever_they_stand(
    secret: str, spell: Any, name: str, digits: str, gap: str, depth: list[str], national: bool
) -> None:
    phone = ("06" if national else "+336") + gap + gap.join(digits[at : at + 2] for at in range(0, 8, 2))
    email = f"{name}.{digits}@host-{name}.example".lower()
    person = {"lastName": name, "phone": phone, "street": f"{digits} {name}", "iban": digits, "postalCode": digits}
    data: Any = {"x": f"( {spell(secret)} ) then {phone}, {email}; {name}!", spell(secret): 1, "contacts": [person]}
    for key in depth:
        data = [data] if key == "[]" else {key: data}

    written = json.dumps(Scrubber([secret]).body(data), ensure_ascii=False)

    # A random secret may be part of a stand-in or a key.
    left = repr(json.loads(written))
    for known in (IBAN_FOR, PHONE, EMAIL, NAME, MASK, "00000", "contacts", "lastName", "phone", "street", "postalCode"):
        left = left.replace(known, "")
    assert spell(secret) not in left
    assert digits not in written
    assert digits[6:] + "," not in written
    assert email not in written
    assert not re.search(rf"\b{name}\b", written.replace(NAME, ""))


@pytest.mark.parametrize("name", ["1", "..."])
def test_a_name_without_letters_is_no_name_to_look_for_elsewhere(name: str) -> None:
    assert Scrubber().learning({"contacts": {"firstName": name}}).text(f"see {name} below") == f"see {name} below"
