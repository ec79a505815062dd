"""Bytes -> a document that can be worked on, or one clear sentence why not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from openapi.faults import Cured, UnusableDescription
from openapi.walk import Document, is_obj, obj, operations, path_identity

__all__ = ["MAX_BYTES", "parse", "read"]

MAX_BYTES = 20_000_000
REQUIRED_PATH = "/requests"
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)


def read(path: Path) -> bytes:
    """Read a description, never more than `MAX_BYTES` of it.

    Raises:
        UnusableDescription: there is no such file, or it is too large to be a description.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableDescription(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise UnusableDescription(f"{path} is larger than {MAX_BYTES // 1_000_000} MB: not an API description.")
    return data


def parse(data: bytes) -> tuple[Document, list[Cured]]:
    """Read a description as JSON and make sure that it is one of this API.

    Returns:
        The document, and what had to be put right to read it.

    Raises:
        UnusableDescription: not text, not JSON, a web page, not OpenAPI 3, or without the requests resource.
    """
    if len(data) > MAX_BYTES:
        raise UnusableDescription(f"The file is larger than {MAX_BYTES // 1_000_000} MB: not an API description.")
    text = _text(data)
    cured: list[Cured] = []
    document = _json(text, cured)
    _check_kind(document)
    return document, cured


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableDescription(f"The file is not text: byte {error.start} is not {encoding}.") from error
    if not text.strip():
        raise UnusableDescription("The file is empty.")
    if _HTML.match(text):
        raise UnusableDescription(
            "The file is a web page (HTML or XML), not JSON: perhaps a login page was saved. Download the JSON itself."
        )
    return text


def _json(text: str, cured: list[Cured]) -> Document:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result and result[key] != value:
                both = is_obj(result[key]) and is_obj(value)
                how = "merged" if both else "the last one is used, as every JSON parser does"
                cured.append(Cured("key-twice", key, f"the key {key!r} stands twice in one object: {how}"))
                value = {**obj(result[key]), **obj(value)} if both else value
            result[key] = value
        return result

    def refuse(constant: str) -> NoReturn:
        raise UnusableDescription(f"The file is not JSON: {constant} is no JSON number.")

    try:
        document: object = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        what = f"The file is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        if re.match(r"(openapi|swagger)\s*:", text.lstrip()):
            what += " It looks like YAML; the JSON form is needed."
        raise UnusableDescription(what) from error
    except RecursionError:
        raise UnusableDescription("The file is nested too deeply to be an API description.") from None
    if not is_obj(document):
        raise UnusableDescription(f"The file is not an OpenAPI description: JSON, but a {type(document).__name__}.")
    return obj(document)


def _check_kind(document: Document) -> None:
    version = str(document.get("openapi", ""))
    if "swagger" in document and not version:
        raise UnusableDescription(
            f"The file is a Swagger {document['swagger']} description; OpenAPI 3.0 is needed. "
            "Convert it first, for example with `npx swagger2openapi --patch in.json -o out.json`."
        )
    if not version:
        raise UnusableDescription("The file is not an OpenAPI description: it is JSON without an `openapi` version.")
    if not re.match(r"3\.[01](\.|$)", version):
        raise UnusableDescription(f"The file says OpenAPI {version}; this build reads 3.0 and 3.1.")
    if not isinstance(document.get("paths"), dict) or not any(operations(document)):
        raise UnusableDescription("The description has no operations: `paths` is missing or empty.")
    if not any(path_identity(path).lstrip("/") == REQUIRED_PATH.lstrip("/") for path, _, _ in operations(document)):
        raise UnusableDescription(f"The description has no {REQUIRED_PATH}: not the Ordering for Business API.")
