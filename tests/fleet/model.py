"""A model of members that place one order, and a walk through all states that it can reach.

The functions of the database are those of `Database`, statement by statement; `test_model.py` holds each of them, in
every state that is reached, against the real ones. Around them is what a client does: claim, store that it sends, send,
receive a response or not, store the outcome; crash, stall, lose its connection before or after a statement is executed,
and store an outcome late.

Time is counted in ticks, the same for all members, because only durations matter: a lease is one tick, a call two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["CALL", "LEASE", "Call", "Database", "Member", "Send", "State", "Ticket", "reachable", "unaware"]

LEASE = 1
CALL = 2

Ticket = tuple[int, int]
"""Member, and the number of its claim."""

Call = tuple[str, Ticket, str]
"""Function, ticket, outcome."""


class Database(NamedTuple):
    """The rows about one order.

    Attributes:
        claim: the ticket that holds it.
        order: None; or the ticket that sent it last, and the time until which it may be on its way, None once placed.
        alive: until when each member counts as alive; None without a row.
    """

    claim: Ticket | None
    order: tuple[Ticket, int | None] | None
    alive: tuple[int | None, ...]

    def is_alive(self, member: int, now: int) -> bool:
        until = self.alive[member]
        return until is not None and until > now

    def beat(self, member: int, now: int) -> Database:
        alive = list(self.alive)
        alive[member] = max(now + LEASE, alive[member] or 0)
        return self._replace(alive=tuple(alive))

    def ask(self, ticket: Ticket, now: int) -> tuple[Database, bool]:
        """`orange_ordering.claim`."""
        after = self.beat(ticket[0], now)
        if self.claim is None or self.claim == ticket or not after.is_alive(self.claim[0], now):
            return after._replace(claim=ticket), True
        return after, False

    def sending(self, ticket: Ticket, now: int, *, within: int = CALL, fenced: bool = True) -> tuple[Database, bool]:
        """`orange_ordering.sending`."""
        if fenced and self.claim != ticket:
            return self, False
        until = now + within
        if self.order is not None and self.order[1] is not None:
            until = max(until, self.order[1])
        return self._replace(order=(ticket, until)), True

    def finish(self, ticket: Ticket, outcome: str, now: int, *, fenced: bool = True) -> Database:
        """`orange_ordering.finish`."""
        held = self.claim == ticket
        order = self.order
        mine = order is not None and order[0] == ticket
        if outcome == "placed":
            if held or mine:
                order = (order[0] if order is not None else ticket, None)
        elif outcome == "withdrawn":
            if order is not None and order[1] is not None and (held or mine or not fenced):
                order = None
        elif order is not None and mine and order[1] is not None and order[1] > now:
            order = (ticket, now)
        return self._replace(claim=None if held else self.claim, order=order)


class Member(NamedTuple):
    """One process.

    Attributes:
        phase: `idle`, `held`, `noting` (the statement is on its way), `noted`, `sent`, `dead`.
        ticket: number of its claim.
        doubt: what the claim said: -1, nothing was sent; or the time until which something may be on its way.
        deadline: when its call is over.
        late: outcomes that it has yet to store.
    """

    phase: str = "idle"
    ticket: int = 0
    doubt: int = -1
    deadline: int = 0
    late: tuple[tuple[Ticket, str], ...] = ()


class Send(NamedTuple):
    """An order that left and may be accepted: whose it is, when that is over, and what its claim said."""

    ticket: Ticket
    end: int
    doubt: int


class State(NamedTuple):
    """Everything."""

    now: int
    database: Database
    members: tuple[Member, ...]
    sends: frozenset[Send]


def unaware(sends: frozenset[Send]) -> tuple[Send, Send] | None:
    """Two senders of which neither knew, when it sent, until when the other's might be on its way."""
    for one in sends:
        for other in sends:
            if one.ticket[0] != other.ticket[0] and not _knew(one, other) and not _knew(other, one):
                return one, other
    return None


def _knew(later: Send, earlier: Send) -> bool:
    return earlier.end <= later.doubt


class Faulty(NamedTuple):
    """Guards to leave out, so that the walk can be seen to find what they guard against."""

    sends_without_fence: bool = False
    doubt_ends_with_note: bool = False
    withdraws_without_fence: bool = False
    sends_after_deadline: bool = False
    withdraws_earlier_doubt: bool = False


def reachable(
    members: int, until: int, tickets: int, faulty: Faulty | None = None
) -> Iterator[tuple[State, list[tuple[Call, State]]]]:
    """Walk breadth first: each state once, with what the database is asked in it and what comes of that.

    Args:
        members: how many there are.
        until: ticks.
        tickets: claims that each may make.
        faulty: guards to leave out.
    """
    faulty = faulty or Faulty()
    first = State(0, Database(None, None, (None,) * members), (Member(),) * members, frozenset())
    seen = {first}
    wave = [first]
    while wave:
        following: list[State] = []
        for state in wave:
            steps = list(_steps(state, until, tickets, faulty))
            yield state, [(call, after) for call, after in steps if call is not None]
            for _, step in steps:
                after = _canonical(step)
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        wave = following


def _canonical(state: State) -> State:
    """One of all states that differ only in which member is which, and in how long ago one of them fell silent."""
    database = state.database
    alive = tuple(until if until is not None and until > state.now else None for until in database.alive)
    if alive != database.alive:
        state = state._replace(database=database._replace(alive=alive))
    if len(state.members) > 2 or state.members[0] <= state.members[1]:
        return state
    claim, order = state.database.claim, state.database.order
    return State(
        state.now,
        Database(
            None if claim is None else _swapped(claim),
            None if order is None else (_swapped(order[0]), order[1]),
            state.database.alive[::-1],
        ),
        tuple(
            member._replace(late=tuple((_swapped(ticket), outcome) for ticket, outcome in member.late))
            for member in state.members[::-1]
        ),
        frozenset(sent._replace(ticket=_swapped(sent.ticket)) for sent in state.sends),
    )


def _swapped(ticket: Ticket) -> Ticket:
    return 1 - ticket[0], ticket[1]


def _steps(state: State, until: int, tickets: int, faulty: Faulty) -> Iterator[tuple[Call | None, State]]:
    now = state.now
    if now < until:
        yield None, state._replace(now=now + 1)
    for number, member in enumerate(state.members):
        if member.phase == "dead":
            continue
        yield from _late(state, number, member, faulty)
        # A member that does not say that it lives is one that stalls, or has lost its connection.
        alive = state.database.beat(number, now)
        if alive != state.database:
            yield ("beat", (number, 0), ""), state._replace(database=alive)
        yield None, _with(state, number, Member("dead"))
        if member.phase == "idle" and member.ticket < tickets:
            yield from _claims(state, number, member, faulty)
        elif member.phase == "held":
            # What is in doubt is sent again once it must have been seen.
            if now >= member.doubt:
                yield None, _with(state, number, member._replace(phase="noting", deadline=now + CALL))
            yield from _finishes(state, number, member, "released", faulty)
        elif member.phase == "noting":
            yield from _notes(state, number, member, faulty)
        elif member.phase == "noted":
            if now < member.deadline or faulty.sends_after_deadline:
                end = now + CALL if faulty.sends_after_deadline else member.deadline
                sent = Send((number, member.ticket), end, member.doubt)
                after = _with(state, number, member._replace(phase="sent"))
                yield None, after._replace(sends=state.sends | {sent})
            else:
                yield from _finishes(state, number, member, _unsent(member, faulty), faulty)
        elif member.phase == "sent":
            yield from _outcomes(state, number, member, faulty)


def _claims(state: State, number: int, member: Member, faulty: Faulty) -> Iterator[tuple[Call | None, State]]:
    ticket = (number, member.ticket + 1)
    database, granted = state.database.ask(ticket, state.now)
    call: Call = ("claim", ticket, "")
    asked = member._replace(ticket=ticket[1])
    # The answer is lost: the claim may be held, and is given back late.
    lost = asked._replace(late=(*member.late, (ticket, "released")))
    yield call, _with(state, number, lost)._replace(database=database)
    if not granted:
        # It waits, and asks again with the same ticket.
        yield call, state._replace(database=database)
    elif database.order is not None and database.order[1] is None:
        yield call, _with(state, number, lost)._replace(database=database)
    else:
        doubt = -1 if database.order is None else database.order[1]
        yield call, _with(state, number, asked._replace(phase="held", doubt=doubt))._replace(database=database)


def _notes(state: State, number: int, member: Member, faulty: Faulty) -> Iterator[tuple[Call | None, State]]:
    ticket = (number, member.ticket)
    database, held = state.database.sending(
        ticket,
        state.now,
        within=0 if faulty.doubt_ends_with_note else CALL,
        fenced=not faulty.sends_without_fence,
    )
    call: Call = ("sending", ticket, "")
    if held:
        yield call, _with(state, number, member._replace(phase="noted"))._replace(database=database)
    # It was not executed, or the answer is lost, or it says that the claim is: nothing is sent.
    for reached in {state.database, database}:
        yield from _finishes(state._replace(database=reached), number, member, _unsent(member, faulty), faulty)


def _outcomes(state: State, number: int, member: Member, faulty: Faulty) -> Iterator[tuple[Call | None, State]]:
    ticket = (number, member.ticket)
    others = frozenset(sent for sent in state.sends if sent.ticket != ticket)
    # Accepted, and the answer came; nobody knows; certainly rejected, for good, or to be tried once more.
    over = state._replace(
        sends=frozenset(
            sent._replace(end=min(sent.end, state.now)) if sent.ticket == ticket else sent for sent in state.sends
        )
    )
    yield from _finishes(over, number, member, "placed", faulty)
    yield from _finishes(over, number, member, "released", faulty)
    rejected = state._replace(sends=others)
    yield from _finishes(rejected, number, member, _unsent(member, faulty), faulty)
    if state.now < member.deadline:
        yield None, _with(rejected, number, member._replace(phase="noting"))


def _unsent(member: Member, faulty: Faulty) -> str:
    """The outcome of a sending that was certainly not accepted: what was in doubt before it still is."""
    return "withdrawn" if member.doubt == -1 or faulty.withdraws_earlier_doubt else "released"


def _finishes(
    state: State, number: int, member: Member, outcome: str, faulty: Faulty
) -> Iterator[tuple[Call | None, State]]:
    ticket = (number, member.ticket)
    idle = Member("idle", member.ticket, late=member.late)
    database = _finished(state, ticket, outcome, faulty)
    yield ("finish", ticket, outcome), _with(state, number, idle)._replace(database=database)
    # The connection is lost before it is executed, or after.
    late = idle._replace(late=(*member.late, (ticket, outcome)))
    yield None, _with(state, number, late)


def _late(state: State, number: int, member: Member, faulty: Faulty) -> Iterator[tuple[Call | None, State]]:
    if member.late:
        (ticket, outcome), *rest = member.late
        database = _finished(state, ticket, outcome, faulty)
        after = _with(state, number, member._replace(late=tuple(rest)))
        yield ("finish", ticket, outcome), after._replace(database=database)
        # Executed, but the answer is lost: it is said once more.
        yield ("finish", ticket, outcome), state._replace(database=database)


def _finished(state: State, ticket: Ticket, outcome: str, faulty: Faulty) -> Database:
    return state.database.finish(ticket, outcome, state.now, fenced=not faulty.withdraws_without_fence)


def _with(state: State, number: int, member: Member) -> State:
    members = list(state.members)
    members[number] = member
    return state._replace(members=tuple(members))
