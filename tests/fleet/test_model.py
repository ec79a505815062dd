"""The model of claims: explored whole, and held against the real functions of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.fleet.model import CALL, LEASE, Call, Database, Faulty, Send, Ticket, reachable, unaware

TICK = 1000.0
"""Seconds; the statements of a test take none, compared with it."""
KEY = {"key": "k", "account": "model", "type": "R_BVPN_FR_1", "reference": "WAN-042"}


@attrs.frozen
class Walk:
    """What a walk through all states of two members met."""

    states: int
    sends: int
    calls: frozenset[tuple[Database, Call]]


@pytest.fixture(scope="module")
def walk() -> Walk:
    calls: set[tuple[Database, Call]] = set()
    states = sends = 0
    for state, asked in reachable(members=2, until=3, tickets=1):
        states += 1
        sends = max(sends, len(state.sends))
        assert unaware(state.sends) is None, state
        calls.update((_relative(state.database, state.now), call) for call, _ in asked)
    return Walk(states, sends, frozenset(calls))


def test_in_no_state_have_two_members_sent_without_doubt(walk: Walk) -> None:
    # Asserted in each; that both did send in some shows that the walk goes where it could.
    assert walk.states > 20_000
    assert walk.sends == 2


@pytest.mark.parametrize("guard", ["sends_without_fence", "doubt_ends_with_note"])
def test_without_one_of_the_guards_there_is_such_a_state(guard: str) -> None:
    states = reachable(members=2, until=3, tickets=1, faulty=Faulty(**{guard: True}))
    assert any(unaware(state.sends) for state, _ in states)


def test_the_functions_of_the_database_are_those_of_the_model(walk: Walk, dsn: str) -> None:
    assert len(walk.calls) > 200
    with psycopg.connect(dsn) as connection:
        for database, call in sorted(walk.calls, key=repr):
            with connection.transaction(force_rollback=True):
                _store(connection, database)
                expected, answer = _modelled(database, call)
                assert _executed(connection, call) == answer, (database, call)
                assert _stored(connection, len(database.alive)) == expected, (database, call)


def _relative(database: Database, now: int) -> Database:
    order = database.order
    if order is not None and order[1] is not None:
        order = (order[0], max(order[1] - now, -1))
    return Database(database.claim, order, tuple(None if until is None else until - now for until in database.alive))


def _modelled(database: Database, call: Call) -> tuple[Database, object]:
    function, ticket, outcome = call
    if function == "beat":
        return database.beat(ticket[0], 0), None
    if function == "claim":
        after, granted = database.ask(ticket, 0)
        order = after.order if granted else None
        doubt = None if order is None or order[1] is None else -order[1]
        return after, (granted, (order is not None) if granted else None, doubt)
    if function == "sending":
        return database.sending(ticket, 0)
    return database.finish(ticket, outcome, 0), None


def _executed(connection: psycopg.Connection[Any], call: Call) -> object:
    function, ticket, outcome = call
    values = KEY | {"ticket": _uuid(ticket), "member": _member(ticket[0]), "lease": LEASE * TICK, "within": CALL * TICK}
    values |= {"outcome": outcome, "request_id": "3-1" if outcome == "placed" else None}
    row = connection.execute(STATEMENTS[function], values).fetchone()
    assert row is not None
    if function == "claim":
        return row[0], row[1], None if row[2] is None else round(row[2] / TICK)
    return row[0] if function == "sending" else None


STATEMENTS: dict[str, Any] = {
    "beat": "SELECT orange_ordering.beat(%(member)s, 'm', %(lease)s)",
    "claim": "SELECT granted, sent, in_doubt_for::float8 FROM orange_ordering.claim("
    "%(key)s, %(account)s, %(type)s, %(reference)s, %(ticket)s, %(member)s, 'm', %(lease)s)",
    "sending": "SELECT orange_ordering.sending(%(ticket)s, %(account)s, %(type)s, %(reference)s, %(within)s, NULL)",
    "finish": "SELECT orange_ordering.finish("
    "%(ticket)s, %(account)s, %(type)s, %(reference)s, %(outcome)s, %(request_id)s)",
}


def _store(connection: psycopg.Connection[Any], database: Database) -> None:
    for number, until in enumerate(database.alive):
        # One that is silent may have a row, or none.
        if until is not None or number == 0:
            connection.execute(
                "INSERT INTO orange_ordering.members (id, name, alive_until)"
                " VALUES (%s, 'm', clock_timestamp() + make_interval(secs => %s))",
                [_member(number), -10.0 if until is None else until * TICK],
            )
    if database.claim is not None:
        connection.execute(
            "INSERT INTO orange_ordering.claims (key, account, type, reference, ticket, member)"
            " VALUES (%(key)s, %(account)s, %(type)s, %(reference)s, %(ticket)s, %(member)s)",
            KEY | {"ticket": _uuid(database.claim), "member": _member(database.claim[0])},
        )
    if database.order is not None:
        ticket, until = database.order
        connection.execute(
            "INSERT INTO orange_ordering.orders (account, type, reference, ticket, request_id, doubt_until)"
            " VALUES (%(account)s, %(type)s, %(reference)s, %(ticket)s, %(id)s,"
            " clock_timestamp() + make_interval(secs => %(until)s))",
            KEY | {"ticket": _uuid(ticket), "id": "3-1" if until is None else None}
            | {"until": None if until is None else until * TICK},
        )  # fmt: skip


def _stored(connection: psycopg.Connection[Any], members: int) -> Database:
    claim = connection.execute("SELECT ticket FROM orange_ordering.claims WHERE account = 'model'").fetchone()
    order = connection.execute(
        "SELECT ticket, extract(epoch FROM doubt_until - clock_timestamp())::float8"
        " FROM orange_ordering.orders WHERE account = 'model'"
    ).fetchone()
    alive = dict(
        connection.execute(
            "SELECT id, extract(epoch FROM alive_until - clock_timestamp())::float8 FROM orange_ordering.members"
        ).fetchall()
    )
    left = [round(alive.get(_member(number), 0) / TICK) for number in range(members)]
    return Database(
        None if claim is None else _ticket(claim[0]),
        None if order is None else (_ticket(order[0]), None if order[1] is None else round(order[1] / TICK)),
        tuple(seconds if seconds > 0 else None for seconds in left),
    )


def _member(number: int) -> UUID:
    return UUID(int=number + 1)


def _uuid(ticket: Ticket) -> UUID:
    return UUID(int=(ticket[0] + 1) << 64 | ticket[1])


def _ticket(value: UUID) -> Ticket:
    return (value.int >> 64) - 1, value.int & 0xFFFF


def unsent(doubt: float) -> str:
    """The outcome of a sending that was certainly not accepted: what was in doubt before it still is."""
    return "withdrawn" if doubt == -1 else "released"


class Members(RuleBasedStateMachine):
    """Three members place one order by the real functions; time passes by moving the times in the tables back."""

    connection: psycopg.Connection[Any]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[int, tuple[Ticket, float]] = {}
        self.noted: dict[int, float] = {}
        self.sends: set[Send] = set()
        self.late: list[tuple[Ticket, str]] = []
        self.tickets = 0
        self.now = 0.0

    def call(self, function: str, ticket: Ticket, outcome: str = "") -> object:
        return _executed(self.connection, (function, ticket, outcome))

    @rule(member=st.integers(0, 2))
    def claim(self, member: int) -> None:
        if member in self.held:
            return
        self.tickets += 1
        ticket = (member, self.tickets)
        granted, sent, doubt = self.call("claim", ticket)  # type: ignore[misc]  # of this function
        if granted and not (sent and doubt is None):
            self.held[member] = (ticket, self.now - doubt if sent else -1)
        elif granted:
            self.call("finish", ticket, "released")

    @rule(member=st.integers(0, 2), is_answered=st.booleans())
    def note(self, member: int, is_answered: bool) -> None:
        if member not in self.held or member in self.noted:
            return
        ticket, doubt = self.held[member]
        if self.now < doubt:
            return
        deadline = self.now + CALL
        if self.call("sending", ticket) and is_answered:
            self.noted[member] = deadline
        else:
            self.late.append((ticket, unsent(doubt)))
            del self.held[member]

    @rule(member=st.integers(0, 2), outcome=st.sampled_from(["placed", "released", "unsent"]), is_late=st.booleans())
    def send(self, member: int, outcome: str, is_late: bool) -> None:
        if member not in self.noted:
            return
        ticket, doubt = self.held.pop(member)
        if self.now < self.noted.pop(member) and outcome != "unsent":
            self.sends.add(Send(ticket, int(self.now), int(doubt)))
        else:
            outcome = unsent(doubt)
        if is_late:
            self.late.append((ticket, outcome))
        else:
            self.call("finish", ticket, outcome)

    @precondition(lambda self: self.late)
    @rule()
    def say_late(self) -> None:
        ticket, outcome = self.late.pop(0)
        self.call("finish", ticket, outcome)

    @rule(member=st.integers(0, 2))
    def crash(self, member: int) -> None:
        if member in self.noted:
            ticket, doubt = self.held[member]
            if self.now < self.noted.pop(member):
                # It may have sent just before.
                self.sends.add(Send(ticket, int(self.now), int(doubt)))
        self.held.pop(member, None)
        self.late = [said for said in self.late if said[0][0] != member]

    @rule(member=st.integers(0, 2))
    def beat(self, member: int) -> None:
        self.call("beat", (member, 0))

    @rule(ticks=st.integers(1, 3))
    def pass_time(self, ticks: int) -> None:
        self.now += ticks
        for statement in (
            "UPDATE orange_ordering.members SET alive_until = alive_until - make_interval(secs => %s)",
            "UPDATE orange_ordering.orders SET doubt_until = doubt_until - make_interval(secs => %s)",
        ):
            self.connection.execute(statement, [ticks * TICK])  # type: ignore[arg-type]  # literals

    @invariant()
    def nobody_sent_twice_without_doubt(self) -> None:
        assert unaware(frozenset(self.sends)) is None

    def teardown(self) -> None:
        self.connection.rollback()


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn) as made:
        yield made


def test_members_that_do_anything_at_random_never_send_twice_without_doubt(connection: psycopg.Connection[Any]) -> None:
    machine = type("MembersOfThisServer", (Members,), {"connection": connection})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=30, stateful_step_count=25, deadline=None, database=None)
    )
