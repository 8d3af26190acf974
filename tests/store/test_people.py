"""The agency and its filing, users and their roles, staff and their own record."""

import re
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from reportgen.cli.demo import sample_office
from reportgen.document.issuer import Agency, issuer_of
from reportgen.errors import ReportgenError
from reportgen.store import people
from reportgen.store.agency import agency, lose_filing, set_agency
from reportgen.store.engine import Store
from reportgen.store.people import ROLE_NAMES, Action, StaffEntry
from reportgen.store.tables import ROLES

NOW = datetime(2026, 11, 21, 9, 30)
DAY = date(2026, 11, 21)
ONE_DAY = timedelta(days=1)


def sample(**changes: object) -> Agency:
    return issuer_of(sample_office()).agency.model_copy(update=changes)


def test_an_office_without_an_agency_says_so(store: Store) -> None:
    for work in (agency, lambda session: lose_filing(session, DAY)):
        with pytest.raises(ReportgenError, match="E0356"):
            store.write(work)


def test_there_is_one_agency_and_entering_it_again_changes_it(store: Store) -> None:
    store.write(lambda session: set_agency(session, sample()))
    store.write(lambda session: set_agency(session, sample(name="样例新名信用服务有限公司")))
    row = store.read(agency)
    assert (row.id, row.name) == (1, "样例新名信用服务有限公司")
    assert row.filing_until == sample().filing_until


@pytest.mark.parametrize(("number", "lost"), [("样例备〔2026〕0001号", DAY), ("样例备〔2027〕0009号", None)])
def test_only_another_filing_ends_the_loss_of_the_last(store: Store, number: str, lost: date | None) -> None:
    store.write(lambda session: set_agency(session, sample()))
    assert store.write(lambda session: lose_filing(session, DAY)).filing_lost_on == DAY
    store.write(lambda session: set_agency(session, sample(filing_number=number)))
    assert store.read(agency).filing_lost_on == lost


def roles(store: Store, login: str = "jia") -> frozenset[str]:
    return store.read(lambda session: people.roles_of(session, login))


def test_a_user_has_the_roles_granted_each_once(store: Store) -> None:
    store.write(lambda session: people.add_user(session, "jia", "编制员甲"))
    assert roles(store) == frozenset()
    for role in (*ROLES, "CLERK"):
        store.write(partial(people.grant, login="jia", role=role))
    assert roles(store) == frozenset(ROLES)
    assert roles(store, "yi") == frozenset()


def test_a_login_belongs_to_one_user(store: Store) -> None:
    store.write(lambda session: people.add_user(session, "jia", "编制员甲"))
    with pytest.raises(ReportgenError, match="E0355"):
        store.write(lambda session: people.add_user(session, "jia", "编制员乙"))
    store.write(lambda session: people.add_user(session, "yi", "编制员甲"))


@pytest.mark.parametrize(("login", "role", "code"), [("yi", "CLERK", "E0354"), ("jia", "KING", "E0301")])
def test_only_a_known_role_goes_to_a_known_user(store: Store, login: str, role: str, code: str) -> None:
    store.write(lambda session: people.add_user(session, "jia", "编制员甲"))
    with pytest.raises(ReportgenError, match=code):
        store.write(lambda session: people.grant(session, login, role))
    assert roles(store) == frozenset()


def test_a_role_is_taken_back(store: Store) -> None:
    store.write(lambda session: people.add_user(session, "jia", "编制员甲"))
    assert store.write(lambda session: people.grant(session, "jia", "CLERK"))
    assert not store.write(lambda session: people.grant(session, "jia", "CLERK"))
    store.write(lambda session: people.grant(session, "jia", "ISSUER"))
    assert store.write(lambda session: people.withdraw(session, "jia", "CLERK"))
    assert not store.write(lambda session: people.withdraw(session, "jia", "CLERK"))
    assert roles(store) == {"ISSUER"}


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "register.md"


def may_by_the_guide(role: str) -> set[str]:
    """Return what docs/register.md says that a role may do."""
    rows = re.findall(r"^\| (\S+) \| ([^|]+) \| `[^|]+ \|$", GUIDE.read_text("utf-8"), re.M)
    assert [action for action, _ in rows] == [str(action) for action in Action]
    return {action for action, names in rows if names == "任一角色" or ROLE_NAMES[role] in names.split("、")}


def may(store: Store, action: Action, login: str = "jia") -> bool:
    try:
        store.read(lambda session: people.permitted(session, login, action))
    except ReportgenError as error:
        assert error.code == "E1107"
        assert action in error.text()
        assert all(role.lower() in error.text() for role in people.PERMITTED[action])
        return False
    return True


def enter(store: Store, login: str, *held: str) -> None:
    store.write(lambda session: people.add_user(session, login, "样例"))
    for role in held:
        store.write(partial(people.grant, login=login, role=role))


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_do_just_what_it_is_for(store: Store, role: str) -> None:
    enter(store, "first", "ADMIN")
    enter(store, "jia", role)
    assert {action for action in Action if may(store, action)} == may_by_the_guide(role)


def test_who_has_no_role_may_do_nothing_and_who_has_several_all_of_theirs(store: Store) -> None:
    enter(store, "first", "ADMIN")
    enter(store, "jia")
    assert not any(may(store, action, login) for action in Action for login in ("jia", "unknown"))
    for role in ("CLERK", "AUDITOR", "REVIEWER"):
        store.write(partial(people.grant, login="jia", role=role))
    assert {action for action in Action if may(store, action)} == {
        Action.PREPARE,
        Action.REVIEW,
        Action.IMPORT,
        Action.DISPUTE,
        Action.ARCHIVE,
        Action.MANIFEST,
        Action.BUNDLE,
        Action.USAGE,
        Action.LIST,
        Action.SCREEN,
        Action.HIT,
    }
    store.write(lambda session: people.close_user(session, "jia", NOW))
    assert not any(may(store, action) for action in Action)


def test_an_office_without_users_asks_for_no_role(store: Store) -> None:
    assert all(may(store, action) for action in Action)


def test_until_somebody_manages_users_anybody_may(store: Store) -> None:
    enter(store, "jia")
    assert [action for action in Action if may(store, action, "anybody")] == [Action.USERS]
    enter(store, "first", "ADMIN")
    assert not may(store, Action.USERS, "anybody")
    store.write(lambda session: people.close_user(session, "first", NOW))
    assert [action for action in Action if may(store, action, "anybody")] == [Action.USERS]


def test_a_closed_user_has_no_role_and_gets_none_and_stays_closed_since_then(store: Store) -> None:
    def close(at: datetime) -> datetime | None:
        return store.write(lambda session: people.close_user(session, "jia", at))

    store.write(lambda session: people.add_user(session, "jia", "编制员甲"))
    store.write(lambda session: people.grant(session, "jia", "CLERK"))
    close(NOW)
    close(NOW + ONE_DAY)
    assert roles(store) == frozenset()
    with pytest.raises(ReportgenError, match="E0354"):
        store.write(lambda session: people.grant(session, "jia", "ISSUER"))
    with pytest.raises(ReportgenError, match="E0354"):
        store.write(lambda session: people.close_user(session, "yi", NOW))


def signs(store: Store, on: date, name: str = "复核员乙") -> bool:
    return store.read(lambda session: people.qualified(session, name, on))


def test_a_person_signs_from_the_first_day_of_the_post_to_the_last(store: Store) -> None:
    store.write(lambda session: people.add_staff(session, "复核员乙", "复核", DAY))
    store.write(lambda session: people.leave_staff(session, "复核员乙", DAY + 9 * ONE_DAY))
    days = [DAY + ONE_DAY * n for n in (-1, 0, 9, 10)]
    assert [signs(store, day) for day in days] == [False, True, True, False]
    assert not signs(store, DAY, "无此人")


def test_a_suspended_person_does_not_sign_until_restored(store: Store) -> None:
    def record(on: date, entry: StaffEntry) -> None:
        store.write(lambda session: people.record_staff(session, "复核员乙", on, entry, "样例"))

    store.write(lambda session: people.add_staff(session, "复核员乙", "复核", DAY))
    record(DAY + 3 * ONE_DAY, StaffEntry.RESTORED)
    record(DAY + ONE_DAY, StaffEntry.SUSPENDED)
    record(DAY + 2 * ONE_DAY, StaffEntry.TRAINING)
    record(DAY + 4 * ONE_DAY, StaffEntry.WARNING)
    assert [signs(store, DAY + ONE_DAY * n) for n in range(5)] == [True, False, False, True, True]
    kept = store.read(lambda session: people.record_of(session, "复核员乙"))
    assert [row.kind for row in kept] == ["停职", "培训", "复职", "警告"]


def test_staff_are_entered_once_and_nobody_leaves_before_coming(store: Store) -> None:
    store.write(lambda session: people.add_staff(session, "复核员乙", "复核", DAY))
    with pytest.raises(ReportgenError, match="E0355"):
        store.write(lambda session: people.add_staff(session, "复核员乙", "签发", DAY))
    with pytest.raises(ReportgenError, match="E0301"):
        store.write(lambda session: people.leave_staff(session, "复核员乙", DAY - ONE_DAY))
    with pytest.raises(ReportgenError, match="E0354"):
        store.write(lambda session: people.record_staff(session, "无此人", DAY, StaffEntry.ERROR, "样例"))
