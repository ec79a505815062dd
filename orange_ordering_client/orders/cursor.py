"""The position of a watcher, as a string."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.orders.moments import credible

__all__ = ["Cursor", "digest", "moment", "old_digest"]

_VERSION = "1"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_WIDTH = 11
"""Characters of a digest: 64 bits in base64, without padding."""


@attrs.frozen(kw_only=True)
class Cursor:
    """The changes that were yielded: everything before `start`, and after it those in `given` and `undated`.

    Attributes:
        start: None is before everything.
        newest: time of the newest yielded change.
        given: digests of the yielded changes since `start`.
        undated: digests of the yielded changes without a time.
    """

    start: datetime | None = None
    newest: datetime | None = None
    given: Sequence[str] = ()
    undated: Sequence[str] = ()

    def __str__(self) -> str:
        return ";".join((_VERSION, _text(self.start), _text(self.newest), "".join(self.given), "".join(self.undated)))

    @classmethod
    def parse(cls, since: str | datetime | None) -> Cursor:
        """Parse the argument `since` of `watch`.

        Raises:
            InvalidArgument: it is not a cursor, or a time without a zone.
        """
        if since is None:
            return cls()
        if isinstance(since, datetime):
            if since.utcoffset() is None:
                raise InvalidArgument("since has no time zone: use datetime.now(UTC), for example.")
            try:
                return cls(start=since.astimezone(UTC))
            except OverflowError:
                raise InvalidArgument(f"since is {since}, which is no time in UTC.") from None
        try:
            if not isinstance(since, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
                raise ValueError
            version, start, newest, given, undated = since.split(";")
            if version != _VERSION or len(given) % _WIDTH or len(undated) % _WIDTH:
                raise ValueError
            return cls(start=_moment(start), newest=_moment(newest), given=_cut(given), undated=_cut(undated))
        except ValueError:
            raise InvalidArgument("since is no cursor: give Change.cursor as it was, a moment, or None.") from None


def moment(request: Request) -> datetime | None:
    """Time of the last change of a request in UTC, None if it shows none.

    Without `updatedAt` it is the time of creation, which a later change does not move.
    """
    return credible(request.updated_at) or credible(request.created_at)


def digest(request: Request) -> str:
    """Identify one state of a request: two changes may have the same time, if it is in seconds or days."""
    return _hashed(json.dumps(_in_utc(request.to_dict()), sort_keys=True))


def old_digest(request: Request) -> str:
    """The digest in cursors of earlier versions: of the id and time, if a request has both."""
    at = moment(request)
    return digest(request) if request.id is None or at is None else _hashed(f"{request.id} {at.isoformat()}")


def _in_utc(value: Any) -> Any:
    """Convert all times to one form: another spelling is not a change."""
    if isinstance(value, dict):
        return {name: _in_utc(item) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_in_utc(item) for item in cast("list[object]", value)]
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            return value
    return value


def _hashed(text: str) -> str:
    # Servers may send half a character (a lone surrogate), which UTF-8 cannot hold.
    data = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _text(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def _cut(text: str) -> tuple[str, ...]:
    return tuple(text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH))
