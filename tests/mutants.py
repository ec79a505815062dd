"""`python -m tests.mutants retry auth`: change one thing at a time in a part of the package, and count the changes that
its own tests do not notice. Runs mutmut in a copy under build/mutants; see docs/mutants.md.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "mutants"

PARTS: dict[str, tuple[list[str], list[str]]] = {
    # name: what is changed, the tests that must notice
    "retry": (["retry.py"], ["test_retry.py"]),
    "auth": (["auth.py"], ["auth", "test_secrecy.py"]),
    "pipeline": (["pipeline.py"], ["pipeline", "test_retry.py", "test_hooks.py", "test_logs.py", "test_secrecy.py"]),
    "pagination": (["pagination/*"], ["pagination"]),
    "transport": (["transport/*"], ["transport"]),
    "orders": (["orders/*"], ["orders"]),
}
TARGET = 0.95
LEFT_OUT = [
    # What mutmut puts in front of each function takes time and keeps its arguments alive, and these measure both.
    "the_json_of_an_item_goes_as_its_model_comes",
    "what_a_page_repeats_is_let_go",
    "a_million_lines_are_opened_and_compacted",
    # Each takes several seconds, and most mutants are killed without them.
    "cancelled_at_any_point_the_same_call_recovers",
    "no_alteration_makes_a_duplicate",
    "an_order_that_shows_late_is_found_below",
    "5000_changes_at_equal_times",
]


def prepared(name: str) -> Path:
    """A copy of the package and its tests, configured for one part. The results of earlier runs in it are kept."""
    changed, tests = PARTS[name]
    place = BUILD / name
    for folder in ("orange_ordering_client", "tests"):
        shutil.copytree(ROOT / folder, place / folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    config = {
        "source_paths": ["orange_ordering_client"],
        "only_mutate": [f"orange_ordering_client/{path}" for path in changed],
        "pytest_add_cli_args_test_selection": [f"tests/{path}" for path in tests],
        # A change that never ends is noticed after four times the time of its tests, not after fifteen times.
        "timeout_multiplier": 4.0,
        "pytest_add_cli_args": ["-k", " and ".join(f"not {name}" for name in LEFT_OUT)],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in config.items()]
    text = (ROOT / "pyproject.toml").read_text()
    (place / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]))
    return place


def run(name: str) -> bool:
    """Run one part, print its numbers and survivors, and return whether the target is met."""
    place = prepared(name)
    mutmut = [sys.executable, "-m", "mutmut"]
    done = subprocess.run([*mutmut, "run"], cwd=place, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own command
    (place / "run.log").write_text(done.stdout)
    command = [*mutmut, "results", "--all", "true"]
    listed = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)  # noqa: S603 -- our own command
    outcomes = dict(line.strip().rsplit(": ", 1) for line in listed.stdout.splitlines() if ": " in line)
    counts = Counter(outcomes.values())
    killed = counts["killed"] + counts["timeout"]
    tried = sum(counts.values()) - counts["skipped"]
    if done.returncode or not tried:
        print(f"{name}: mutmut failed; see {place / 'run.log'}")  # noqa: T201 -- a command
        return False
    print(f"{name}: {killed} of {tried} killed ({killed / tried:.1%}) {dict(counts)}")  # noqa: T201 -- a command
    for mutant, outcome in sorted(outcomes.items()):
        if outcome not in ("killed", "timeout", "skipped"):
            print(f"  {outcome}: {mutant}   (in {place}: mutmut show {mutant})")  # noqa: T201 -- a command
    return killed / tried >= TARGET


if __name__ == "__main__":
    # A list: every part is run, also after one that misses the target.
    met = [run(name) for name in sys.argv[1:] or PARTS]
    sys.exit(0 if all(met) else 1)
