"""The larger walks through the model of claims: more claims for each member, and every guard left out once."""

from __future__ import annotations

import sys
import time

from tests.fleet.model import Faulty, reachable, unaware


def main() -> int:
    for tickets, until in ((1, 5), (2, 3)):
        began = time.monotonic()
        states = 0
        for state, _ in reachable(members=2, until=until, tickets=tickets):
            states += 1
            if unaware(state.sends):
                sys.stdout.write(f"two senders without doubt: {state}\n")
                return 1
        sys.stdout.write(
            f"2 members, {tickets} claims each, {until} ticks: {states} states, none with two senders without doubt,"
            f" {time.monotonic() - began:.0f} s\n"
        )
    for guard in Faulty._fields:
        walk = reachable(members=2, until=3, tickets=2, faulty=Faulty(**{guard: True}))
        found = any(unaware(state.sends) for state, _ in walk)
        sys.stdout.write(f"with the fault {guard}: {'found' if found else 'NOT found'}\n")
        if not found:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
