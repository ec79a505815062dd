"""Parsing of a description as JSON or YAML, with a clear message for a file that does not describe this API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import yaml

from openapi.read.document import Document, is_obj, obj, operations, path_identity
from openapi.read.errors import Repair, UnusableDescription
from openapi.read.from_yaml import json_from_yaml

__all__ = ["MAX_BYTES", "as_json", "parse", "read"]

MAX_BYTES = 20_000_000
REQUIRED_PATH = "/requests"
_SURROGATE = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)


def read(path: Path) -> bytes:
    """Read the file of a description, at most `MAX_BYTES` of it.

    Raises:
        UnusableDescription: the file cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableDescription(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise UnusableDescription(f"{path} is larger than {MAX_BYTES // 1_000_000} MB: not an API description.")
    return data


def as_json(data: bytes) -> bytes:
    """Convert a description to JSON in UTF-8; bytes in that form are returned unchanged.

    UTF-16 and UTF-32 are detected by their zero bytes (RFC 4627, section 3), YAML by the key `openapi` or `swagger`.

    Raises:
        UnusableDescription: the bytes are not text, or invalid YAML.
    """
    text = _text(data)
    if not re.search(r"^[\"']?(openapi|swagger)[\"']?\s*:", text, re.MULTILINE) or text.lstrip()[:1] in ("{", "["):
        return data if json.detect_encoding(data[:4]).startswith("utf-8") else text.encode("utf-8", "surrogatepass")
    try:
        return json_from_yaml(text, MAX_BYTES).encode()
    except RecursionError:
        raise UnusableDescription("The file is nested too deeply to be an API description.") from None
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise UnusableDescription(f"The file looks like YAML, but is invalid YAML: {said[:200]}") from error


def parse(data: bytes) -> tuple[Document, list[Repair]]:
    """Parse a description and check that it describes this API.

    Returns:
        The document, and the repairs that were needed to parse it.

    Raises:
        UnusableDescription: the bytes are not text, not JSON, a web page, not OpenAPI 3, or without `/requests`.
    """
    if len(data) > MAX_BYTES:
        raise UnusableDescription(f"The file is larger than {MAX_BYTES // 1_000_000} MB: not an API description.")
    text = _text(as_json(data))
    repairs: list[Repair] = []
    document = _json(text, repairs)
    if _SURROGATE.search(text):
        # A lone surrogate cannot be encoded, though Python decodes it.
        whole = json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if (again := json.loads(whole)) != document:
            document = again
            repairs.append(Repair("half-a-character", "the file", "a lone surrogate was replaced by U+FFFD"))
    _check_kind(document)
    return document, repairs


def _text(data: bytes) -> str:
    found = json.detect_encoding(data[:4])
    encoding = "utf-8-sig" if found == "utf-8" else found
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableDescription(f"The file is not text: byte {error.start} is not {encoding}.") from error
    if not encoding.startswith("utf-8") and not text.lstrip()[:1].isascii():
        raise UnusableDescription(
            f"The file is not text: as {encoding} it begins with a character that JSON does not allow."
        )
    if not text.strip():
        raise UnusableDescription("The file is empty.")
    if _HTML.match(text):
        raise UnusableDescription(
            "The file is a web page (HTML or XML), not JSON: perhaps a login page was saved. Download the JSON itself."
        )
    return text


def _json(text: str, repairs: list[Repair]) -> Document:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result and result[key] != value:
                both = is_obj(result[key]) and is_obj(value)
                how = "merged" if both else "the last one is used, as every JSON parser does"
                repairs.append(Repair("key-twice", key, f"the key {key!r} occurs twice in one object: {how}"))
                value = _merged(obj(result[key]), obj(value)) if both else value
            result[key] = value
        return result

    def refuse(constant: str) -> NoReturn:
        raise UnusableDescription(f"The file is not JSON: {constant} is not a JSON number.")

    try:
        document: object = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        what = f"The file is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise UnusableDescription(what) from error
    except RecursionError:
        raise UnusableDescription("The file is nested too deeply to be an API description.") from None
    if not is_obj(document):
        raise UnusableDescription(f"The file is not an OpenAPI description: JSON, but a {type(document).__name__}.")
    return obj(document)


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = {key for key in first if is_obj(first[key]) and is_obj(second.get(key))}
    return {**first, **second, **{key: _merged(obj(first[key]), obj(second[key])) for key in both}}


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
