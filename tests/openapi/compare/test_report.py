"""The report for a person."""

from __future__ import annotations

from openapi.compare.change import Change
from openapi.compare.python_api import PythonChanges
from openapi.compare.report import Described, Report
from openapi.compare.versions import next_version


def report(*wire: Change, before: str = "3.1", after: str = "3.2") -> Report:
    return Report(
        origin="spec.json",
        before=Described("API", before, "0" * 64),
        after=Described("API", after, "1" * 64),
        wire=wire,
        python=PythonChanges((), ()),
        losses=(),
        repairs=("odd-type", "odd-type", "frame"),
        warnings=(),
        bump=next_version((0, 1, 0), breaking=False, added=True, changed=True),
        replaced=True,
        dry_run=False,
    )


def test_another_version_is_named_in_the_changelog() -> None:
    assert "- Generated from API 3.2 (before: API 3.1).\n" in report().changelog()
    assert "- Generated from a newer description of API 3.1.\n" in report(after="3.1").changelog()


def test_faults_are_counted() -> None:
    assert "    2 x odd-type\n" in report().text()


def test_a_person_is_told_what_is_left_to_do() -> None:
    assert "paste the entry above" in report().text()


def test_very_long_lists_are_cut_for_a_person_and_whole_for_a_machine() -> None:
    changes = [Change("added", "property", f"Thing.p{number}", f"property {number}", False) for number in range(300)]
    assert "  and 280 more (--json lists all)\n" in report(*changes).text()
    assert len(report(*changes).to_dict()["wire"]) == 300


def test_the_same_change_at_many_places_is_one_line_with_its_count() -> None:
    calls = [f"GET /{number}" for number in range(40)]
    changes = [Change("changed", "security", call, "takes a token now", True, (call,), "why") for call in calls]
    written = report(*changes).text()
    assert "On the wire: 40 breaking, 0 not\n" in written
    assert "  BREAKING  40 x takes a token now: GET /0, GET /1, GET /2 and 37 more -- why\n" in written
    assert len(written.partition("For CHANGELOG.md")[0].splitlines()) < 25
    assert len(report(*changes).to_dict()["wire"]) == 40


def test_the_same_change_at_few_places_is_written_out() -> None:
    changes = [Change("added", "operation", f"GET /{number}", "operation added", False) for number in range(3)]
    assert [line for line in report(*changes).text().splitlines() if line.endswith("operation added")] == [
        f"            GET /{number}: operation added" for number in range(3)
    ]


def test_a_person_reads_the_summary_first_and_on_one_screen() -> None:
    changes = [
        Change("added", "operation", "GET /orders", "operation added", False, ("GET /orders",)),
        Change("removed", "property", "Thing.colour", "property removed", True, ("GET /things", "GET /things/{id}")),
        *(Change("added", "property", f"Thing.p{number}", f"property {number}", False) for number in range(90)),
    ]
    head = report(*changes).text().partition("\nOn the wire")[0]
    assert "Summary: breaking changes: 1; others: 91\n" in head
    assert "operations            1 added, 0 removed, 0 changed; 2 affected by breaking changes\n" in head
    assert "schemas, attributes   90 added, 1 removed, 0 changed\n" in head
    assert "hand-written methods  all work as before\n" in head
    assert "BREAKING for users of the client: exit 1." in head
    assert len(head.splitlines()) < 24


def test_the_same_change_at_many_places_is_one_line_of_the_changelog() -> None:
    changes = [Change("changed", "security", f"GET /{n}", "takes a token now", True, (), "why") for n in range(40)]
    assert "- 40 x takes a token now: `GET /0`, `GET /1`, `GET /2` and 37 more.\n" in report(*changes).changelog()
