"""The language of changed facts: what each verb does, and that nothing is passed over in silence."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project, load_subject
from reportgen.intake.patch import Patch, load_patch, what_if
from reportgen.project.applicant import Applicant, joint, single
from reportgen.project.model import Project
from reportgen.settings import asset_dir
from reportgen.subject.model import Subject
from tests.assess.build import base
from tests.factories import Data

SAMPLES = asset_dir("sample_subjects")
BUILDER = load_subject(SAMPLES / "subjects" / "02-small-housing-builder.yaml")
SMALL = load_project(SAMPLES / "projects" / "housing-small.yaml")
HIGHWAY = load_project(SAMPLES / "projects" / "highway-works.yaml")


def changed(**verbs: Any) -> Data:
    return Patch(verbs).apply(base())


def faults(text: str, tmp_path: Path, applicant: Applicant | None = None) -> tuple[str, list[str]]:
    """Return the code and the faults that a patch file gives."""
    path = tmp_path / "patch.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ReportgenError) as caught:
        what_if(applicant or single(BUILDER), SMALL, load_patch(path))
    assert caught.value.path == str(path)
    return caught.value.code, [str(fault) for fault in caught.value.faults]


def test_a_field_is_set_and_unset() -> None:
    data = changed(set={"subject.people.manager.grade": "二级"}, unset=["subject.people.manager.specialty"])
    assert data["subject"]["people"][0]["grade"] == "二级"
    assert "specialty" not in data["subject"]["people"][0]
    assert base()["subject"]["people"][0]["grade"] == "一级"


def test_facts_are_added_like_others_and_dropped() -> None:
    data = changed(
        drop=["subject.equipment.cranes"],
        add={"subject.equipment": [{"id": "new", "name": "塔式起重机"}]},
        times={"subject.people": {"of": "2", "like": "manager", "id": "m{n}"}},
    )
    assert [item["id"] for item in data["subject"]["equipment"]] == ["new"]
    assert [(p["id"], p["name"]) for p in data["subject"]["people"][1:]] == [("m1", "闻道"), ("m2", "闻道")]


def test_what_is_added_may_be_set_in_the_same_patch() -> None:
    data = changed(
        add={"subject.people": [{"like": "manager", "id": "second"}]},
        set={"subject.people.second.grade": "二级"},
    )
    assert [person["grade"] for person in data["subject"]["people"]] == ["一级", "二级"]


def test_a_list_is_opened_and_its_source_closes_the_others_still() -> None:
    closed = changed(open=["subject.people"])["subject"]["sources"][0]["complete_for"]
    assert "people" not in closed
    assert "records" in closed


def test_a_patch_without_changes_changes_nothing() -> None:
    applicant, project = what_if(single(BUILDER), SMALL, Patch({}))
    assert applicant == single(BUILDER)
    assert project == SMALL


def test_members_and_lots_have_names_of_their_own() -> None:
    partner = load_subject(SAMPLES / "subjects" / "11-bridge-builder.yaml")
    third = load_subject(SAMPLES / "subjects" / "01-highway-builder.yaml")
    members = joint(BUILDER, [(partner, Decimal("0.2")), (third, Decimal("0.2"))])
    lot = HIGHWAY.lots[0]
    patch = {"partner.name": "甲", "partner2.name": "乙", f"project.lots.{lot.id}.name": "丙"}
    applicant, project = what_if(members, HIGHWAY, Patch({"set": patch}))
    assert [subject.name for subject in applicant.subjects] == [BUILDER.name, "甲", "乙"]
    assert project.lots[0].name == "丙"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("sett: {subject.name: 甲}", "sett", "不认识的键"),
        ("sett:\nset: {subject.name: 甲}", "sett", "不认识的键"),
        ("set: [subject.name]", "set", "应为以路径为键的键值表"),
        ("drop: {subject.people.PER-01: x}", "drop", "应为路径的列表"),
        ("drop: [{a: b}]", "drop[0]", "应为路径"),
        ("drop: [subject.people.PER-01, —]", "drop[1]", "应为路径"),
        ("set: {subject.name: }", "set.subject.name", "缺少内容"),
        ("unset:\nset: {subject.name: 甲}", "unset", "缺少内容"),
        ("set: {subject: 甲}", "set.subject", "路径至少两级"),
        ("set: {object.name: 甲}", "set.object.name", "没有 object 一级，此处有 subject、project"),
        ("set: {partner.name: 甲}", "set.partner.name", "没有 partner 一级"),
        ("set: {subject.peoples.PER-01.grade: 甲}", "set.subject.peoples.PER-01.grade", "没有 peoples 一级"),
        (
            "set: {subject.people.PER-99.grade: 甲}",
            "set.subject.people.PER-99.grade",
            "没有 id 为 PER-99 的一项",
        ),
        ("set: {subject.people.PER-01: 甲}", "set.subject.people.PER-01", "只能改一项事实的字段"),
        ("set: {subject.name.first: 甲}", "set.subject.name.first", "只能改一项事实的字段"),
        ("set: {subject.name.first.last: 甲}", "set.subject.name.first.last", "没有 first 一级"),
        ("unset: [subject.nothing]", "unset[0]", "没有 nothing 一级"),
        ("drop: [subject.name]", "drop[0]", "只能去掉清单中的一项"),
        ("drop: [subject.people.PER-99]", "drop[0]", "没有 id 为 PER-99 的一项"),
        ("add: {subject.people: {id: x}}", "add.subject.people", "应为：清单的路径"),
        ("add: {subject.name: [{id: x}]}", "add.subject.name", "应为：清单的路径"),
        ("add: {subject.people: [{name: 甲}]}", "add.subject.people", "写明 id"),
        ("add: {subject.people: [{id: PER-01}]}", "add.subject.people", "id PER-01 已经存在"),
        ("add: {subject.people: [{id: REC-001}]}", "add.subject.people", "id REC-001 已经存在"),
        ("add: {subject.people: [{id: x, like: PER-99}]}", "add.subject.people", "没有 id 为 PER-99 的一项"),
        ("times: {subject.people: {of: 0, id: 'x{n}'}}", "times.subject.people", "以 of 写明件数"),
        ("times: {subject.people: {of: 99999, id: 'x{n}'}}", "times.subject.people", "以 of 写明件数"),
        ("times: {subject.people: {of: 2, id: x}}", "times.subject.people", "id 应含 {n}"),
        ("open: [people]", "open[0]", "应为成员与清单"),
        ("open: [project.requirements]", "open[0]", "应为成员与清单"),
        ("open: [subject.related]", "open[0]", "没有来源声明 related 是完整的清单"),
    ],
)
def test_what_leads_nowhere_is_told_with_place_and_line(
    text: str, place: str, what: str, tmp_path: Path
) -> None:
    code, found = faults(text, tmp_path)
    assert code == "E0313"
    assert len(found) == 1
    assert found[0].startswith(f"{place}：")
    assert what in found[0]
    assert "（第 1 行）" in found[0] or "（第 2 行）" in found[0]


def test_an_empty_patch_and_a_repeated_key_are_refused(tmp_path: Path) -> None:
    assert faults("", tmp_path)[0] == "E0313"
    assert "键重复" in faults("set: {subject.name: 甲, subject.name: 乙}", tmp_path)[1][0]


def test_every_fault_of_a_patch_is_told_at_once(tmp_path: Path) -> None:
    text = "dropp: []\ndrop:\n  - subject.people.PER-99\nset:\n  subject.nothing.x: 1\n"
    code, found = faults(text, tmp_path)
    assert code == "E0313"
    assert [fault[-7:] for fault in found] == ["（第 1 行）", "（第 3 行）", "（第 5 行）"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "set: {subject.people.PER-01.grad: 一级}",
            "subject.people.PER-01.grad：不认识的键：一级（第 1 行）",
        ),
        ("set: {subject.as_of: 昨天}", "subject.as_of：不是有效日期，应如 2026-11-21：昨天（第 1 行）"),
        (
            "set: {subject.registration.capital: -1}",
            "subject.registration.capital：应不小于 0：-1（第 1 行）",
        ),
        ("unset: [subject.as_of]", "subject.as_of：缺少此项（第 1 行）"),
        ("add: {subject.records: [{like: REC-001, id: x, state: 异议中}]}", "disputed_on（第 1 行）"),
        ("add: {subject.lists: [{id: x}]}", "subject.lists：不认识的键"),
        ("set: {project.value: 一百}", "project.value：应为数字：一百（第 1 行）"),
        ("drop: [subject.sources.S1]", "来源"),
    ],
)
def test_a_value_that_no_subject_may_have_is_told_by_the_id_of_its_fact(
    text: str, fault: str, tmp_path: Path
) -> None:
    first = BUILDER.sources[0].id
    code, found = faults(text.replace("S1]", f"{first}]"), tmp_path)
    assert code == "E0314"
    assert any(fault in line for line in found), found


def test_two_members_may_not_become_one(tmp_path: Path) -> None:
    partner = load_subject(SAMPLES / "subjects" / "11-bridge-builder.yaml")
    members = joint(BUILDER, [(partner, Decimal("0.4"))])
    code, found = faults(f"set: {{partner.uscc: {BUILDER.uscc}}}", tmp_path, members)
    assert (code, found) == ("E0314", ["（全文）：联合体成员重复"])


plain = st.recursive(
    st.text(max_size=8) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "like", "of", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
paths = st.lists(
    st.sampled_from(["subject", "project", "people", "manager", "sources", "gov", "complete_for", "", "x"]),
    max_size=5,
).map(".".join)
verbs = st.sampled_from(["set", "unset", "add", "drop", "open", "times"])


@given(st.dictionaries(verbs, plain | st.lists(paths) | st.dictionaries(paths, plain, max_size=3)))
def test_whatever_is_written_is_applied_or_refused_with_an_error_of_the_table(given_changes: Data) -> None:
    patch = Patch(given_changes)
    try:
        data = patch.apply(base())
        patch.read(Project, data, "project")
        patch.read(Subject, data, "subject")
    except ReportgenError as error:
        assert error.code in {"E0313", "E0314"}
