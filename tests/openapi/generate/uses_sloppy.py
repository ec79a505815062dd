"""Uses what the build makes of the sloppy description. Run by test_sloppy, beside that code."""

import importlib
import json
import sys
from typing import Any

# Made by the test. Whether this repository has them, too, depends on the vendored description.
MODELS = "orange_ordering_client._generated.models"
Request: Any = importlib.import_module(f"{MODELS}.request").Request
RequestColour: Any = importlib.import_module(f"{MODELS}.request_colour").RequestColour

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
    "deep": request.inner.deep.x,
    "colour": request.colour.name,
    "colours": [one.value for one in RequestColour],
    "done": request.done_at.isoformat(),
}
sys.stdout.write(json.dumps(said))
