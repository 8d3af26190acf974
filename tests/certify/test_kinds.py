"""The check of documents that are bound to no project: what kind they are, and that they are no report."""

import json
from typing import Any

import pytest

from reportgen.certify.facts import GRADE, RECORD, Asked, Change, Source
from reportgen.certify.folding import Key, Verdict
from reportgen.document.reusable_twin import GRADE_FILE, RECORD_FILE
from tests.certify.reports import LATER, changed, checked, held, nothing, point, signed
from tests.document.reusables import MAKERS
from tests.once import Once

KINDS = {
    "record": (RECORD, "07-rare-characters", RECORD_FILE),
    "grade": (GRADE, "01-highway-builder", GRADE_FILE),
}
both = pytest.mark.parametrize("kind", KINDS)


def unsigned(kind: str, once: Once) -> bytes:
    name = KINDS[kind][1]
    done = once(f"{kind}-{name}", lambda: MAKERS[kind](name))
    data: bytes = done.pdf
    return data


def entered(data: bytes, kind: str, **changes: Any) -> Any:
    return held(data, **{"kind": KINDS[kind][0], "project": "", **changes})


@both
def test_what_the_register_holds_is_genuine_and_reusable(kind: str, once: Once) -> None:
    data = signed(unsigned(kind, once))
    found = checked(data, entered(data, kind))
    assert (found.verdict, point(found, Key.TWIN).ok, point(found, Key.PLACE).ok) == (
        Verdict.GENUINE,
        True,
        None,
    )
    assert found.sentence.endswith(f"真实：{KINDS[kind][0]}，在有效期内可重复使用")


@both
@pytest.mark.parametrize("known", [True, False])
def test_it_stands_for_no_report_of_a_project(kind: str, known: bool, once: Once) -> None:
    data = signed(unsigned(kind, once))
    found = checked(data, entered(data, kind) if known else None, asked=Asked("P-1"))
    assert found.verdict is Verdict.REFUSED
    assert KINDS[kind][0] in point(found, Key.PLACE).why


@both
def test_a_manifest_of_reports_cannot_know_it(kind: str, once: Once) -> None:
    data = signed(unsigned(kind, once))
    found = checked(data, nothing(source=Source.MANIFEST, project="P-1"))
    assert found.verdict is Verdict.UNCHECKED
    assert "只载项目 P-1 的信用报告" in point(found, Key.HASH).why


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind in KINDS for field in ("number", "name", "uscc", "valid_until")]
    + [("grade", "grade")],
)
def test_its_data_say_what_its_first_page_says(kind: str, field: str, once: Once) -> None:
    name = KINDS[kind][2]
    other = {"valid_until": "2031-01-01", "grade": "D"}.get(field, "另")

    def swap(document: Any) -> None:
        data = json.loads(document.attachments[name].get_file().read_bytes())
        document.Root.AF[0].EF.F.write(json.dumps(data | {field: other}).encode())

    data = changed(unsigned(kind, once), swap)
    found = checked(data, entered(data, kind))
    assert (found.verdict, point(found, Key.TWIN).ok) == (Verdict.NOT_GENUINE, False)


def test_what_takes_its_place_is_named(once: Once) -> None:
    data = signed(unsigned("grade", once))
    found = checked(data, entered(data, "grade", state="被替代", usable=False, later=("XY-2",)))
    assert found.verdict is Verdict.REFUSED
    assert "被替代，其后编号 XY-2" in point(found, Key.STATE).why


def test_a_change_after_issue_sends_for_a_newer_one(once: Once) -> None:
    data = signed(unsigned("record", once))
    change = Change("需更新", LATER)
    state = point(checked(data, entered(data, "record", changes=(change,))), Key.STATE)
    assert state.ok
    assert "以出具机构另行出具的为准" in state.why
