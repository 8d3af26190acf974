"""What must hold before a report is made; the rest of it is told where reports are issued (test_pipeline)."""

import pytest

from reportgen.admission import check_characters
from reportgen.errors import ReportgenError
from tests.factories import subject


@pytest.mark.parametrize("letter", ["\x07", "\x7f", "\u202e", "\ue000", "\U0010ffff", "\u200b"])
def test_a_character_that_cannot_be_typeset_is_found_wherever_it_stands(letter: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        check_characters(subject(name=f"样例{letter}公司"), "subject")
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("E0701", "subject.name")]


def test_what_can_be_typeset_passes_escapes_and_all() -> None:
    check_characters(subject(name='样例"\\u0007"公司'), "subject")
    check_characters({"purpose": "样例"}, "")
