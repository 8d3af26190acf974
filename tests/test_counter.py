"""The counter: an application becomes a report through three persons, and what changed meanwhile stops it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from reportgen import counter
from reportgen.cli import cli
from reportgen.document.issuer import Identity, Stage
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_subject
from reportgen.press import Press, open_press
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import by_number
from reportgen.registry.numbers import verification_code
from reportgen.registry.tables import ReportRow
from reportgen.registry.tables import State as Report
from reportgen.settings import Office, asset_dir, read_office
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.zone import now

SAMPLES = asset_dir("sample_subjects")
SUBJECT, PROJECT, RECIPIENT = "91990102MA9C2K077N", "JCYP-FJ-2026-0233", "129901024KH7058200"
LACKING = "10-evidence-lacking.yaml"
ROLES = {"clerk": "CLERK", "reviewer": "REVIEWER", "issuer": "ISSUER"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Return an office that knows a subject and a project, and whose staff are three."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "office"
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    with time_machine.travel("2026-11-22 09:30:00+08:00", tick=True):
        for words in (
            ("init", str(folder)),
            ("subject", "import", str(SAMPLES / "subjects/02-small-housing-builder.yaml")),
            ("project", "import", str(SAMPLES / "projects/housing-small.yaml")),
        ):
            assert CliRunner().invoke(cli, words).exit_code == 0
        yield read_office(folder / "reportgen.toml")


@pytest.fixture
def press(place: Office) -> Iterator[Press]:
    opened = open_press(place, "portal")
    for login, role in ROLES.items():
        opened.store.write(lambda s, login=login: people.add_user(s, login, f"{login}某"))  # type: ignore[misc]
        opened.store.write(lambda s, login=login, role=role: people.grant(s, login, role))  # type: ignore[misc]
    yield opened
    opened.store.close()


def by(press: Press, login: str) -> Press:
    return replace(press, actor=login)


def submitted(press: Press, uscc: str = SUBJECT) -> str:
    asked = Opening(f"b{uscc[-4:]}", AccountKind.BIDDER, uscc, "某公司", "经办人")
    account = press.store.write(lambda session: accounts.open_account(session, asked, "", now()))
    row = ApplicationRow(
        key="",
        account_id=account.id or 0,
        uscc=uscc,
        members=f'[{{"uscc":"{uscc}","share":"1","work":""}}]',
        project=PROJECT,
        round=1,
        lot="",
        recipient=RECIPIENT,
        recipient_name="霁川市云屏区教育局",
        purpose="投标",
        payer=RECIPIENT,
        authorisation="授1",
        letter="",
        letter_sha256="",
        submitted_at=now(),
        due_at=now() + timedelta(days=3),
    )
    desk = press.desk(now())
    return press.store.write(lambda session: applications.submit(session, row, desk)).key


def queued(press: Press, place: Office) -> str:
    key = submitted(press)
    counter.prepare(by(press, "clerk"), place, key, now())
    counter.review(by(press, "reviewer"), place, key, now())
    counter.send(by(press, "issuer"), place, key, 10, now())
    return key


def stands(press: Press, key: str) -> tuple[ApplicationRow, ReportRow]:
    row = press.store.read(lambda session: applications.by_key(session, key))
    return row, press.store.read(lambda session: session.get_one(ReportRow, row.report_id))


def code_of(step: object, *words: object) -> str:
    with pytest.raises(ReportgenError) as caught:
        step(*words)  # type: ignore[operator]
    return caught.value.code


def test_three_persons_make_a_report_of_an_application(press: Press, place: Office) -> None:
    key = queued(press, place)
    assert counter.render_next(press, place, "w1", now) == key
    row, report = stands(press, key)
    assert (row.state, report.state) == (State.ISSUED, Report.ISSUED)
    assert (report.prepared_by, report.reviewed_by, report.issued_by) == ("clerk某", "reviewer某", "issuer某")
    assert press.whole(report)
    assert counter.render_next(press, place, "w1", now) is None


def test_a_draft_tells_neither_number_nor_code_of_its_report(
    press: Press, place: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, seen = queued(press, place), []

    def typeset(_: object, identity: Identity) -> Typeset:
        seen.append(identity)
        return Typeset(b"", 1)

    monkeypatch.setattr(counter, "typeset", typeset)
    row = press.store.read(lambda session: applications.by_key(session, key))
    counter.draft_of(counter.look_at(press, place, row, now()).judged, press.secret, now())
    monkeypatch.undo()
    counter.render_next(press, place, "w1", now)
    number = str(stands(press, key)[1].number)
    (draft,) = seen
    assert draft.stage is Stage.DRAFT
    assert draft.number != number
    assert draft.code != verification_code(press.secret, number)


def test_nobody_takes_a_step_without_its_role_or_after_his_own(press: Press, place: Office) -> None:
    key = submitted(press)
    assert code_of(counter.prepare, by(press, "reviewer"), place, key, now()) == "E1107"
    counter.prepare(by(press, "clerk"), place, key, now())
    assert code_of(counter.review, by(press, "clerk"), place, key, now()) == "E1107"
    press.store.write(lambda session: people.grant(session, "clerk", "REVIEWER"))
    assert code_of(counter.review, by(press, "clerk"), place, key, now()) == "E1102"
    counter.review(by(press, "reviewer"), place, key, now())
    assert code_of(counter.send, by(press, "reviewer"), place, key, 10, now()) == "E1107"
    press.store.write(lambda session: people.grant(session, "clerk", "ISSUER"))
    assert code_of(counter.send, by(press, "clerk"), place, key, 10, now()) == "E1102"
    # Two persons are enough: who checked it may issue it, where he has the role.
    press.store.write(lambda session: people.grant(session, "reviewer", "ISSUER"))
    assert counter.send(by(press, "reviewer"), place, key, 10, now()).state == State.QUEUED


def test_one_person_with_two_logins_takes_one_step(press: Press, place: Office) -> None:
    key = submitted(press)
    press.store.write(lambda session: people.add_user(session, "again", "clerk某"))
    for role in ("REVIEWER", "ISSUER"):
        press.store.write(lambda session, role=role: people.grant(session, "again", role))  # type: ignore[misc]
    counter.prepare(by(press, "clerk"), place, key, now())
    assert code_of(counter.review, by(press, "again"), place, key, now()) == "E1102"
    counter.review(by(press, "reviewer"), place, key, now())
    assert code_of(counter.send, by(press, "again"), place, key, 10, now()) == "E1102"
    assert stands(press, key)[0].state == State.REVIEWED


def test_facts_that_changed_after_the_draft_are_not_reviewed_with_it(press: Press, place: Office) -> None:
    key = submitted(press)
    counter.prepare(by(press, "clerk"), place, key, now())
    subject = load_subject(SAMPLES / "subjects/02-small-housing-builder.yaml")
    changed = subject.model_copy(update={"name": "霁川朴厝建设有限公司"})
    desk = press.desk(now())
    press.store.write(lambda session: learn(session, changed, desk))
    assert code_of(counter.review, by(press, "reviewer"), place, key, now()) == "E0616"
    press.store.write(lambda session: applications.sent_back(session, key, "有变", desk))
    counter.prepare(by(press, "clerk"), place, key, now())
    counter.review(by(press, "reviewer"), place, key, now())


def test_what_was_sent_back_after_its_review_is_reviewed_again(press: Press, place: Office) -> None:
    key = submitted(press)
    counter.prepare(by(press, "clerk"), place, key, now())
    counter.review(by(press, "reviewer"), place, key, now())
    desk = press.desk(now())
    press.store.write(lambda session: applications.sent_back(session, key, "请核对", desk))
    press.store.write(lambda session: people.grant(session, "issuer", "CLERK"))
    counter.prepare(by(press, "issuer"), place, key, now())
    row, report = stands(press, key)
    assert (row.state, report.state, report.reviewed_by) == (State.PREPARED, Report.DRAFT, "")
    assert report.prepared_by == "issuer某"


def test_without_evidence_nothing_is_drafted(press: Press, place: Office) -> None:
    subject = load_subject(SAMPLES / "subjects" / LACKING)
    desk = press.desk(now())
    press.store.write(lambda session: learn(session, subject, desk))
    key = submitted(press, subject.uscc)
    with pytest.raises(ReportgenError) as caught:
        counter.prepare(by(press, "clerk"), place, key, now())
    assert caught.value.code == "E0401"
    assert caught.value.faults
    assert press.store.read(lambda s: applications.by_key(s, key)).state == State.SUBMITTED


def test_a_report_that_cannot_be_made_goes_back_to_the_desk_with_why(
    press: Press, place: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = queued(press, place)

    def broken(*_: object) -> None:
        raise ReportgenError("E0804", detail="没有时间戳")

    monkeypatch.setattr("reportgen.pipeline.certified", broken)
    counter.render_next(press, place, "w1", now)
    row, report = stands(press, key)
    assert (row.state, report.state) == (State.SUBMITTED, Report.VOID)
    assert "E0804" in row.note
    monkeypatch.undo()
    counter.prepare(by(press, "clerk"), place, key, now())
    counter.review(by(press, "reviewer"), place, key, now())
    counter.send(by(press, "issuer"), place, key, 10, now())
    counter.render_next(press, place, "w1", now)
    assert stands(press, key)[1].state == Report.ISSUED


def test_a_busy_database_lets_it_wait(press: Press, place: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    key = queued(press, place)

    def busy(*_: object) -> None:
        raise ReportgenError("E0903", tries=1)

    monkeypatch.setattr(counter, "render", busy)
    counter.render_next(press, place, "w1", now)
    assert stands(press, key)[0].state == State.QUEUED
    monkeypatch.undo()
    assert counter.render_next(press, place, "w1", now) is None
    later = lambda: now() + applications.AGAIN  # noqa: E731 - a clock
    assert counter.render_next(press, place, "w1", later) == key


def test_what_kills_whoever_renders_it_is_given_up(press: Press, place: Office) -> None:
    key = queued(press, place)
    at = now()
    for _ in range(applications.ATTEMPTS):
        assert press.store.write(lambda session, at=at: applications.claim(session, "dead", at))  # type: ignore[misc]
        at += applications.CLAIM

    def later() -> datetime:
        return at

    assert counter.render_next(press, place, "w2", later) == key
    row, _ = stands(press, key)
    assert (row.state, row.note) == (State.SUBMITTED, "[E0617] 报告没有印制完成")


def test_a_crash_after_the_number_is_gone_on_with(
    press: Press, place: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = queued(press, place)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reportgen.pipeline.certified", killed)
    with pytest.raises(KeyboardInterrupt):
        counter.render_next(press, place, "w1", now)
    monkeypatch.undo()
    number = stands(press, key)[1].number
    later = lambda: now() + applications.CLAIM  # noqa: E731 - a clock
    assert counter.render_next(press, place, "w2", later) == key
    row, report = stands(press, key)
    assert (row.state, report.state, report.number) == (State.ISSUED, Report.ISSUED, number)
    assert press.store.read(lambda session: by_number(session, str(number))).sha256 == report.sha256
