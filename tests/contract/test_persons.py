"""What is personal in free text is found by its form, and what only looks like it stays."""

from __future__ import annotations

import json
import time

import pytest

from orange_ordering_client.contract.persons import EMAIL_FOR, IBAN_FOR, NAME_FOR, PHONE_FOR, POSTCODE_FOR
from orange_ordering_client.contract.scrub import MASK, Scrubber

SCRUBBER = Scrubber()

PHONES = [
    *("06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "06/12/34/56/78", "0612345678", "06 1234 5678"),
    *("06\u00a012\u00a034\u00a056\u00a078", "06\u202f12\u202f34\u202f56\u202f78", "06\u201312\u201334\u201356\u201378"),
    *("(0)6 12 34 56 78", "+33 6 12 34 56 78", "+33612345678", "+33 (0)6 12 34 56 78", "+33.6.12.34.56.78"),
    *("0033612345678", "0033 6 12 34 56 78", "00 33 6 12 34 56 78", "+44 (0)20 7946 0958", "+44 20 7946 0958"),
    *("+1 (212) 555-0123", "+1-212-555-0123", "+49 30 901820", "+352 26 12 34 56", "+262 692 12 34 56"),
    *("(+33) 6 12 34 56 78", "(0033) 6 12 34 56 78"),
]


@pytest.mark.parametrize("number", PHONES)
@pytest.mark.parametrize("frame", ["{}", "Call {} before noon.", "tel:{}, then wait", "x ({})", "a\n{}\nb"])
def test_a_phone_number_is_replaced(number: str, frame: str) -> None:
    scrubbed = SCRUBBER.text(frame.format(number))

    assert PHONE_FOR in scrubbed
    assert not any(char in "23456789" for char in scrubbed.replace(PHONE_FOR, ""))


@pytest.mark.parametrize("number", ["555-0123", "020 7946 0958", "(212) 555 0123"])
@pytest.mark.parametrize("word", ["Tel. {}", "tél : {}", "phone: {}", "Mobile {}", "fax {}"])
def test_a_number_of_any_form_is_replaced_after_a_word_that_announces_it(number: str, word: str) -> None:
    assert SCRUBBER.text(word.format(number)).endswith(PHONE_FOR)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("write to ada@lovelace.example now", f"write to {EMAIL_FOR} now"),
        ("<josé.o'neil+x@exämple.co.uk>", f"<{EMAIL_FOR}>"),
        ("https://x.example/?email=ada%40lovelace.example&a=1", f"https://x.example/?email={EMAIL_FOR}&a=1"),
        ("ada&#64;lovelace.example", EMAIL_FOR),
        ("ada\\u0040lovelace.example", EMAIL_FOR),
        ("from 10.1.2.3.", "from 192.0.2.1."),
        ("10.1.2.0/24", "192.0.2.1/24"),
        ("from 2001:660:3003::4:5, fe80::1", "from 2001:db8::1, 2001:db8::1"),
        ("[2001:660:3003:1:2:3:4:5]:443", "[2001:db8::1]:443"),
        ("::ffff:10.1.2.3", "2001:db8::1"),
        ("2001:660::", "2001:db8::1"),
        ("at 2001:660::4: it", "at 2001:db8::1: it"),
        ("IBAN DE89 3704 0044 0532 0130 00", f"IBAN {IBAN_FOR}"),
        ("gb29NWBK60161331926819", IBAN_FOR),
        ("DE89 3704 0044 0532 0130 00 MERCI", f"{IBAN_FOR} MERCI"),
        ("DE89 3704 0044 0532 0130 01", IBAN_FOR),
        ("at 12 bis, rue Victor Hugo, 69001 Lyon", f"at {NAME_FOR}, {POSTCODE_FOR} Lyon"),
        ("12 AVENUE DES CHAMPS ELYSEES\n75008 PARIS", f"{NAME_FOR}\n{POSTCODE_FOR} PARIS"),
        ("near rue de la Paix", f"near {NAME_FOR}"),
        ("221B Baker Street, London NW1 6XE", f"{NAME_FOR}, London {POSTCODE_FOR}"),
        ("Hauptstraße 5, D-10115 Berlin", f"{NAME_FOR}, {POSTCODE_FOR} Berlin"),
        ("code postal : 69001", f"code postal : {POSTCODE_FOR}"),
        ("Mme Ada Lovelace est absente", f"Mme {NAME_FOR} est absente"),
        ("M. de La Tour", f"M. {NAME_FOR}"),
        ("Monsieur Jean-Pierre DUPONT", f"Monsieur {NAME_FOR}"),
        ("contact: Ada Lovelace", f"contact: {NAME_FOR}"),
        ("Call Ada Lovelace first", f"Call {NAME_FOR} first"),
        ("nom : lovelace", f"nom : {NAME_FOR}"),
    ],
)
def test_what_is_personal_is_replaced_by_its_kind(text: str, scrubbed: str) -> None:
    assert SCRUBBER.text(text) == scrubbed


@pytest.mark.parametrize("text", ["AB12 CDEF GHIJ KLMN", "WAN12ABCDEFGHIJKLMNOP", "0.0.0.1", "999.1.2.3", "1.2.3.4.5"])
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert SCRUBBER.text(text) == text


def test_a_name_of_the_exchange_is_replaced_in_its_other_texts() -> None:
    data = {
        "type": "Lovelace",
        "contacts": {"primary": {"firstName": "Ada", "lastName": "Lovelace"}},
        "events": [{"label": "LOVELACE agreed; Adaptor sent"}],
    }

    scrubbed = SCRUBBER.body(data)

    assert scrubbed["events"] == [{"label": f"{NAME_FOR} agreed; Adaptor sent"}]
    assert scrubbed["type"] == "Lovelace"


def test_persons_are_found_at_any_depth_and_in_embedded_json() -> None:
    data = {"a": [{"b": {"contacts": [{"x": [{"y": {"z": "Ada"}}]}]}}], "raw": '{"lastName": "Byron", "n": 1}'}

    assert SCRUBBER.body(data) == {
        "a": [{"b": {"contacts": [{"x": [{"y": {"z": NAME_FOR}}]}]}}],
        "raw": f'{{"lastName": "{NAME_FOR}", "n": 1}}',
    }
    assert SCRUBBER.body({"raw": '[1, "x"]', "b": "{no json"}) == {"raw": '[1, "x"]', "b": "{no json"}


def test_embedded_json_that_is_too_deep_to_be_read_is_replaced() -> None:
    deep = f'{"[" * 100_000}{{"lastName": "Byron"}}'

    assert SCRUBBER.body({"raw": deep, "b": 1}) == {"raw": MASK, "b": 1}


def test_an_address_keeps_its_keys_and_shapes() -> None:
    address = {"street": "1 x", "postalCode": "69001", "city": "Lyon", "country": "FR"}
    data = {"address": address, "iban": "x", "lan": {"ipAddress": "10.1.2.3", "address": "2001:660::1"}}

    assert SCRUBBER.body(data) == {
        "address": {"street": NAME_FOR, "postalCode": POSTCODE_FOR, "city": NAME_FOR, "country": "FR"},
        "iban": IBAN_FOR,
        "lan": {"ipAddress": "192.0.2.1", "address": "2001:db8::1"},
    }


@pytest.mark.parametrize(
    "piece", ["a", "1", "0 ", "A ", "AB12", "a.", "::", "1.", "rue ", "M. ", "%41", "&a", "\\u0041", "Zz-"]
)
def test_a_long_text_is_read_in_linear_time(piece: str) -> None:
    started = time.process_time()
    SCRUBBER.text(piece * (60_000 // len(piece)))

    assert time.process_time() - started < 3


@pytest.mark.parametrize("head", [{"$schema": "http://json-schema.org/draft-07/schema#"}, {"type": "object"}])
def test_an_embedded_schema_keeps_its_words(head: dict[str, str]) -> None:
    name = {"type": "string", "minLength": 1, "pattern": "^[^@]+$"}
    contact = {"type": "object", "properties": {"lastName": name}, "required": ["lastName"]}
    schema = {**head, "properties": {"contacts": contact}}

    assert SCRUBBER.body({"schema": json.dumps(schema)}) == {"schema": json.dumps(schema)}
    assert SCRUBBER.body({"x": json.dumps({**schema, "default": "a@b.example"})})["x"].endswith(f'"{EMAIL_FOR}"}}')
