"""What the office may keep no longer goes everywhere it stands, and what it issued stays verifiable."""

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.project.model import CHINA
from reportgen.registry import lifecycle, objections, queries, retention
from reportgen.registry.audit import verify
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import Outcome
from reportgen.registry.numbers import verification_code
from reportgen.registry.objections import Ending
from reportgen.registry.retention import Erased, Keeper, kept_since, spans_on
from reportgen.registry.signer import trusted_keys
from reportgen.registry.tables import EventRow, PartyRow, ReportRow, State
from reportgen.store import erase
from reportgen.store.engine import Store
from reportgen.store.files import Folder
from reportgen.store.tables import SnapshotRow
from tests.factories import Data, record_data, source_data, subject
from tests.registry.lives import DESK, NOW, SECRET, SUBJECT, USE, at, drafted, issued, numbered
from tests.registry.tampering import forced

FACT = "REC-001"
YEARS = 10
CLOSED = [source_data(complete_for=["records"])]


def penalty(**changes: Any) -> Data:
    return record_data(**{"id": FACT, "title": "机密决定", **changes})


def known(store: Store, *records: Data, days: float = -1, **changes: Any) -> str:
    """Learn the subject's facts on a day; return their hash."""
    facts = subject(records=list(records), **changes)
    return store.write(lambda session: learn(session, facts, at(days=days))[0]).sha256


def report(store: Store, files: Path, name: str = "1", *, rests_on: str = FACT, **changes: Any) -> ReportRow:
    """Issue a report that rests on a record, with its file."""
    content = f"%PDF 机密决定 {name}".encode()
    digest = store.read(
        lambda s: s.exec(select(SnapshotRow.sha256).order_by(col(SnapshotRow.id).desc())).first()
    )

    def work(session: Session) -> ReportRow:
        row = issued(session, name, assessment='{"content":"机密决定"}', **changes)
        row.sha256 = hashlib.sha256(content).hexdigest()
        for party in session.exec(select(PartyRow).where(PartyRow.report_id == row.id)).all():
            party.snapshot_sha256 = digest or ""
        session.execute(
            text("UPDATE rests_on SET fact = :f WHERE report_id = :i"), {"f": rests_on, "i": row.id}
        )
        return row

    row = store.write(work)
    path = files / str(row.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return row


def now(store: Store, row: ReportRow) -> ReportRow:
    asked = select(ReportRow).where(ReportRow.id == row.id)
    return store.read(lambda session: session.exec(asked).one())


def kept(store: Store, files: Path, row: ReportRow) -> bool:
    """Say whether file and judgement of a report are there; half of them never is."""
    found = now(store, row)
    there = {found.file is not None, found.assessment is not None, (files / str(row.file)).exists()}
    assert len(there) == 1
    return there.pop()


def keeper(store: Store, files: Path, *, days: float = 1, dry_run: bool = False) -> Keeper:
    desk = at(days=days)
    return Keeper(store, Folder(files), kept_since(desk.at.date(), YEARS), desk, dry_run)


def run(store: Store, files: Path, *, days: float = 1) -> Erased:
    """Run twice: the first run does what a dry run said, the second has nothing to do."""
    said = keeper(store, files, days=days, dry_run=True).erase()
    done = keeper(store, files, days=days).erase()
    assert done == said
    again = keeper(store, files, days=days).erase()
    assert (again.records, again.reports, again.drafts, again.files) == (0, (), 0, ())
    assert verify(store, DESK.key).sound
    return done


def events(store: Store, stream: str) -> list[EventRow]:
    asked = select(EventRow).where(EventRow.stream == stream).order_by(col(EventRow.seq))
    return store.read(lambda session: list(session.exec(asked).all()))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return the folder of the stored files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("newer", "stays"),
    [
        ([penalty(state="已修复", repaired_on="2026-11-22")], False),
        ([penalty(state="已撤销", revoked_on="2026-11-22")], False),
        ([], False),
        ([penalty(amount="1")], True),
        ([penalty(state="异议中", disputed_on="2026-11-22")], True),
    ],
    ids=["repaired", "revoked", "off the list", "corrected", "disputed"],
)
def test_a_report_goes_with_the_adverse_record_that_it_shows(
    store: Store, files: Path, newer: list[Data], stays: bool
) -> None:
    known(store, penalty())
    row = report(store, files)
    known(store, *newer, days=0.5, sources=CLOSED)
    done = run(store, files)
    assert kept(store, files, row) is stays
    assert (done.reports, done.files) == (((), ()) if stays else ((row.number,), (row.file,)))


@pytest.mark.parametrize(("rests_on", "stays"), [(FACT, False), ("REC-002", True)])
def test_a_report_stays_where_it_does_not_rest_on_the_record(
    store: Store, files: Path, rests_on: str, stays: bool
) -> None:
    known(store, penalty(), record_data(id="REC-002", number="2"))
    row = report(store, files, rests_on=rests_on)
    known(store, record_data(id="REC-002", number="2"), days=0.5, sources=CLOSED)
    assert run(store, files).records == 1
    assert kept(store, files, row) is stays


def test_a_report_stays_whose_record_is_only_no_longer_published(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    known(store, penalty(amount="1"), days=0.5)
    done = run(store, files, days=300)
    assert (done.records, done.reports) == (1, ())
    known(store, days=301, as_of="2027-09-01", sources=CLOSED)
    assert run(store, files, days=302).reports == ()
    assert kept(store, files, row)


def test_the_long_term_copy_goes_with_its_original(store: Store, files: Path) -> None:
    known(store, penalty())
    rows = [report(store, files), report(store, files, "2", rests_on="REC-002")]
    copies = [files.with_name("archive") / str(row.file) for row in rows]
    for path in (*copies, files.with_name("archive") / "stranger.pdf"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF")
    known(store, days=0.5, sources=CLOSED)
    done = run(store, files)
    assert done.files == (rows[0].file, f"archive/{rows[0].file}")
    assert done.unknown == ("archive/stranger.pdf",)
    assert [path.exists() for path in copies] == [False, True]


def test_what_was_erased_is_still_verified_by_number_code_and_file(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    digest, code = str(row.sha256), verification_code(SECRET, str(row.number))
    known(store, days=0.5, sources=CLOSED)
    run(store, files)
    left = now(store, row)
    same = (
        "number",
        "register_number",
        "code_sha256",
        "state",
        "sha256",
        "pages",
        "valid_until",
        "conclusion",
    )
    assert [getattr(left, name) for name in same] == [getattr(row, name) for name in same]
    assert store.read(lambda s: queries.by_file_hash(s, digest)).number == row.number
    assert store.read(lambda s: queries.by_code(s, str(row.number), code)) is not None
    done = store.write(lambda s: lifecycle.consume(s, str(row.number), USE, at(days=2)))
    assert done.outcome is Outcome.USED


def test_the_events_say_that_something_went_and_not_what(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    known(store, days=0.5, sources=CLOSED)
    keeper(store, files).erase()
    last = events(store, f"report:{row.id}")[-1]
    assert (last.tag, json.loads(last.data)) == ("report:file:erase", {"sha256": row.sha256})
    (told,) = (event for event in events(store, "office") if event.tag == "office:erase:run")
    assert json.loads(told.data) == {"rows": 1, "reports": 1, "files": 1, "until": "2016-11-23"}
    keeper(store, files, days=2).erase()
    assert json.loads(events(store, "office")[-1].data)["reports"] == 0


@pytest.mark.parametrize("ending", list(Ending))
def test_a_report_goes_with_the_fact_that_a_decision_deleted(
    store: Store, files: Path, ending: Ending
) -> None:
    known(store, penalty())
    row = report(store, files)
    case = store.write(lambda s: objections.receive(s, SUBJECT, FACT, "有误", at(days=0.2)))
    store.write(lambda s: objections.close(s, case.id or 0, ending, "已核查", at(days=0.4)))
    run(store, files)
    assert kept(store, files, row) is (ending is not Ending.DELETED)


def test_a_report_stays_that_was_made_after_the_decision(store: Store, files: Path) -> None:
    known(store, penalty())
    case = store.write(lambda s: objections.receive(s, SUBJECT, FACT, "有误", at(days=-0.9)))
    store.write(lambda s: objections.close(s, case.id or 0, Ending.DELETED, "已核查", at(days=-0.8)))
    known(store, penalty(amount="1"), days=-0.5)
    row = report(store, files)
    run(store, files)
    assert kept(store, files, row)


@pytest.mark.parametrize(("on", "stays"), [(date(2036, 11, 22), True), (date(2036, 11, 23), False)])
@pytest.mark.parametrize("used", [False, True])
def test_a_report_is_kept_for_the_office_s_years_and_no_longer(
    store: Store, files: Path, on: date, stays: bool, used: bool
) -> None:
    known(store, penalty())
    row = report(store, files)
    if used:
        store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK))
    run(store, files, days=(on - NOW.date()).days)
    assert kept(store, files, row) is stays


def test_what_is_in_dispute_is_kept_until_the_case_is_closed(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    case = store.write(lambda s: objections.receive(s, SUBJECT, FACT, "有误", at(days=4000)))
    run(store, files, days=4001)
    assert kept(store, files, row)
    store.write(lambda s: objections.close(s, case.id or 0, Ending.KEPT, "已核查", at(days=4002)))
    run(store, files, days=4003)
    assert not kept(store, files, row)


def test_of_a_void_number_nothing_is_kept(store: Store, files: Path) -> None:
    def work(session: Session) -> ReportRow:
        row = numbered(session, assessment="{}")
        made = lifecycle.Made("b" * 64, 1, f"2026/{row.number}.pdf")
        lifecycle.rendered(session, row.id or 0, made, DESK)
        return lifecycle.void(session, row.id or 0, DESK)

    row = store.write(work)
    path = files / str(row.file)
    path.parent.mkdir()
    path.write_bytes(b"%PDF")
    assert run(store, files).files == (row.file,)
    assert not kept(store, files, row)


def test_what_is_being_made_is_left_to_whoever_makes_it(store: Store, files: Path) -> None:
    known(store, penalty())
    row = store.write(lambda s: numbered(s, assessment="{}"))
    assert run(store, files, days=5000).reports == ()
    assert now(store, row).state == State.RENDERING


def test_what_is_being_made_on_a_record_that_is_gone_is_given_up(store: Store, files: Path) -> None:
    digest = known(store, penalty())
    row = store.write(lambda s: numbered(s, assessment="{}"))
    store.write(lambda s: s.execute(text("UPDATE party SET snapshot_sha256 = :d"), {"d": digest}))
    known(store, days=0.5, sources=CLOSED)
    keeper(store, files).erase()
    assert now(store, row).state == State.VOID
    assert now(store, row).assessment is None


def test_a_draft_of_a_record_that_is_gone_loses_its_judgement(store: Store, files: Path) -> None:
    known(store, penalty())
    row = store.write(lambda s: drafted(s, assessment="{}"))
    known(store, days=0.5, sources=CLOSED)
    done = run(store, files)
    assert (done.reports, done.drafts) == ((), 1)
    assert now(store, row).assessment is None


def test_facts_are_kept_as_long_as_a_report_made_from_them(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    known(store, penalty(amount="1"), days=200)
    store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK))
    late = report(store, files, "2")
    store.write(
        lambda s: s.execute(
            text("UPDATE report SET issued_at = :t WHERE id = :i"),
            {"t": str(NOW + timedelta(days=200)), "i": late.id},
        )
    )
    assert shown(store) == [True, True]
    done = run(store, files, days=3700)
    assert (done.reports, done.versions, done.subjects) == ((row.number,), 1, 0)
    assert shown(store) == [False, True]
    done = run(store, files, days=3900)
    assert (done.reports, done.versions, done.subjects) == ((late.number,), 0, 1)
    assert shown(store) == [False, False]


def shown(store: Store) -> list[bool]:
    asked = select(SnapshotRow).order_by(col(SnapshotRow.id))
    rows = store.read(lambda session: session.exec(asked).all())
    return ["机密决定" in (row.content or "") for row in rows]


class CrashError(BaseException):
    """The process ends here: nothing that catches errors may catch it."""


@pytest.mark.parametrize("steps", range(7))
def test_whatever_moment_a_run_dies_the_next_one_ends_it(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """A step is a transaction or a file: the subject's, those of three reports, and that of the run's event."""
    known(store, penalty())
    rows = [report(store, files, str(n)) for n in range(3)]
    old = report(store, files, "old", rests_on="REC-002")
    store.write(lambda s: s.execute(text("UPDATE report SET state = 'VOID' WHERE id = :i"), {"i": old.id}))
    known(store, days=0.5, sources=CLOSED)
    with monkeypatch.context() as patch:
        die_after(steps, patch)
        with pytest.raises(CrashError):
            keeper(store, files).erase()
    found = [now(store, row) for row in (*rows, old)]
    assert all((row.file is None) is (row.assessment is None) for row in found)
    assert all((files / row.file).exists() for row in found if row.file)
    keeper(store, files).erase()
    assert not any(kept(store, files, row) for row in (*rows, old))
    assert [tags(store, row).count("report:file:erase") for row in (*rows, old)] == [1] * 4
    assert verify(store, DESK.key).sound


def die_after(steps: int, patch: pytest.MonkeyPatch) -> None:
    left = iter(range(steps))
    write, unlink = Store.write, Path.unlink

    def step(work: Callable[[], Any]) -> Any:
        if next(left, None) is None:
            raise CrashError
        return work()

    patch.setattr(Store, "write", lambda self, work: step(lambda: write(self, work)))
    patch.setattr(Path, "unlink", lambda self, **words: step(lambda: unlink(self, **words)))


def tags(store: Store, row: ReportRow) -> list[str]:
    return [event.tag for event in events(store, f"report:{row.id}")]


def test_files_of_nobody_go_and_files_that_the_register_does_not_know_stay(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    moment = NOW.replace(tzinfo=CHINA).timestamp()
    for name, age in ((".reportgen-old", 30), (".reportgen-new", -1), ("stranger.pdf", 0)):
        (files / name).write_bytes(b"%PDF")
        os.utime(files / name, (moment - age * 3600,) * 2)
    done = keeper(store, files).erase()
    assert (done.files, done.unknown) == ((".reportgen-old",), ("stranger.pdf",))
    assert sorted(path.name for path in files.iterdir() if path.is_file()) == [
        ".reportgen-new",
        "stranger.pdf",
    ]
    assert kept(store, files, row)


def test_a_file_that_is_finished_meanwhile_is_nobody_s_stray(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = files / ".reportgen-new"
    unfinished.write_bytes(b"%PDF")
    numbered_then = retention._numbered

    def finish(session: Session) -> Any:
        unfinished.unlink(missing_ok=True)
        return numbered_then(session)

    monkeypatch.setattr(retention, "_numbered", finish)
    done = run(store, files)
    assert (done.files, done.unknown) == ((), ())


def test_a_dry_run_changes_nothing(store: Store, files: Path) -> None:
    known(store, penalty())
    row = report(store, files)
    known(store, days=0.5, sources=CLOSED)
    before = len(events(store, f"report:{row.id}"))
    done = keeper(store, files, dry_run=True).erase()
    assert (done.reports, done.files) == ((row.number,), (row.file,))
    assert kept(store, files, row)
    assert shown(store) == [True, False]
    assert len(events(store, f"report:{row.id}")) == before
    assert events(store, "office") == []


def gone_soon(store: Store, files: Path) -> ReportRow:
    known(store, penalty())
    row = report(store, files)
    known(store, days=0.5, sources=CLOSED)
    return row


def test_the_daily_run_signs_where_nothing_was_signed_today(
    store: Store, files: Path, tmp_path: Path
) -> None:
    row = gone_soon(store, files)
    day = keeper(store, files).daily(tmp_path)
    assert (day.signed is not None, day.scrubbed, day.erased.reports) == (True, True, (row.number,))
    assert keeper(store, files).daily(tmp_path).signed is None
    result = verify(store, DESK.key, trusted_keys(tmp_path))
    assert (result.sound, result.checkpoints) == (True, 1)


def test_nothing_is_erased_from_a_register_that_was_tampered_with(
    store: Store, owner: Store, files: Path, tmp_path: Path
) -> None:
    row = gone_soon(store, files)
    with forced(owner) as force:
        force("UPDATE event SET actor = 'other' WHERE stream = :s AND seq = 2", s=f"report:{row.id}")
    with pytest.raises(ReportgenError) as caught:
        keeper(store, files).daily(tmp_path)
    assert caught.value.code == "E0501"
    assert kept(store, files, row)
    assert shown(store) == [True, False]


@pytest.mark.parametrize("seq", [2, 6])
def test_what_is_tampered_with_after_a_run_is_found(
    store: Store, owner: Store, files: Path, tmp_path: Path, seq: int
) -> None:
    row = gone_soon(store, files)
    keeper(store, files).daily(tmp_path)
    with forced(owner) as force:
        force(
            "UPDATE event SET at = '2026-11-24 09:30:00' WHERE stream = :s AND seq = :n",
            s=f"report:{row.id}",
            n=seq,
        )
    found = verify(store, DESK.key, trusted_keys(tmp_path)).findings
    assert {(each.stream, each.seq) for each in found} == {(f"report:{row.id}", seq)}


def test_a_row_of_an_event_that_was_taken_back_is_found(
    store: Store, owner: Store, files: Path, tmp_path: Path
) -> None:
    """Whoever wants it to look as if nothing had been erased must cut a chain that is signed."""
    row = gone_soon(store, files)
    keeper(store, files).daily(tmp_path)
    with forced(owner) as force:
        force.delete(f"report:{row.id}", 6)
        force.set_end(f"report:{row.id}")
    assert not verify(store, DESK.key, trusted_keys(tmp_path)).sound


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_no_file_of_the_office_holds_what_was_erased(store: Store, files: Path, tmp_path: Path) -> None:
    gone_soon(store, files)
    keeper(store, files).daily(tmp_path)
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "机密决定".encode() not in held


def test_the_log_is_emptied_later_where_somebody_reads_for_long(
    store: Store, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Store) -> None:
        raise ReportgenError("E0903", tries=1)

    row = gone_soon(store, files)
    monkeypatch.setattr(erase, "scrub", busy)
    day = keeper(store, files).daily(tmp_path)
    assert (day.scrubbed, day.erased.reports) == (False, (row.number,))


def test_the_window_is_that_of_the_most_local_pack_with_values_for_the_day() -> None:
    spans = spans_on(date(2026, 11, 22))
    assert spans("210500").judged_on == spans("990102").end == date(2026, 11, 22)
    with pytest.raises(ReportgenError, match="E0310"):
        spans_on(date(2000, 1, 1))("990102")


def test_years_are_kept_to_the_day() -> None:
    assert kept_since(date(2026, 11, 22), 10) == date(2016, 11, 22)
    assert kept_since(date(2024, 2, 29), 1) == date(2023, 2, 28)
