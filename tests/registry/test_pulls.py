"""Pulls: what an agency's database says reaches the office once, whole, and however late it is committed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import newcomers
from reportgen.registry.audit import verify
from reportgen.registry.deliveries import enter
from reportgen.registry.pulls import Outcome, Pull, pull
from reportgen.store.engine import Store, open_store
from reportgen.store.erase import erase_subject
from reportgen.store.facts import find_subjects, subject_at, versions
from reportgen.subject.base import Verification
from reportgen.subject.delivery import Delivery
from reportgen.subject.merge import merge
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord
from tests.agency import EXAMPLES, FIRST, SECOND, THIRD, Agency, agency, mapping_data
from tests.factories import Data, subject
from tests.registry.lives import DESK, at
from tests.store.filled import contents


@pytest.fixture
def source(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agency]:
    with agency(kind, request, tmp_path) as made:
        yield made


def pulled(
    store: Store,
    source: Agency,
    hours: float = 0,
    *,
    whole: bool = False,
    going_on: bool = False,
    **changes: object,
) -> Pull:
    with source.opened(**changes) as database:
        return store.write(
            lambda session: pull(session, database, at(hours=hours), whole=whole, going_on=going_on)
        )


def counts(done: Pull) -> dict[str, int]:
    return {outcome.name: count for outcome, count in done.counts.items() if count}


def now(store: Store, uscc: str) -> Subject:
    return store.read(lambda session: subject_at(session, uscc))


def known(store: Store) -> list[str]:
    return [item.uscc for item in store.read(find_subjects)]


def test_what_a_database_says_is_entered_once(store: Store, source: Agency) -> None:
    first = pulled(store, source)
    assert (first.whole, counts(first)) == (True, {"NEW": 2})
    again = pulled(store, source, 1)
    # The latest change of each table lies within the overlap, and says the same.
    assert (again.whole, counts(again)) == (False, {"SAME": 2})
    held = now(store, SECOND)
    assert (held.name, held.former_names) == ("昀海样本乙市政有限公司", ("昀海样本乙路桥有限公司",))
    assert [record.number for record in held.records] == ["霁建罚〔2026〕44号"]
    assert held.records[0].location == "xzcf 表 id=2 的行"
    assert held.registration.capital == 12005000
    assert len(store.read(lambda session: versions(session, SECOND))) == 1
    assert verify(store, DESK.key).sound


def test_a_row_that_changed_alone_brings_its_subject(store: Store, source: Agency) -> None:
    pulled(store, source)
    source.penalty(7, SECOND, "2026-11-21 08:00:00")
    done = pulled(store, source, 1)
    assert done.counts[Outcome.CHANGED] == 1
    assert len(now(store, SECOND).records) == 2
    source.changed("xzcf", "sfyx = 0", "id = 7", "2026-11-21 10:30:00")
    assert pulled(store, source, 2).counts[Outcome.CHANGED] == 1
    assert len(now(store, SECOND).records) == 1


def test_what_is_committed_late_or_has_no_time_is_not_lost(store: Store, source: Agency) -> None:
    source.changed("zt_jbxx", "zs = zs", f"tyshxydm = '{FIRST}'", "2026-11-20 12:00:00")
    pulled(store, source)
    # Committed after the pull, with a time before the latest that it saw, and with the very same one.
    source.new(THIRD, "昀海样本丙有限公司", "2026-11-20 11:10:00")
    source.changed(
        "zt_jbxx", "mc = '昀海样本乙集团有限公司'", f"tyshxydm = '{SECOND}'", "2026-11-20 12:00:00"
    )
    assert counts(pulled(store, source, 1)) == {"NEW": 1, "CHANGED": 1, "SAME": 1}
    source.run("UPDATE zt_jbxx SET gxsj = NULL, zs = '样例路9号' WHERE tyshxydm = '" + THIRD + "'")
    assert pulled(store, source, 2).counts[Outcome.CHANGED] == 1
    assert now(store, THIRD).registration.address == "样例路9号"


def test_a_time_to_come_moves_no_mark(store: Store, source: Agency) -> None:
    source.changed("zt_jbxx", "zs = zs", f"tyshxydm = '{FIRST}'", "2099-12-31 00:00:00")
    pulled(store, source)
    source.changed("zt_jbxx", "zs = '样例路9号'", f"tyshxydm = '{SECOND}'", "2026-11-20 12:00:00")
    assert pulled(store, source, 1).counts[Outcome.CHANGED] == 1


def test_only_a_whole_pull_finds_what_was_deleted(store: Store, source: Agency) -> None:
    # What changed last of each table is read every time: it shall be somebody else's.
    fewer: Data = {"statements": [], "contracts": []}
    pulled(store, source, **fewer)
    source.run("DELETE FROM xzcf WHERE id = 1")
    assert counts(pulled(store, source, 1, **fewer)) == {"SAME": 1}
    assert len(now(store, FIRST).records) == 1
    assert counts(pulled(store, source, 2, whole=True, **fewer)) == {"CHANGED": 1, "SAME": 1}
    assert now(store, FIRST).records == ()


def test_a_whole_pull_on_another_day_says_all_of_it_as_of_that_day(store: Store, source: Agency) -> None:
    pulled(store, source)
    assert counts(pulled(store, source, 48)) == {"SAME": 2}
    assert counts(pulled(store, source, 48, whole=True)) == {"RENEWED": 2}
    assert now(store, FIRST).sources[0].collected_on == at(hours=48).at.date()
    assert counts(pulled(store, source, 49, whole=True)) == {"SAME": 2}


def test_a_subject_that_is_gone_is_withdrawn_where_another_source_says_who_it_is(
    store: Store, source: Agency
) -> None:
    store.write(lambda session: enter(session, subject(uscc=FIRST, records=[]), at(hours=-1)))
    pulled(store, source)
    source.run("DELETE FROM zt_jbxx")
    done = pulled(store, source, 1, whole=True)
    assert counts(done) == {"WITHDRAWN": 1, "KEPT": 1}
    assert done.kept == [SECOND]
    held = now(store, FIRST)
    assert (held.registration.source, held.records, held.statements) == ("S1", (), ())
    assert next(one for one in held.sources if one.id == "agency-db").complete_for == ()
    assert len(now(store, SECOND).records) == 1
    again = pulled(store, source, 2, whole=True)
    assert (counts(again), again.kept) == ({"ASIDE": 1, "KEPT": 1}, [SECOND])


def test_what_is_faulty_lets_nothing_in_and_is_named_by_table_row_and_column(
    store: Store, source: Agency
) -> None:
    source.penalty(7, SECOND, "2026-11-21 08:00:00", cflb="'09'", jg="NULL")
    with pytest.raises(ReportgenError) as caught:
        pulled(store, source)
    assert caught.value.code == "E0366"
    assert sorted(map(str, caught.value.faults)) == [
        f"{SECOND}.records[1].authority：缺少此项（xzcf 表 id=7 的行“jg”列）",
        f"{SECOND}.records[1].measures：只能是 01、03：09（xzcf 表 id=7 的行“cflb”列）",
    ]
    assert known(store) == []


def test_what_is_sound_enters_beside_what_is_faulty_which_is_read_again(store: Store, source: Agency) -> None:
    source.penalty(7, SECOND, "2026-01-01 08:00:00", cfrq="NULL")
    done = pulled(store, source, going_on=True)
    assert counts(done) == {"NEW": 1, "FAULTY": 1}
    assert known(store) == [FIRST]
    # Its times lie long before the latest change, and nobody changes them.
    assert pulled(store, source, 1, going_on=True).counts[Outcome.FAULTY] == 1
    source.run("UPDATE xzcf SET cfrq = '2026-05-20' WHERE id = 7")
    assert pulled(store, source, 2).counts[Outcome.NEW] == 1
    assert pulled(store, source, 3).counts[Outcome.SAME] == 2
    assert len(now(store, SECOND).records) == 2


def test_a_fault_leaves_what_was_pulled_before_as_it_was(store: Store, source: Agency) -> None:
    pulled(store, source)
    source.changed("xzcf", "cfrq = NULL", "id = 2", "2026-11-21 08:00:00")
    assert pulled(store, source, 1, going_on=True).counts[Outcome.FAULTY] == 1
    assert len(now(store, SECOND).records) == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_of_whom_nobody_tells_the_registration_nothing_is_made(store: Store, source: Agency) -> None:
    told = mapping_data()["source"] | {"complete_for": []}
    with source.opened(source=told, registration=None) as database, pytest.raises(ReportgenError) as caught:
        store.write(lambda session: pull(session, database, DESK, whole=False, going_on=False))
    assert [fault.code for fault in caught.value.faults] == ["E0365", "E0365"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_two_rows_of_one_code_are_no_subject(store: Store, source: Agency) -> None:
    source.run("CREATE VIEW zweimal AS SELECT * FROM zt_jbxx UNION ALL SELECT * FROM zt_jbxx")
    subjects = mapping_data()["subjects"] | {"table": "zweimal"}
    with pytest.raises(ReportgenError, match="zweimal 表中这一主体有 2 行，应只有一行"):
        pulled(store, source, subjects=subjects)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_changed_mapping_reads_everything_again(store: Store, source: Agency) -> None:
    pulled(store, source)
    assert not pulled(store, source, 1, overlap_minutes=0).whole
    done = pulled(store, source, 2, contracts=[])
    assert (done.whole, counts(done)) == (True, {"CHANGED": 1, "SAME": 1})
    assert now(store, FIRST).contracts == ()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_a_file_replaced_is_said_again(store: Store, source: Agency) -> None:
    pulled(store, source)
    given = subject(uscc=FIRST, as_of="2026-11-22", claims={"records": []})
    store.write(lambda session: enter(session, given, at(hours=1)))
    assert [one.id for one in now(store, FIRST).sources] == ["S1"]
    assert counts(pulled(store, source, 2, whole=True)) == {"CHANGED": 1, "SAME": 1}
    assert len(now(store, FIRST).records) == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_had_to_be_forgotten_comes_back_with_a_change_alone(store: Store, source: Agency) -> None:
    pulled(store, source)
    store.write(lambda session: erase_subject(session, FIRST, at(hours=1).at))
    assert counts(pulled(store, source, 2, whole=True)) == {"SAME": 2}
    assert known(store) == [SECOND]
    source.changed("ht", "je = je + 1", "htbh = 'HT-001'", "2026-11-21 08:00:00")
    assert pulled(store, source, 3).counts[Outcome.CHANGED] == 1
    assert known(store) == [FIRST, SECOND]


def test_newcomers_leave_the_rows_that_they_would_leave_one_by_one(store: Store, source: Agency) -> None:
    check = Verification(by="甲", how="核对原件", on=date(2026, 11, 20))
    with source.opened() as database:
        found = [item.delivery() for item in database.read([FIRST, SECOND], at(hours=0).at.date())]
    told = [
        delivery.model_copy(update={"records": _checked(delivery, check)}) for delivery in found if delivery
    ]
    left = [
        _left(store, work)
        for work in (lambda session: _at_once(session, told), lambda session: _singly(session, told))
    ]
    assert left[0] == left[1]
    assert all(left[0][name] for name in ("subject", "snapshot", "fact_check", "stream", "event"))


def _checked(delivery: Delivery, check: Verification) -> tuple[CreditRecord, ...]:
    return tuple(record.model_copy(update={"verification": check}) for record in delivery.records)


def _at_once(session: Session, told: list[Delivery]) -> None:
    subjects = {delivery.uscc: merge(None, delivery) for delivery in told}
    assert newcomers.unknown(session, list(subjects)) == set(subjects)
    assert newcomers.welcome(session, subjects, at(hours=0)) == set(subjects)
    assert newcomers.unknown(session, list(subjects)) == set()
    assert newcomers.welcome(session, subjects, at(hours=0)) == set()


def _singly(session: Session, told: list[Delivery]) -> None:
    for delivery in told:
        enter(session, delivery, at(hours=0))


class _UndoneError(Exception):
    """Ends a piece of work that is to leave nothing."""


def _left(store: Store, work: Callable[[Session], None]) -> dict[str, list[Any]]:
    """Return what a piece of work would leave in every table, but for the numbers of rows."""
    rows: dict[str, list[Any]] = {}

    def looked_at(session: Session) -> None:
        work(session)
        session.flush()
        for name, found in contents(session.connection()).items():
            kept = [{key: value for key, value in row.items() if key != "id"} for row in found]
            rows[name] = sorted(kept, key=str)
        raise _UndoneError

    with pytest.raises(_UndoneError):
        store.write(looked_at)
    return rows


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_the_office_s_own_database_says_is_not_put_down_to_the_source(
    store: Store, source: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(session: Session, *_: object) -> None:
        session.execute(text("INSERT INTO subject (uscc) VALUES (NULL)"))

    monkeypatch.setattr("reportgen.store.pulls.set_marks", busy)
    with pytest.raises(IntegrityError):
        pulled(store, source)
    assert known(store) == []


def test_a_pull_that_is_killed_leaves_nothing_and_the_next_one_mends_it(store: Store, source: Agency) -> None:
    words = [str(store.engine.url.render_as_string(hide_password=False)), source.url]
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-m", "tests.pulling", *words], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert known(store) == []
    assert counts(pulled(store, source, 1)) == {"NEW": 2}
    assert verify(store, DESK.key).sound


_STEPS: tuple[Callable[[Agency, str], None], ...] = (
    lambda source, when: source.new(THIRD, "昀海样本丙有限公司", when),
    lambda source, when: source.penalty(11, FIRST, when),
    lambda source, when: source.penalty(12, THIRD, when),
    lambda source, when: source.changed("xzcf", "sfyx = 0", "id = 1", when),
    lambda source, when: source.changed("xzcf", "lxqk = 1", "id IN (2, 11)", when),
    lambda source, when: source.changed("cwbb", "yysr = 4200", f"tyshxydm = '{SECOND}'", when),
    lambda source, when: source.changed("ht", f"tyshxydm = '{SECOND}', zt = '2'", "htbh = 'HT-001'", when),
    lambda source, when: source.changed("zt_jbxx", "zs = '样例路9号'", f"tyshxydm <> '{FIRST}'", when),
)


@settings(max_examples=6)
@given(st.permutations(_STEPS[1:]), st.lists(st.booleans(), min_size=len(_STEPS), max_size=len(_STEPS)))
def test_any_split_into_increments_ends_in_the_subjects_of_one_whole_pull(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_file: Path,
    steps: list[Callable[[Agency, str], None]],
    pulls: list[bool],
) -> None:
    folder = tmp_path_factory.mktemp("split")
    path = folder / "agency.sqlite3"
    source = Agency(f"sqlite:///{path}", None, str(path))
    source.run((EXAMPLES / "agency.sql").read_text("utf-8"))
    stores = []
    for name in ("increments", "whole"):
        shutil.copy(migrated_file, folder / name)
        stores.append(open_store(f"sqlite:///{folder / name}"))
    increments, whole = stores
    pulled(increments, source)
    for number, (step, now_too) in enumerate(zip((_STEPS[0], *steps), pulls, strict=True)):
        step(source, f"2026-11-22 0{number}:15:00")
        if now_too:
            pulled(increments, source, number / 10)
    pulled(increments, source, 1)
    pulled(whole, source, 1)
    for code in (FIRST, SECOND, THIRD):
        assert now(increments, code) == now(whole, code)
    for store in stores:
        store.close()
