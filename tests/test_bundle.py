"""The folder for an evaluation committee: what is in it, what is said of each file, and with which exit code."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from reportgen import bundle as flow
from reportgen.bundle import REPORTS, SUMMARY, USED, Bundled
from reportgen.certify.facts import COMPARISON, USES, Asked, Trust
from reportgen.certify.folding import Key
from reportgen.certify.manifest import facts_of, read_manifest
from reportgen.certify.manifest_key import keys_of
from reportgen.certify.verify import verify
from reportgen.document.compared import Comparison
from reportgen.document.issuer import issuer_of
from reportgen.document.tables import Table
from reportgen.document.typeset import Typeset
from reportgen.document.use_list import sheet
from reportgen.document.used import UseList
from reportgen.errors import ReportgenError
from reportgen.errors.entry import ExitCode
from reportgen.intake.files import load_project
from reportgen.pipeline import Finished, Means
from reportgen.project.applicant import single
from reportgen.registry import lifecycle, verification
from reportgen.registry.checkpoint import checkpoint, newest
from reportgen.registry.signer import office_signer
from reportgen.registry.tables import EventRow
from reportgen.store import people
from reportgen.store.engine import Store
from reportgen.uses import Paper
from tests.bundling import (
    ISSUED,
    OPENED,
    SAMPLES,
    Desk,
    bidder,
    desk,
    holding,
    numbers,
    small_project,
    supersede,
    together,
    weaker,
    with_joint_ventures,
)

DAY = timedelta(days=1)


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Iterator[Desk]:
    with desk(store, tmp_path, with_joint_ventures(small_project())) as found:
        yield found


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Comparison]:
    """Return the comparisons that are made, instead of typesetting them; lists of uses are their data."""
    made: list[Comparison] = []

    def small(found: Comparison, means: Means, now: object) -> Finished:
        made.append(found)
        return Finished(Typeset(found.data(), 1))

    monkeypatch.setattr(flow, "certified_sheet", small)
    monkeypatch.setattr(flow, "printed", lambda found, means, now: Paper(found.number, found.data(), 1))
    return made


def file_of(place: Desk, number: str) -> Path:
    (name,) = [name for name in place.press.files.names() if number in name]
    return Path(place.press.files.where(name))


def exits(done: Bundled) -> dict[str, ExitCode]:
    return {report.entered.listed.number: report.exit_code for report in done.reports}


def says(found: Comparison, number: str) -> str:
    return next(report.finding.says for report in found.reports if report.number == number)


def test_the_folder_holds_the_comparison_every_file_and_what_checks_them(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    reports = [place.issue(single(bidder(n))) for n in (1, 2, 3)]
    out = tmp_path / "out"
    done = place.bundled(out)
    names = {SUMMARY, USED, REPORTS, done.offline.page, done.offline.manifest, done.offline.key}
    assert {path.name for path in out.iterdir()} == names
    for report in reports:
        assert (out / REPORTS / f"{report.number}.pdf").read_bytes() == file_of(
            place, report.number
        ).read_bytes()
    assert done.exit_code is ExitCode.DONE
    assert done.sha256 == hashlib.sha256((out / SUMMARY).read_bytes()).hexdigest()
    assert [report.number for report in told[0].reports] == numbers(reports)
    assert {says(told[0], report.number) for report in reports} == {"真实"}


def test_what_left_the_house_is_known_to_the_register_and_to_the_manifest(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    place.issue(single(bidder(1)))
    done = place.bundled(tmp_path / "out")
    asked = select(EventRow).where(EventRow.tag == "project:bundle:export")
    (event,) = place.press.store.read(lambda session: session.exec(asked).all())
    said = json.loads(event.data)
    assert (said["sha256"], said["number"], said["reports"]) == (done.sha256, done.number, 1)
    book = place.press.store.read(lambda s: verification.facts(s, done.sha256, "", OPENED))
    assert (book.number, book.state, book.usable, book.project) == (
        done.number,
        COMPARISON,
        True,
        place.project.id,
    )
    manifest = read_manifest(
        (tmp_path / "out" / done.offline.manifest).read_bytes(), keys_of(tmp_path / "out" / done.offline.key)
    )
    listed = facts_of(manifest, done.sha256)
    assert (listed.number, listed.sha256, listed.state) == (done.number, done.sha256, COMPARISON)
    uses = place.press.store.read(lambda s: verification.facts(s, done.uses.sha256, "", OPENED))
    for book in (uses, facts_of(manifest, done.uses.sha256)):
        assert (book.number, book.state, book.usable) == (done.uses.number, USES, True)
    other = place.press.store.read(lambda s: verification.facts(s, "b" * 64, "", OPENED))
    assert other.number == facts_of(manifest, "b" * 64).number == ""


def test_the_comparison_of_a_project_whose_number_is_no_plain_code_is_known_all_the_same(
    store: Store, tmp_path: Path, told: list[Comparison]
) -> None:
    odd = small_project().model_copy(update={"id": "学校食堂（二期）"})
    with desk(store, tmp_path, odd) as place:
        done = place.bundled(tmp_path / "out")
        book = store.read(lambda s: verification.facts(s, done.sha256, "", OPENED))
    assert (book.state, book.project) == (COMPARISON, "")
    asked = Asked(odd.id, 1)
    seen = verify(
        (tmp_path / "out" / SUMMARY).read_bytes(), trust=Trust(), register=book, asked=asked, at=OPENED
    )
    assert next(point for point in seen.points if point.key is Key.PLACE).ok is None


def test_a_file_that_does_not_check_is_put_in_and_marked_and_the_gravest_wins(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    good, lost, revoked, forged, swapped = (place.issue(single(bidder(n))).number for n in range(1, 6))
    assert exits(place.bundled(tmp_path / "a")) == dict.fromkeys(
        sorted((good, lost, revoked, forged, swapped)), ExitCode.DONE
    )
    file_of(place, lost).unlink()
    done = place.bundled(tmp_path / "b")
    assert (done.exit_code, exits(done)[lost]) == (ExitCode.BAD_INPUT, ExitCode.BAD_INPUT)
    assert not (tmp_path / "b" / REPORTS / f"{lost}.pdf").exists()
    place.press.store.write(lambda s: lifecycle.revoke(s, revoked, "FRAUD", place.press.desk(OPENED)))
    assert place.bundled(tmp_path / "c").exit_code is ExitCode.REFUSED_BY_STATE
    file_of(place, forged).write_bytes(b"%PDF-1.7 not what was issued")
    file_of(place, swapped).write_bytes(file_of(place, good).read_bytes())
    done = place.bundled(tmp_path / "d")
    assert done.exit_code is ExitCode.NOT_GENUINE
    assert exits(done) == dict(
        sorted(
            {
                good: ExitCode.DONE,
                lost: ExitCode.BAD_INPUT,
                revoked: ExitCode.REFUSED_BY_STATE,
                forged: ExitCode.NOT_GENUINE,
                swapped: ExitCode.NOT_GENUINE,
            }.items()
        )
    )
    assert (tmp_path / "d" / REPORTS / f"{forged}.pdf").read_bytes().endswith(b"not what was issued")
    found = told[-1]
    assert says(found, good) == "真实"
    assert says(found, lost) == "没有文件：应有的文件不在机构的文件夹里"
    assert says(found, revoked).startswith("真实，不得使用：已撤销")
    assert says(found, forged).startswith("不真实：")
    assert f"编号 {swapped} 的报告是另一份文件" in says(found, swapped)


def test_a_used_report_is_genuine_and_an_expired_one_is_not_to_be_used(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    used, idle = (place.issue(single(bidder(n))).number for n in (1, 2))
    use = lifecycle.Use(place.project.id, 1, "", place.project.owner.uscc)
    place.press.store.write(lambda s: lifecycle.consume(s, used, use, place.press.desk(OPENED)))
    assert place.bundled(tmp_path / "out").exit_code is ExitCode.DONE
    assert says(told[-1], used) == "真实，已用于本项目"
    late = place.bundled(tmp_path / "late", OPENED + 200 * DAY)
    assert exits(late)[idle] is ExitCode.REFUSED_BY_STATE
    assert exits(late)[used] is ExitCode.DONE


def test_nobody_writes_it_before_the_opening_or_without_the_role(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    place.issue(single(bidder(1)))
    with pytest.raises(ReportgenError) as early:
        place.bundled(tmp_path / "out", OPENED - timedelta(seconds=1))
    place.press.store.write(lambda s: people.add_user(s, "auditor", "样例"))
    other = replace(place, press=replace(place.press, actor="auditor"))
    with pytest.raises(ReportgenError) as barred:
        other.bundled(tmp_path / "out")
    assert (early.value.code, barred.value.code) == ("E1106", "E1107")
    assert not (tmp_path / "out").exists()
    assert told == []


def test_nobody_who_has_no_report_is_named(place: Desk, tmp_path: Path, told: list[Comparison]) -> None:
    asked = bidder(7)
    sources = tuple(s.model_copy(update={"complete_for": ()}) for s in asked.sources)
    held = holding(bidder(1), asked, "0.2").model_copy(update={"sources": bidder(1).sources})
    lacking = asked.model_copy(update={"statements": (), "sources": sources})
    assert place.issue(single(lacking)).path is None
    place.issue(single(held))
    place.bundled(tmp_path / "out")
    assert asked.name not in told[0].model_dump_json()
    assert asked.uscc not in told[0].model_dump_json()


def test_a_superseded_report_stands_beside_the_one_that_followed_as_of_one_applicant(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    old = place.issue(single(bidder(1)))
    new = supersede(old, single(bidder(1)), place, ISSUED + DAY)
    place.bundled(tmp_path / "out")
    (lot,) = told[0].lots
    before = next(report for report in lot.reports if report.number == old.number)
    assert ([change.word for change in before.changes], before.later) == (["被替代"], (new.number,))
    assert lot.relations == ()


def test_relations_are_those_of_the_facts_as_entered(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    one, held = bidder(1), holding(weaker(bidder(2)), bidder(1), "0.6")
    place.issue(single(one))
    place.issue(single(held))
    place.issue(together(bidder(3), one))
    place.bundled(tmp_path / "out")
    assert [str(item.tie) for item in told[0].lots[0].relations] == ["同一单位重复参加", "一方持有另一方股权"]


def test_each_lot_stands_apart_and_one_can_be_asked_for(
    store: Store, tmp_path: Path, told: list[Comparison]
) -> None:
    highway = load_project(SAMPLES / "projects" / "highway-works.yaml")
    with desk(store, tmp_path, highway) as place:
        same = bidder(1).registration.address
        first = place.issue(single(bidder(1)), lot="1")
        second = place.issue(single(bidder(2, address=same)), lot="2")
        at = highway.bid_deadline
        assert at is not None
        place.bundled(tmp_path / "both", at)
        place.bundled(tmp_path / "one", at, lot="2")
    both, one = told
    assert [(lot.id, [r.number for r in lot.reports]) for lot in both.lots] == [
        ("1", [first.number]),
        ("2", [second.number]),
    ]
    assert not any(lot.relations for lot in both.lots)
    assert [(lot.id, [r.number for r in lot.reports]) for lot in one.lots] == [("2", [second.number])]
    assert first.number not in one.model_dump_json()


def test_what_had_to_be_forgotten_is_said_to_be(place: Desk, tmp_path: Path, told: list[Comparison]) -> None:
    from reportgen.registry.tables import ReportRow
    from reportgen.store.tables import SnapshotRow

    number = place.issue(single(bidder(1))).number

    def forget(session: object) -> None:
        row = session.exec(select(ReportRow)).one()  # type: ignore[attr-defined]
        row.assessment = row.file = None
        facts = session.exec(select(SnapshotRow)).one()  # type: ignore[attr-defined]
        facts.content, facts.erased_at = None, ISSUED

    place.press.store.write(forget)
    done = place.bundled(tmp_path / "out")
    (lot,) = told[0].lots
    assert (lot.unread, lot.reports[0].judged, lot.requirements) == ((number,), None, ())
    assert says(told[0], number) == "没有文件：已依规删除，只留校验值"
    assert done.exit_code is ExitCode.BAD_INPUT


def test_a_list_of_uses_tells_each_report_with_its_use_and_where_its_chain_ends(
    place: Desk, tmp_path: Path, told: list[Comparison]
) -> None:
    used, idle, gone = (place.issue(single(bidder(n))).number for n in (1, 2, 3))
    owner = place.project.owner.uscc
    store, press = place.press.store, place.press
    store.write(
        lambda s: lifecycle.consume(
            s, used, lifecycle.Use(place.project.id, 1, "", owner), press.desk(OPENED)
        )
    )
    store.write(lambda s: lifecycle.revoke(s, gone, "FRAUD", press.desk(OPENED)))
    checkpoint(store, OPENED, office_signer(tmp_path))
    place.bundled(tmp_path / "out")
    found = UseList.model_validate_json((tmp_path / "out" / USED).read_bytes())
    lines = {line.number: line for line in found.reports}
    assert list(lines) == sorted((used, idle, gone))
    assert (lines[used].used_at, lines[used].used_by, lines[idle].used_at) == (OPENED, owner, None)
    assert [lines[number].usable for number in (idle, gone)] == [True, False]
    for number, line in lines.items():
        row = store.read(lambda s, number=number: lifecycle.by_number(s, number))  # type: ignore[misc]
        assert (line.sha256, line.head, line.events) == (row.sha256, row.head, row.events)
    signed = store.read(newest)
    assert signed is not None
    assert found.checkpoint is not None
    assert (found.checkpoint.id, found.checkpoint.digest) == (signed.id, signed.digest)
    shown = sheet(found, issuer_of(place.office))
    (block,) = shown.sections[0].parts[0].blocks
    assert isinstance(block, Table)
    said = {row[0].text: (row[4].text, row[4].tag) for row in block.rows}
    assert said == {used: ("已核销", ""), idle: ("未核销", ""), gone: ("未核销", "已撤销")}
