"""Does any edit of a twin leave a tree that cannot be used? Each is put in place in a copy of this project, or refused.

usage: python -m tests.official.try_edits [--first SEED] [--count N]

A description that is put in place must leave a project that imports, that type-checks, and whose demo reads. One that
is refused must be refused in a sentence, and leave every file as it was.

Exit 0: so it was for every seed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.official.__main__ import TWINS
from tests.official.copies import copied, python
from tests.official.edits import edited

COUNT = 100
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_PLACED, _REFUSED = (0, 1), 2


def fingerprint(copy: Path) -> str:
    """Tell the description and the generated tree from others."""
    files = [copy / "openapi/ordering-v3.1.json", *sorted((copy / "orange_ordering_client/_generated").rglob("*.*"))]
    digest = hashlib.sha256()
    for file in files:
        if "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(copy)).encode() + file.read_bytes())
    return digest.hexdigest()


def faults(copy: Path, description: Path) -> tuple[str, list[str]]:
    """Try one description.

    Returns:
        "placed" or "refused", and what is wrong with how that was done.
    """
    before = fingerprint(copy)
    done = python(copy, "-m", "openapi.update", str(description), "--root", str(copy))
    said = done.stdout + done.stderr
    found = [f"says {text}" for text in ("Traceback",) if text in said]
    found += [f"shows an object's address: {match[0]}" for match in [_ADDRESS.search(said)] if match]
    if done.returncode == _REFUSED:
        if fingerprint(copy) != before:
            found.append("refused, and files have changed")
        if not done.stderr.strip().endswith("Nothing was changed: exit 2.") or len(done.stderr.split()) < 9:
            found.append("refused without a reason")
        return f"refused: {done.stderr.splitlines()[0][:160] if done.stderr else ''}", found
    if done.returncode not in _PLACED:
        return "ended", [*found, f"exit {done.returncode}: {said[-500:]}"]
    for name, arguments in {
        "does not import": ("-c", "from orange_ordering_client import *; import orange_ordering_client.sandbox"),
        "does not type-check": ("-m", "mypy", "orange_ordering_client"),
        "does not read": ("-m", "tests.official.reading"),
    }.items():
        checked = python(copy, *arguments)
        if checked.returncode:
            found.append(f"{name}: {(checked.stdout + checked.stderr)[-800:]}")
    return "placed", found


def main() -> int:
    """Run the command line and give its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=COUNT, help="how many seeds")
    options = parser.parse_args()
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="edits-") as directory:
        copy, file = Path(directory) / "project", Path(directory) / "description.json"
        copy.mkdir()
        copied(copy)
        for seed in range(options.first, options.first + options.count):
            twin = list(TWINS)[seed % len(TWINS)]
            document, names = edited(TWINS[twin](), seed)
            file.write_text(json.dumps(document), encoding="utf-8")
            started = time.monotonic()
            outcome, found = faults(copy, file)
            outcomes["FAILED" if found else outcome.split(":")[0]] += 1
            print(f"{seed:4} {twin} {'+'.join(names)}: {outcome}  {time.monotonic() - started:.0f} s", flush=True)
            for fault in found:
                print(f"     FAILED  {fault}", flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    return 1 if outcomes["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
