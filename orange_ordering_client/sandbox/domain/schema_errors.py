"""Where in a document a JSON Schema error is."""

from __future__ import annotations

from jsonschema.exceptions import ValidationError

__all__ = ["location_of"]


def location_of(error: ValidationError) -> str:
    """Return the location of a schema error, such as `attachments[0].name`; for a missing field, that of the field."""
    pieces = list(error.absolute_path)
    if error.validator == "required" and error.message.startswith("'"):
        pieces.append(error.message.split("'")[1])
    text = ""
    for piece in pieces:
        text += f"[{piece}]" if isinstance(piece, int) else f".{piece}" if text else str(piece)
    return text
