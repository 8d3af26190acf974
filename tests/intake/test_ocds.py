"""OCDS releases and records become projects where they say enough, and what lacks is told all at once."""

import json
import tempfile
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.intake.ocds.projects import Read, added_by, load_ocds
from reportgen.intake.ocds.releases import is_ocds
from reportgen.project.model import ApplicantRole, Project
from reportgen.project.requirements import StandingRequirement
from reportgen.subject.matter import Matter
from tests.factories import AGENT_USCC, OWNER_USCC, Data, project_data, write_json, write_yaml
from tests.intake.open_contracting import AGENT, OCID, OWNER, package, party, release_data, tender_data

ADDED = {"category": "房屋建筑工程"}


def load(folder: Path, data: Data, added: Data | None = None) -> Read:
    (only,) = load_ocds(write_json(folder / "ocds.json", data), ADDED if added is None else added)
    return only


def read(folder: Path, **tender: Any) -> Read:
    return load(folder, package(release_data(tender=tender_data(**tender))))


def project(folder: Path, **tender: Any) -> Project:
    return read(folder, **tender).project


def lacking(folder: Path, data: Data, added: Data | None = None) -> dict[str, str]:
    with pytest.raises(ReportgenError) as refused:
        load(folder, data, added)
    assert refused.value.code == "E0391"
    return {fault.path: fault.what for fault in refused.value.faults}


def test_a_tender_becomes_a_project(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert found.id == f"{OCID}:0233"
    assert (found.owner.name, found.owner.uscc, found.region) == (OWNER["name"], OWNER_USCC, "990102")
    assert (found.value, found.period_years) == (Decimal("18600000.1"), Decimal("1.5"))
    assert found.bid_deadline == datetime(2026, 12, 10, 10)
    assert (found.matter, found.role) == (Matter.WORKS_TENDER, ApplicantRole.BIDDER)


def test_lots_keep_their_own_value_and_period(tmp_path: Path) -> None:
    first, second = project(tmp_path).lots
    assert (first.id, first.name, first.value) == ("A", "食堂", Decimal(11000000))
    assert (second.value, second.period_years) == (None, Decimal(1))


RELEASE = release_data()
LINK = {"url": "https://example.invalid/1", "date": "2026-11-20T09:00:00Z", "tag": ["tender"]}
SHAPES: dict[str, Data] = {
    "release": RELEASE,
    "1.2": {**RELEASE, "version": "1.2"},
    "release-package": package(RELEASE),
    "record": {"ocid": OCID, "releases": [RELEASE]},
    "record-package": {"version": "1.1", "records": [{"ocid": OCID, "releases": [RELEASE]}]},
    "compiled": {"records": [{"ocid": OCID, "compiledRelease": RELEASE, "releases": [LINK]}]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_releases_records_and_packages_tell_the_same(tmp_path: Path, shape: str) -> None:
    assert is_ocds(write_json(tmp_path / "a.json", SHAPES[shape]))
    assert load(tmp_path, SHAPES[shape]).project == project(tmp_path)


def test_later_releases_change_and_remove_what_earlier_ones_said(tmp_path: Path) -> None:
    lots = [{"id": "B", "title": "操场"}, {"id": "C", "title": "围墙"}]
    later = {"tender": {"id": "0233", "title": "更正后的名称", "lots": lots, "contractPeriod": None}}
    amended = {"ocid": OCID, "id": "2", "date": "2026-11-22T09:00:00+08:00", **later}
    found = load(tmp_path, package(amended, release_data())).project
    assert (found.name, found.period_years) == ("更正后的名称", None)
    assert [(lot.id, lot.name) for lot in found.lots] == [("A", "食堂"), ("B", "操场"), ("C", "围墙")]


def test_several_releases_need_their_dates(tmp_path: Path) -> None:
    undated = {name: value for name, value in release_data().items() if name != "date"}
    with pytest.raises(ReportgenError, match="须各有有效的 date"):
        load(tmp_path, package(release_data(), undated))


def test_all_processes_of_a_package_are_read(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", package(release_data(), release_data(ocid=f"{OCID}-2")))
    assert len({found.project.id for found in load_ocds(path, ADDED)}) == 2


def test_the_words_of_the_file_are_kept(tmp_path: Path) -> None:
    note = project(tmp_path).note
    assert (
        "资格要求（selectionCriteria）：[economic] 近三年年均营业收入不低于 2800 万元。 最低 28000000" in note
    )
    assert "排除情形（exclusionGrounds）：与招标人存在利害关系" in note
    assert "采购方式：公开招标" in note
    assert "联系人样" not in note


def test_only_the_lists_of_the_law_become_requirements(tmp_path: Path) -> None:
    found = read(tmp_path)
    (asked,) = found.project.requirements
    assert isinstance(asked, StandingRequirement)
    assert (asked.defaulter, asked.serious_lists, asked.text) == (True, False, "被列入失信被执行人名单")
    assert [remark.text for remark in found.remarks] == [
        "资格要求是自由文字，读出要求项 1 项，其余在备注中，请对照招标文件补充"
    ]


@pytest.mark.parametrize(
    "text", ("未被列入失信被执行人名单的除外", "曾被列入失信被执行人名单", "法定代表人被列入失信被执行人名单")
)
def test_words_that_say_something_else_become_none(tmp_path: Path, text: str) -> None:
    grounds = {"criteria": [{"description": text}]}
    assert project(tmp_path, exclusionGrounds=grounds).requirements == ()


@pytest.mark.parametrize("text", ("被列入政府采购严重违法失信行为记录名单", "重大税收违法失信主体名单。"))
def test_serious_lists_are_known_by_their_names(tmp_path: Path, text: str) -> None:
    (asked,) = project(tmp_path, exclusionGrounds=text).requirements
    assert isinstance(asked, StandingRequirement)
    assert (asked.defaulter, asked.serious_lists) == (False, True)


def test_goods_of_a_public_body_are_government_procurement(tmp_path: Path) -> None:
    found = project(tmp_path, mainProcurementCategory="goods", procurementMethod="limited")
    assert (found.matter, found.role) == (Matter.GOVERNMENT_PROCUREMENT, ApplicantRole.SUPPLIER)


def test_everything_that_lacks_is_told_at_once(tmp_path: Path) -> None:
    tender = tender_data(
        value={"amount": 100, "currency": "USD"},
        tenderPeriod={"endDate": "2026-12-10"},
        procurementMethod="direct",
        procuringEntity={"name": "某单位"},
    )
    faults = lacking(tmp_path, package(release_data(tender=tender, buyer=None, parties=[])), {})
    assert set(faults) == {"matter", "region", "category", "owner", "role", "value"}
    assert "币种为 USD" in faults["value"]
    assert "CN-USCI" in faults["owner"]


def test_a_deadline_without_its_hour_is_asked_for(tmp_path: Path) -> None:
    tender = tender_data(tenderPeriod={"endDate": "2026-12-10"})
    faults = lacking(tmp_path, package(release_data(tender=tender)))
    assert "没有写明几时几分" in faults[""]


def test_a_buyer_beside_another_procuring_entity_is_asked_for(tmp_path: Path) -> None:
    data = package(release_data(tender=tender_data(procuringEntity={"id": AGENT["id"]})))
    assert "谁是招标人" in lacking(tmp_path, data)["owner"]
    parties = {"owner": {"name": "甲", "uscc": OWNER_USCC}, "agent": {"name": "乙", "uscc": AGENT_USCC}}
    found = load(tmp_path, data, {**ADDED, **parties, "region": "990102"}).project
    assert found.agent is not None


def test_what_the_caller_adds_comes_first(tmp_path: Path) -> None:
    added = {**ADDED, "matter": "政府采购", "note": "由人补充", "value": "100"}
    found = load(tmp_path, package(release_data()), added).project
    assert (found.role, found.value) == (ApplicantRole.SUPPLIER, Decimal(100))
    assert found.note.startswith("由人补充\n取自 OCDS")
    assert added_by(write_yaml(tmp_path / "b.yaml", ADDED)) == ADDED
    assert added_by(None) == {}


def test_an_owner_of_another_scheme_is_not_taken(tmp_path: Path) -> None:
    foreign = party("甲", OWNER_USCC, id=OWNER["id"], identifier={"scheme": "XX", "id": OWNER_USCC})
    assert "CN-USCI" in lacking(tmp_path, package(release_data(parties=[foreign])))["owner"]


def test_a_project_file_is_no_ocds(tmp_path: Path) -> None:
    assert not is_ocds(write_json(tmp_path / "a.json", project_data()))
    assert not is_ocds(write_yaml(tmp_path / "a.yaml", release_data()))


def test_records_of_links_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match="只有链接"):
        load(tmp_path, {"records": [{"ocid": OCID, "releases": [{"url": "x"}]}]})


_ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=6),
    st.lists(st.none()),
    st.builds(dict, a=st.none()),
)


@given(st.data())
def test_a_mutated_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = deepcopy(package(release_data(), release_data(date="2026-11-21T09:00:00Z")))
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(whole, data)
    text = json.dumps(whole, ensure_ascii=False)
    cut = data.draw(st.integers(0, len(text)) | st.just(len(text)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        path.write_text(text[:cut], "utf-8", errors="surrogatepass")
        try:
            assert all(found.project.id for found in load_ocds(path, ADDED))
        except ReportgenError as error:
            assert error.text()


def mutate(whole: Data, data: st.DataObject) -> None:
    """Put anything in the place of a part of the file."""
    place: Any = whole
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.integers(0, 3)) == 0:
            place[key] = data.draw(_ANYTHING)
            return
        place = place[key]
