"""Uses what the build makes of the sloppy description. Run by test_build_sloppy, beside that code."""

import json
import sys

from orange_ordering_client._generated.models.request_colour import RequestColour  # type: ignore[import-not-found]

# Made by the test; not in this repository.
from orange_ordering_client._generated.models.request import Request

wire = {
    "id": "1",
    "colour": "IN_PROGRESS",
    "labels": [1, "a"],
    "class": "c",
    "to_dict": "x",
    "doneAt": "2026-01-02T03:04:05Z",
    "inner": {"deep": {"x": "y"}},
    "map": {"n": 1},
    "choice": {"a": "b"},
    "unknown": {"k": None},
}
request = Request.from_dict(wire)
said = {
    "written back": request.to_dict() == wire,
    "deep": request.inner.deep.x,  # type: ignore[attr-defined]
    "colour": request.colour.name,  # type: ignore[attr-defined]
    "colours": [one.value for one in RequestColour],
    "done": request.done_at.isoformat(),  # type: ignore[attr-defined]
}
sys.stdout.write(json.dumps(said))
