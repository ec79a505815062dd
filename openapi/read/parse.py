"""Bytes -> a document that can be worked on, or one clear sentence why not."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

from openapi.read.document import Document, is_obj, obj, operations, path_identity
from openapi.read.errors import Cured, UnusableDescription

__all__ = ["MAX_BYTES", "as_json", "parse", "read"]

MAX_BYTES = 20_000_000
REQUIRED_PATH = "/requests"
_SURROGATE = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
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


def as_json(data: bytes) -> bytes:
    """Give a description as JSON in UTF-8, as the rest of the project reads it; what is that already stays as it is.

    UTF-16 and UTF-32 are recognised by their zeros (RFC 4627, section 3), YAML by the key `openapi` or `swagger`.

    Raises:
        UnusableDescription: it is not text, or YAML that cannot be read.
    """
    text = _text(data)
    if not re.search(r"^[\"']?(openapi|swagger)[\"']?\s*:", text, re.MULTILINE) or text.lstrip()[:1] in ("{", "["):
        return data if json.detect_encoding(data[:4]).startswith("utf-8") else text.encode("utf-8", "surrogatepass")
    try:
        document = yaml.safe_load(text)
        return json.dumps(_json_values(document), indent=1, ensure_ascii=False).encode()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise UnusableDescription(f"The file looks like YAML, and cannot be read as YAML: {said[:200]}") from error


def _json_values(value: Any) -> Any:
    # YAML has keys that are numbers (statuses) and values that are dates; JSON has text for both.
    if isinstance(value, dict):
        return {_json_key(key): _json_values(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # YAML gives anything
    if isinstance(value, list):
        return [_json_values(one) for one in value]  # pyright: ignore[reportUnknownVariableType]  # the same
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value


def _json_key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key) if isinstance(key, (bool, int, float)) else str(key)


def parse(data: bytes) -> tuple[Document, list[Cured]]:
    """Read a description as JSON and make sure that it is one of this API.

    Returns:
        The document, and what had to be put right to read it.

    Raises:
        UnusableDescription: not text, not JSON, a web page, not OpenAPI 3, or without the requests resource.
    """
    if len(data) > MAX_BYTES:
        raise UnusableDescription(f"The file is larger than {MAX_BYTES // 1_000_000} MB: not an API description.")
    text = _text(as_json(data))
    cured: list[Cured] = []
    document = _json(text, cured)
    if _SURROGATE.search(text):
        # Half of a character cannot be written to any file; Python reads it all the same.
        whole = json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if (again := json.loads(whole)) != document:
            document = again
            cured.append(Cured("half-a-character", "the file", "a lone surrogate was replaced by U+FFFD"))
    _check_kind(document)
    return document, cured


def _text(data: bytes) -> str:
    found = json.detect_encoding(data[:4])
    encoding = "utf-8-sig" if found == "utf-8" else found
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableDescription(f"The file is not text: byte {error.start} is not {encoding}.") from error
    if not encoding.startswith("utf-8") and not text.lstrip()[:1].isascii():
        raise UnusableDescription(f"The file is not text: as {encoding} it would begin with no character of JSON.")
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
