"""credentials: what of a request is a secret, kept in an object that does not show it."""

from __future__ import annotations

import base64
import copy
import pickle

import pytest

from orange_ordering_client.hooks import RequestRecord
from orange_ordering_client.secrets import Secret, Secrets, header_secrets, url_secrets

BASIC = base64.b64encode(b"user:pass:word").decode()


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Accept": "application/json", "User-Agent": "long-enough/1", "Host": "api.example"}, set()),
        ({"X-Env": "test"}, set()),
        ({"X-Env": "testing-42"}, {"testing-42"}),
        ({"X-Api-Key": "abc"}, {"abc"}),
        ({"AUTHORIZATION": "Bearer abc"}, {"Bearer abc", "abc"}),
        ({"Authorization": f"Basic {BASIC}"}, {f"Basic {BASIC}", BASIC, "user:pass:word", "user", "pass:word"}),
        ({"Authorization": "Basic *not base64*"}, {"Basic *not base64*", "*not base64*"}),
        ({"Cookie": 'a=one; b="two"'}, {'a=one; b="two"', "one", "two"}),
    ],
)
def test_secrets_of_headers(headers: dict[str, str], found: set[str]) -> None:
    assert set(header_secrets(headers)) == found


def test_secrets_of_a_url() -> None:
    url = "https://us%40er:pa%2Fss@host.example/x?api_key=a%26b&page=2&sig=c&design=d"
    assert set(url_secrets(url)) == {"us@er", "pa/ss", "a&b", "c", "d"}
    assert list(url_secrets("https://host.example/x?page=2")) == []


def test_secrets_do_not_show_themselves_and_do_not_leave_the_process() -> None:
    secrets = Secrets(["planted"]) | Secrets([Secret("another")])
    record = RequestRecord("requests.get", "GET", "https://x.example", 1, None, secrets)

    assert set(secrets.reveal()) == {"planted", "another"}
    assert "planted" not in repr(record) + repr(secrets) + repr(vars(type(secrets)))
    assert b"planted" not in pickle.dumps(record)
    assert list(pickle.loads(pickle.dumps(record)).secrets.reveal()) == []  # noqa: S301 -- made on this line
    assert copy.copy(secrets) is secrets
    assert copy.deepcopy(record).secrets is secrets
