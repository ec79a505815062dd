"""Schemathesis, all of its checks, against a running sandbox.

At length: `python -m tests.sandbox.schemathesis_run --max-examples 200`. It is given the description with what the
sandbox knows and OpenAPI 3.0 cannot say: which attributes `sort` and `fields` may name, which request types there are,
and that `displayNulls` makes any attribute null.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from orange_ordering_client.sandbox import Sandbox

# An order can have the right shape and still break a rule of its type, which only the catalog describes.
CONFIG = """
[[operations]]
include-method = "POST"
include-path = "/requests"

[operations.checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429", "5xx"]
"""


def known(sandbox: Sandbox) -> dict[str, Any]:
    """The description, with what the sandbox knows besides."""
    document = copy.deepcopy(dict(sandbox.description.document))
    schemas = document["components"]["schemas"]
    types = [item["id"] for item in sandbox.catalog.items(next(iter(sandbox.access.clients.values())), "en")]
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if {"type", "requestedAt"} <= properties.keys():
            properties["type"]["enum"] = types
    listing = document["paths"]["/requests"]["get"]
    attributes = [name for name in schemas["Request"]["properties"] if name != "_links"]
    for name in ("Request", "CatalogItem"):
        properties = schemas[name]["properties"]
        schemas[name]["properties"] = {key: {"nullable": True, "allOf": [value]} for key, value in properties.items()}
    for operations in document["paths"].values():
        for parameter in (parameter for operation in operations.values() for parameter in operation["parameters"]):
            if parameter["schema"].get("type") == "array":
                # On the wire, no value and one empty value are the same, and refused.
                parameter["schema"]["minItems"] = 1
    reading = next(item["get"] for path, item in document["paths"].items() if path.startswith("/requests/{"))
    for parameter in (*listing["parameters"], *reading["parameters"]):
        if parameter.get("name") == "sort":
            parameter["schema"]["enum"] = [*attributes, *(f"-{name}" for name in attributes)]
        elif parameter.get("name") == "fields":
            parameter["schema"]["items"] = {"type": "string", "enum": attributes}
    return document


def run(
    max_examples: int, seed: int = 1, description: dict[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it, with the packaged description if none is given; the return code is 0 when nothing failed."""
    sandbox = Sandbox(seed=seed, check_answers=True, description=description)
    sandbox.requests.seed(20)
    with sandbox.serve_in_thread() as url, tempfile.TemporaryDirectory() as folder:
        token = httpx.post(
            f"{url}/oauth/v3/token",
            data={"grant_type": "client_credentials"},
            auth=("sandbox-client", "sandbox-secret"),
        ).json()["access_token"]
        file, config = Path(folder, "description.json"), Path(folder, "schemathesis.toml")
        file.write_text(json.dumps(known(sandbox)))
        config.write_text(CONFIG)
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(file)),
            *("--url", f"{url}{sandbox.description.base_path}", "--checks", "all", "--seed", str(seed)),
            *("--max-examples", str(max_examples), "--suppress-health-check", "all"),
            *("-H", f"Authorization: Bearer {token}", "-H", "X-API-Key: sandbox-key"),
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603  # our own


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--max-examples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    done = run(options.max_examples, options.seed)
    sys.stdout.write(done.stdout + done.stderr)
    sys.exit(done.returncode)
