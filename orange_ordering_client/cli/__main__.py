"""`python -m orange_ordering_client.cli`: the same as `orange-ordering`."""

import sys

from orange_ordering_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
