"""A stage of the preparation that loses a part is found."""

from __future__ import annotations

from openapi.prepare.completeness import missing_from
from tests.openapi.descriptions import ref, small

THING = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_what_the_other_option_of_a_nullable_union_has_is_not_lost() -> None:
    earlier = small(Probe={"anyOf": [ref("Thing"), {"type": "null"}]}, Thing=THING)
    assert missing_from(small(Probe={"nullable": True, "allOf": [ref("Thing")]}, Thing=THING), earlier, ()) == []
    assert missing_from(small(Probe={"nullable": True}, Thing=THING), earlier, ()) == ["property Probe.a"]
