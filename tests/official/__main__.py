"""Write a twin as a file.

usage: python -m tests.official NAME FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.official import twin_broad, twin_v31

TWINS = {"v31": twin_v31.twin, "broad": twin_broad.twin}

if __name__ == "__main__":
    name, file = sys.argv[1:]
    Path(file).write_text(json.dumps(TWINS[name](), indent=2) + "\n", encoding="utf-8")
