"""交叉比对: a code proves, a name waits for somebody, and what was found stands beside the facts."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, screening
from reportgen.registry.changes import learn
from reportgen.registry.editions import enter_lists
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Desk
from reportgen.registry.screening import Hit, Screened
from reportgen.registry.tables import EventRow, State
from reportgen.store.engine import Store
from reportgen.store.erase import erase_subject
from reportgen.store.facts import subject_at, versions
from reportgen.store.tables import HitRow
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordKind
from tests.factories import PARTNER_USCC, SUBJECT_USCC, THIRD_USCC, fact_data, subject
from tests.listing import row, write_list
from tests.registry.lives import DESK, at, brought_to, request

NAME, HOLDER, PERSON = "样本甲建设有限公司", "样本控股有限公司", "钟离样"


def known(store: Store, days: float = -1, **changes: Any) -> None:
    store.write(lambda s: learn(s, subject(**changes), at(days=days)))


def listed(store: Store, folder: Path, *rows: dict[str, str], desk: Desk = DESK) -> None:
    path = write_list(folder / f"{desk.at:%d%H}.csv", *rows)
    enter_lists(store, path, "样本网站", desk.at.date(), desk)


def screened(store: Store, desk: Desk = DESK, *usccs: str) -> Screened:
    return store.write(lambda s: screening.screen(s, usccs or (SUBJECT_USCC,), desk))[0]


def only(found: Screened) -> Hit:
    (hit,) = found.hits
    return hit


def held(store: Store) -> Subject:
    return store.read(lambda s: subject_at(s, SUBJECT_USCC))


def confirmed(store: Store, hit: Hit, desk: Desk = DESK) -> None:
    store.write(lambda s: screening.confirm(s, hit.id, "与公告核对", desk))


def rejected(store: Store, hit: Hit, desk: Desk = DESK) -> None:
    store.write(lambda s: screening.reject(s, hit.id, "同名的另一单位", desk))


def holder(**changes: Any) -> dict[str, Any]:
    return fact_data("SH") | {
        "name": HOLDER,
        "uscc": PARTNER_USCC,
        "kind": "企业法人",
        "share": "0.6",
        **changes,
    }


def test_the_code_of_the_subject_proves_and_enters_a_record_of_the_list(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC, name="另一写法"))
    assert only(screened(store)).state == "PROVEN"
    (record,) = held(store).records
    assert (record.kind, record.number) == (RecordKind.SERIOUS_LIST, "样人社监列字〔2026〕第3号")
    assert record.in_force(DESK.at.date()) and held(store).proven(record)
    assert held(store).source_of(record).name == "名单：样本严重失信名单"


def test_to_compare_again_enters_nothing_new(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC))
    first, second = screened(store), screened(store, at(hours=1))
    assert [hit.id for hit in first.hits] == [hit.id for hit in second.hits]
    assert len(store.read(lambda s: versions(s, SUBJECT_USCC))) == 2


def test_a_name_alone_waits_and_enters_nothing(store: Store, tmp_path: Path) -> None:
    known(store, former_names=["样本旧名公司"])
    before = held(store)
    listed(store, tmp_path, row(name="樣本甲建設 有限公司"), row(name="样本旧名公司", basis="另一件"))
    assert [hit.state for hit in screened(store).hits] == ["OPEN", "OPEN"]
    assert held(store) == before


@pytest.mark.parametrize(
    "listing",
    [
        {"uscc": THIRD_USCC, "name": NAME},
        {"name": "样本甲建设有限责任公司"},
        {"uscc": THIRD_USCC, "name": PERSON},
    ],
    ids=["the same name and another code", "a likeness of the name", "a company called like a person"],
)
def test_what_is_somebody_else_is_no_hit(store: Store, tmp_path: Path, listing: dict[str, str]) -> None:
    known(store)
    listed(store, tmp_path, row(**listing))
    assert screened(store).hits == ()


def test_a_confirmed_name_enters_with_who_found_out_how_and_when(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row())
    confirmed(store, only(screened(store)))
    (record,) = held(store).records
    assert record.verification is not None
    assert (record.verification.by, record.verification.how) == ("office", "与公告核对")
    event = store.read(
        lambda s: s.exec(select(EventRow).where(EventRow.tag == Tag.SUBJECT_HIT_CONFIRM)).one()
    )
    assert NAME not in event.data and "核对" not in event.data


def test_a_rejected_name_is_not_asked_again_until_its_entry_changes(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row())
    rejected(store, only(screened(store)))
    listed(store, tmp_path, row(), row(name="别的公司"), desk=at(hours=2))
    assert only(screened(store, at(hours=3))).state == "REJECTED"
    listed(store, tmp_path, row(until="2030-03-01"), desk=at(hours=4))
    assert only(screened(store, at(hours=5))).state == "OPEN"
    assert held(store).records == ()


def test_a_wrong_decision_is_taken_back(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row())
    hit = only(screened(store))
    confirmed(store, hit)
    rejected(store, hit, at(hours=1))
    assert held(store).records == () and all(s.id == "S1" for s in held(store).sources)


def test_what_leaves_the_list_leaves_the_facts_and_can_be_decided_no_more(
    store: Store, tmp_path: Path
) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC), row(basis="另一件"))
    waiting = next(hit for hit in screened(store).hits if hit.state == "OPEN")
    listed(store, tmp_path, row(name="别的公司"), desk=at(hours=2))
    assert screened(store, at(hours=3)).hits == ()
    with pytest.raises(ReportgenError, match="E0384"):
        confirmed(store, waiting)


@pytest.mark.parametrize("work", [screening.confirm, screening.reject])
def test_what_the_code_proves_is_not_for_deciding(store: Store, tmp_path: Path, work: Any) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC))
    hit = only(screened(store))
    with pytest.raises(ReportgenError, match="E0384"):
        store.write(lambda s: work(s, hit.id, "x", DESK))


@pytest.mark.parametrize("reason", ["", "字" * 201])
def test_a_decision_says_how(store: Store, tmp_path: Path, reason: str) -> None:
    known(store)
    listed(store, tmp_path, row())
    hit = only(screened(store))
    with pytest.raises(ReportgenError, match="E0301"):
        store.write(lambda s: screening.confirm(s, hit.id, reason, DESK))


def test_a_related_party_is_shown_and_is_no_record_of_the_subject(store: Store, tmp_path: Path) -> None:
    known(store, shareholders=[holder()])
    listed(store, tmp_path, row(uscc=PARTNER_USCC, name=HOLDER))
    assert only(screened(store)).relation == "股东"
    (related,) = held(store).related
    assert (related.name, related.relation, related.source) == (HOLDER, "股东", "S1")
    assert [listing.list for listing in related.listings] == ["样本严重失信名单"]
    assert held(store).records == ()


def test_a_related_party_with_a_line_of_its_own_bears_the_listing_there(store: Store, tmp_path: Path) -> None:
    related = fact_data("REL") | {"name": HOLDER, "uscc": PARTNER_USCC, "relation": "控股股东"}
    known(store, shareholders=[holder()], related=[related])
    listed(store, tmp_path, row(uscc=PARTNER_USCC, name=HOLDER))
    screened(store)
    assert [(item.id, len(item.listings)) for item in held(store).related] == [("REL", 1)]


def test_of_persons_only_a_post_is_compared(store: Store, tmp_path: Path) -> None:
    small = holder(name="小股东样", uscc=None, kind="自然人", id="SH1", share="0.1")
    chief = holder(name="控制人样", uscc=None, kind="自然人", id="SH2", share="0.3", controls="true")
    officer = fact_data("OF") | {"name": PERSON, "post": "董事长"}
    known(store, shareholders=[small, chief], officers=[officer])
    listed(store, tmp_path, *(row(name=name) for name in ("小股东样", "控制人样", PERSON)))
    found = {hit.party: hit for hit in screened(store).hits}
    assert {name: hit.relation for name, hit in found.items()} == {
        "控制人样": "实际控制人",
        PERSON: "法定代表人、董事长",
    }
    confirmed(store, found[PERSON])
    (related,) = held(store).related
    assert (related.name, related.relation) == (PERSON, "法定代表人、董事长")


def test_an_import_of_the_subject_loses_nothing_that_was_found(store: Store, tmp_path: Path) -> None:
    known(store, shareholders=[holder()])
    listed(store, tmp_path, row(uscc=SUBJECT_USCC), row(uscc=PARTNER_USCC, name=HOLDER))
    screened(store)
    known(store, 1, shareholders=[holder(share="0.7")])
    assert len(held(store).records) == 1 and len(held(store).related[0].listings) == 1
    assert held(store).shareholders[0].share == Decimal("0.7")


def test_a_code_learned_later_proves_what_was_only_a_name(store: Store, tmp_path: Path) -> None:
    known(store, shareholders=[holder(uscc=None)])
    listed(store, tmp_path, row(uscc=PARTNER_USCC, name=HOLDER))
    assert only(screened(store)).state == "OPEN"
    known(store, 1, shareholders=[holder()])
    assert only(screened(store, at(days=1, hours=1))).state == "PROVEN"


def test_reports_about_a_subject_that_turns_out_listed_are_marked(store: Store, tmp_path: Path) -> None:
    known(store)
    report = brought_to(store, State.ISSUED)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC))
    assert screened(store).marked == (report.number,)


def test_all_who_asked_for_a_project_are_known_by_code(store: Store) -> None:
    members = json.dumps([{"uscc": SUBJECT_USCC}])
    store.write(lambda s: lifecycle.ask(s, request(applicant=members), DESK))
    assert store.read(lambda s: screening.bidders(s, "JZ-2026-001")) == ([], [SUBJECT_USCC])
    known(store)
    assert store.read(lambda s: screening.bidders(s, "JZ-2026-001")) == ([SUBJECT_USCC], [])
    store.write(lambda s: erase_subject(s, SUBJECT_USCC, DESK.at))
    assert store.read(lambda s: screening.bidders(s, "JZ-2026-001")) == ([], [SUBJECT_USCC])
    assert store.read(lambda s: screening.bidders(s, "别的项目")) == ([], [])


def test_a_subject_that_the_office_does_not_know_is_refused(store: Store) -> None:
    known(store)
    with pytest.raises(ReportgenError, match=THIRD_USCC):
        screened(store, DESK, SUBJECT_USCC, THIRD_USCC)


def test_a_hit_belongs_to_one_subject(store: Store, tmp_path: Path) -> None:
    known(store)
    known(store, uscc=PARTNER_USCC, name=NAME)
    listed(store, tmp_path, row())
    found = store.write(lambda s: screening.screen(s, (SUBJECT_USCC, PARTNER_USCC), DESK))
    confirmed(store, only(found[0]))
    states = store.read(lambda s: {(row.uscc, row.state) for row in s.exec(select(HitRow)).all()})
    assert states == {(SUBJECT_USCC, "CONFIRMED"), (PARTNER_USCC, "OPEN")}


def test_a_subject_that_is_forgotten_leaves_no_name_in_its_hits(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(), row(name=PERSON))
    confirmed(store, screened(store).hits[0])
    store.write(lambda s: erase_subject(s, SUBJECT_USCC, DESK.at))
    left = store.read(lambda s: list(s.exec(select(HitRow)).all()))
    assert [(hit.party, hit.relation, hit.reason) for hit in left] == [("", "", "")] * 2
    assert all(hit.party_key == str(hit.id) for hit in left)
