"""Runs openapi-python-client on one prepared job. A program of its own, so that nothing of it lingers in the build.

usage: run_generator.py JOB, where JOB/ has job.json (config, templates, globals) and input.json. Writes JOB/out/ and
JOB/errors.json. Not the generator's own command, because that cannot be told to refuse undefined template variables.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.schema.untrusted_string import UntrustedString

# What every model has, whatever the description says.
OWN = {"from_dict", "to_dict", "additional_properties"}


def main(job: Path) -> None:
    """Generate, and leave behind what the generator had to say."""
    said = json.loads((job / "job.json").read_text("utf-8"))
    config = Config.from_sources(
        ConfigFile.load_from_path(Path(said["config"])) if said["config"] else ConfigFile(),
        MetaType.NONE,
        job / "input.json",
        "utf-8",
        overwrite=False,
        output_path=job / "out",
    )
    config.post_hooks = []  # The build formats, with a pinned ruff and its own settings.
    errors: list[GeneratorError]
    parsed = GeneratorData.from_dict(json.loads((job / "input.json").read_text("utf-8")), config=config)
    if isinstance(parsed, GeneratorError):
        errors = [parsed]
    else:
        _step_aside(parsed, config)
        project = Project(openapi=parsed, config=config, custom_template_path=Path(said["templates"]))
        project.env.undefined = StrictUndefined
        project.env.globals.update(said["globals"])
        with contextlib.redirect_stdout(io.StringIO()):
            errors = list(project.build())
    lines = [_line(error) for error in errors]
    (job / "errors.json").write_text(json.dumps(lines), "utf-8")


def _step_aside(parsed: GeneratorData, config: Config) -> None:
    """Rename attributes that would hide what every model has."""
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
    return " ".join(part.strip() for part in (error.header, error.detail or "", data[:200]) if part and part.strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
