"""What a consumer means, what a refused one is told, and who takes back a mistake."""

from dataclasses import replace

import pytest

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, users, uses
from reportgen.registry.lifecycle import Use
from reportgen.registry.tables import State
from reportgen.store.engine import Store
from reportgen.store.people import add_user
from reportgen.store.projects import import_project
from tests.factories import lot_data, project
from tests.registry.lives import DESK, NOW, OTHER, OWNER, USE, at, brought_to

CASES = [
    (State.ISSUED, USE, None),
    (State.CONSUMED, USE, None),
    (State.ARCHIVED, USE, None),
    (State.REVOKED, USE, ("E0602", 6)),
    (State.EXPIRED, USE, ("E0604", 6)),
    (State.RENDERING, USE, ("E0607", 6)),
    (State.VOID, USE, ("E0607", 6)),
    (State.ISSUED, replace(USE, project="另一项目"), ("E0603", 6)),
    (State.CONSUMED, replace(USE, by=OTHER), ("E0603", 6)),
]


@pytest.mark.parametrize(("state", "use", "expected"), CASES)
def test_a_consumer_is_told_what_came_of_it(
    store: Store, state: State, use: Use, expected: tuple[str, int] | None
) -> None:
    row = brought_to(store, state)
    done = store.write(lambda s: lifecycle.consume(s, str(row.number), use, DESK))
    refused = uses.refusal(done, use)
    assert (refused and (refused.code, refused.exit_code)) == expected


@pytest.mark.parametrize("state", [State.ISSUED, State.CONSUMED, State.ARCHIVED])
def test_who_has_no_part_in_a_report_learns_nothing_of_it(store: Store, state: State) -> None:
    row = brought_to(store, state)
    use = Use("另一项目", 1, "", OTHER)
    refused = uses.refusal(store.write(lambda s: lifecycle.consume(s, str(row.number), use, DESK)), use)
    assert refused is not None
    assert USE.project not in refused.text()
    assert OWNER not in refused.text()
    assert str(NOW.date()) not in refused.text()
    assert refused.text() == str(ReportgenError("E0603", number=row.number, project="另一项目", by=OTHER))


def meant(store: Store, round_: int | None = None, lot: str = "", by: str = OWNER) -> Use:
    return store.read(lambda s: uses.meant(s, USE.project, round_, lot, by))


def test_the_last_round_is_meant_where_none_is_named(store: Store) -> None:
    assert meant(store).round == 1
    for number in (1, 2):
        again = project(id=USE.project, round=number)
        store.write(lambda s, p=again: import_project(s, p, NOW))  # type: ignore[misc]
    assert [meant(store).round, meant(store, 1).round, meant(store, 3).round] == [2, 1, 3]


def test_a_slip_is_told_before_it_is_a_misuse(store: Store) -> None:
    store.write(
        lambda s: import_project(s, project(id=USE.project, lots=[lot_data("A"), lot_data("B")]), NOW)
    )
    assert meant(store, lot="A").lot == "A"
    for given, code in (("", "E0307"), ("C", "E0306")):
        with pytest.raises(ReportgenError) as caught:
            meant(store, lot=given)
        assert caught.value.code == code
    with pytest.raises(ReportgenError) as caught:
        meant(store, lot="A", by="129901")
    assert (caught.value.code, caught.value.faults[0].path) == ("E0301", "by")


@pytest.fixture
def staffed(store: Store) -> Store:
    for login in ("office", "second", "gone"):
        store.write(lambda s, n=login: add_user(s, n, n))  # type: ignore[misc]
    store.write(lambda s: users.close(s, "gone", DESK))
    return store


@pytest.mark.parametrize(("second", "code"), [("office", "E1102"), ("gone", "E0354"), ("stranger", "E0354")])
def test_a_second_person_is_another_user_of_the_office(staffed: Store, second: str, code: str) -> None:
    row = brought_to(staffed, State.CONSUMED)
    with pytest.raises(ReportgenError) as caught:
        staffed.write(lambda s: uses.annul(s, str(row.number), second, DESK))
    assert caught.value.code == code
    assert staffed.read(lambda s: lifecycle.get(s, row.id or 0)).state == State.CONSUMED


def test_two_users_take_back_a_mistake(staffed: Store) -> None:
    row = brought_to(staffed, State.CONSUMED)
    assert staffed.write(lambda s: uses.annul(s, str(row.number), "second", DESK)).state == State.ISSUED


def test_a_stranger_takes_back_nothing(staffed: Store) -> None:
    row = brought_to(staffed, State.CONSUMED)
    stranger = replace(DESK, actor="stranger")
    with pytest.raises(ReportgenError) as caught:
        staffed.write(lambda s: uses.annul(s, str(row.number), "second", stranger))
    assert caught.value.code == "E0354"


def test_users_are_listed_by_login_and_each_change_is_an_event(staffed: Store) -> None:
    staffed.write(lambda s: users.add(s, "fourth", "丁", at(hours=1)))
    found = staffed.read(users.listed)
    assert [(u.login, u.closed) for u in found] == [
        ("fourth", False),
        ("gone", True),
        ("office", False),
        ("second", False),
    ]


@pytest.mark.parametrize("login", ["甲", "", "a b", "13800138000", "-a"])
def test_what_is_no_login_is_refused(store: Store, login: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda s: users.add(s, login, "甲", DESK))
    assert caught.value.code == "E0301"
