"""One run of openapi-python-client, in a separate process, because the run changes global state of the library.

usage: run_generator.py JOB, where JOB/ has job.json (config, templates, globals) and input.json. It writes JOB/out/ and
JOB/errors.json. The generator's own command cannot reject undefined template variables.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.schema.untrusted_string import UntrustedString

from openapi.generate.properties import Properties

# Attributes that every model has.
OWN = {"from_dict", "to_dict", "additional_properties"}


def main(job: Path) -> None:
    """Run the generator, and write its warnings and errors to a file."""
    said = json.loads((job / "job.json").read_text("utf-8"))
    config = Config.from_sources(
        ConfigFile.load_from_path(Path(said["config"])) if said["config"] else ConfigFile(),
        MetaType.NONE,
        job / "input.json",
        "utf-8",
        overwrite=False,
        output_path=job / "out",
    )
    config.post_hooks = []  # The build formats the output itself.
    errors: list[GeneratorError]
    document = json.loads((job / "input.json").read_text("utf-8"))
    with _readable_messages():
        parsed = GeneratorData.from_dict(document, config=config)
    if isinstance(parsed, GeneratorError):
        errors = [parsed]
    else:
        _wire_names(parsed, said["aliases"])
        _exact_values(parsed, document["components"]["schemas"])
        _rename_reserved(parsed, config)
        project = Project(openapi=parsed, config=config, custom_template_path=Path(said["templates"]))
        project.env.undefined = StrictUndefined
        variables: dict[str, Any] = said["globals"]
        variables["python"] = Properties(variables["operations"], variables["discriminators"])
        project.env.globals.update(variables)
        with contextlib.redirect_stdout(io.StringIO()):
            errors = list(project.build())
    lines = [_line(error) for error in errors]
    (job / "errors.json").write_text(json.dumps(lines), "utf-8")


@contextlib.contextmanager
def _readable_messages() -> Generator[None, None, None]:
    """Make error messages show text of the description; this ends with parsing, so that templates do not show it."""
    UntrustedString.__str__ = UntrustedString.get_untrusted_value  # type: ignore[method-assign, assignment]  # intended, and undone
    try:
        yield
    finally:
        del UntrustedString.__str__


def _wire_names(parsed: GeneratorData, aliases: dict[str, str]) -> None:
    """Restore the wire names that `simplify` replaced by aliases; the Python names keep the aliases."""
    for model in parsed.models:
        for one in (*(model.required_properties or ()), *(model.optional_properties or ())):
            one.name = _wire_name(one.name, str(model.class_info.name), aliases)
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            for parameter in endpoint.list_all_parameters():
                parameter.name = _wire_name(parameter.name, endpoint.name, aliases)


def _wire_name(name: Any, owner: str, aliases: dict[str, str]) -> Any:
    found = aliases.get(f"{owner} {name.get_untrusted_value()}") if isinstance(name, UntrustedString) else None
    return name if found is None else UntrustedString(found)


def _exact_values(parsed: GeneratorData, schemas: dict[str, Any]) -> None:
    """Escape enum values with characters that are not printable, because the generator drops those."""
    for enum in parsed.enums:
        said = schemas.get(str(enum.class_info.name), {})
        values = said.get("enum", ())
        if not isinstance(enum.values, dict) or len(enum.values) != len(values):
            continue  # `completeness` names what is lost.
        # A name of the description is never used as a key, because the template writes keys as code.
        for name, value in zip(list(enum.values), values, strict=True):
            if isinstance(value, str) and not value.isprintable():
                enum.values[name] = value.encode("unicode_escape").decode("ascii").replace('"', r"\"")


def _rename_reserved(parsed: GeneratorData, config: Config) -> None:
    """Rename attributes that would hide attributes of every model."""
    for model in parsed.models:
        for one in (*(model.required_properties or ()), *(model.optional_properties or ())):
            if one.python_name in OWN:
                one.set_python_name(UntrustedString(f"{one.python_name}_value"), config)


def _line(error: GeneratorError) -> str:
    data = (
        error.data.model_dump_json(exclude_unset=True, by_alias=True)
        if isinstance(error, ParseError) and error.data
        else ""
    )
    line = " ".join(part.strip() for part in (error.header, error.detail or "", data[:200]) if part and part.strip())
    return re.sub(r"<([\w.]+) object at 0x[0-9a-f]+>", r"<\1>", line)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
