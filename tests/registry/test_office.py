"""What becomes of the office is in its chain: agency, users, staff and a key, and never a person's name."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from reportgen.cli.demo import sample_office
from reportgen.document.issuer import Agency, Issuer, issuer_of
from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, office, staff, users
from reportgen.registry.tables import EventRow, ReportRow, State
from reportgen.store.agency import agency
from reportgen.store.engine import Store
from reportgen.store.people import Action, StaffEntry
from tests.registry.lives import DESK, NOW, at, brought_to, issued

TODAY, ONE_DAY = NOW.date(), timedelta(days=1)
KEY, OTHER_KEY = "a" * 64, "b" * 64
NAME = "复核员乙"


def sample(**changes: object) -> Agency:
    return issuer_of(sample_office()).agency.model_copy(update=changes)


def issuer(*names: str) -> Issuer:
    found = issuer_of(sample_office())
    posts = ("prepared_by", "reviewed_by", "issued_by")
    return found.model_copy(
        update={"staff": found.staff.model_copy(update=dict(zip(posts, names, strict=False)))}
    )


def events(store: Store, stream: str = "office") -> list[tuple[str, dict[str, object]]]:
    found = select(EventRow).where(EventRow.stream == stream).order_by(EventRow.seq)  # type: ignore[arg-type]
    rows = store.read(lambda session: session.exec(found).all())
    return [(row.tag, json.loads(row.data)) for row in rows]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(ReportgenError) as caught:
        work()
    return caught.value.code


def test_a_change_of_the_agency_has_its_event_and_what_is_no_change_has_none(store: Store) -> None:
    new = {"name": "样例新名信用服务有限公司"}
    for given in (sample(), sample(), sample(**new), sample(**new, address="别处")):
        store.write(lambda s, given=given: office.enter_agency(s, given, DESK))  # type: ignore[misc]
    found = events(store)
    assert [tag for tag, _ in found] == ["office:agency:change"] * 2
    assert [said["uscc"] for _, said in found] == [sample().uscc] * 2
    assert found[0][1]["sha256"] != found[1][1]["sha256"]


def test_the_loss_of_a_filing_stops_issuing_and_has_its_event(store: Store) -> None:
    row = store.write(lambda s: office.lose_filing(s, sample(), TODAY, DESK))
    assert row.filing_lost_on == TODAY
    assert events(store)[-1][1] | {"sha256": ""} == {
        "uscc": sample().uscc,
        "since": sample().filing_since.isoformat(),
        "until": sample().filing_until.isoformat(),
        "on": TODAY.isoformat(),
        "reason": "FILING_LOST",
        "sha256": "",
    }

    def admitted(days: int) -> bool:
        return store.read(lambda s: office.admitted(s, issuer(), Action.ISSUE, at(days=days)))

    assert admitted(-1)
    assert refusal(lambda: admitted(0)) == "E1101"


def test_reports_issued_since_a_day_are_found(store: Store) -> None:
    row = brought_to(store, State.ISSUED)
    brought_to(store, State.RENDERING, "2")
    for days, expected in ((-1, [row.number]), (0, [row.number]), (1, [])):
        on = TODAY + days * ONE_DAY
        assert store.read(lambda s, on=on: office.issued_since(s, on)) == expected  # type: ignore[misc]


def test_all_that_a_compromised_key_signed_since_then_is_revoked_at_once(store: Store) -> None:
    def three(session: Session) -> list[ReportRow]:
        return [issued(session, name, key_id=key) for name, key in (("1", KEY), ("2", OTHER_KEY), ("3", KEY))]

    first, other, third = store.write(three)
    assert store.write(lambda s: office.compromised(s, KEY, NOW + ONE_DAY, at(days=2))) == []
    assert store.write(lambda s: office.compromised(s, KEY, NOW, at(days=2))) == [first.number, third.number]
    rows = (first, other, third)
    states = store.read(lambda s: [lifecycle.get(s, row.id or 0).state for row in rows])
    assert states == [State.REVOKED, State.ISSUED, State.REVOKED]
    assert events(store)[-1] == (
        "office:key:compromise",
        {"key_id": KEY, "from_moment": NOW.isoformat(), "reports": 2},
    )
    assert events(store, f"report:{first.id}")[-1] == ("report:state:revoke", {"reason": "KEY_COMPROMISED"})


def test_where_one_report_cannot_be_revoked_none_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = store.write(lambda s: [issued(s, name, key_id=KEY) for name in "12"])
    monkeypatch.setattr(office, "tell", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.write(lambda s: office.compromised(s, KEY, NOW, DESK))
    assert store.read(lambda s: {lifecycle.get(s, row.id or 0).state for row in rows}) == {State.ISSUED}


@pytest.mark.parametrize("key", ["", "a" * 63, "A" * 64, "张三"])
def test_what_can_be_no_key_is_told(store: Store, key: str) -> None:
    assert refusal(lambda: store.write(lambda s: office.compromised(s, key, NOW, DESK))) == "E0301"


def test_a_user_s_roles_come_and_go_with_an_event_each(store: Store) -> None:
    store.write(lambda s: users.add(s, "jia", "编制员甲", DESK))
    for _ in range(2):
        store.write(lambda s: users.grant(s, "jia", "CLERK", DESK))
    store.write(lambda s: users.grant(s, "jia", "ADMIN", DESK))
    assert [user.roles for user in store.read(users.listed)] == [("ADMIN", "CLERK")]
    for _ in range(2):
        store.write(lambda s: users.withdraw(s, "jia", "CLERK", DESK))
    assert [user.roles for user in store.read(users.listed)] == [("ADMIN",)]
    assert events(store) == [
        ("office:user:change", {"login": "jia", **said})
        for said in (
            {"closed": False},
            {"closed": False, "role": "CLERK"},
            {"closed": False, "role": "ADMIN"},
            {"closed": True, "role": "CLERK"},
        )
    ]


def test_a_person_of_the_staff_has_a_chain_of_its_own_without_a_name(store: Store) -> None:
    store.write(lambda s: staff.add(s, NAME, "复核", TODAY, DESK))
    for entry in (StaffEntry.TRAINING, StaffEntry.SUSPENDED, StaffEntry.RESTORED):
        store.write(lambda s, entry=entry: staff.note(s, NAME, TODAY, entry, "样例", DESK))  # type: ignore[misc]
    store.write(lambda s: staff.leave(s, NAME, TODAY + ONE_DAY, DESK))
    found = events(store, "staff:1")
    assert {tag for tag, _ in found} == {"office:staff:change"}
    assert [said["closed"] for _, said in found] == [False, None, True, False, True]
    assert NAME not in json.dumps(found, ensure_ascii=False)


def test_who_signs_is_asked_only_where_staff_are_registered(store: Store) -> None:
    def admitted(on: date, *names: str) -> bool:
        desk = at(days=(on - TODAY).days)
        return store.read(lambda s: office.admitted(s, issuer(*names), Action.ISSUE, desk))

    assert admitted(TODAY) is False
    store.write(lambda s: office.enter_agency(s, sample(), DESK))
    assert admitted(TODAY)
    for name in ("编制员甲", NAME, "签发员丙"):
        store.write(lambda s, name=name: staff.add(s, name, "岗位", TODAY, DESK))  # type: ignore[misc]
    assert admitted(TODAY, "编制员甲", NAME, "签发员丙")
    assert refusal(lambda: admitted(TODAY - ONE_DAY, "编制员甲", NAME, "签发员丙")) == "E1102"
    with pytest.raises(ReportgenError) as caught:
        admitted(TODAY, "编制员甲", "某某", "签发员丙")
    assert "某某于 2026-11-22 没有登记、不在任或已停职" in caught.value.text()
    assert "编制员甲" not in caught.value.text()
    store.write(lambda s: staff.note(s, NAME, TODAY, StaffEntry.SUSPENDED, "样例", DESK))
    assert refusal(lambda: admitted(TODAY, "编制员甲", NAME, "签发员丙")) == "E1102"


def test_who_has_no_role_issues_nothing(store: Store) -> None:
    store.write(lambda s: users.add(s, DESK.actor, "某某", DESK))

    def admitted(action: Action) -> bool:
        return store.read(lambda s: office.admitted(s, issuer(), action, DESK))

    assert refusal(lambda: admitted(Action.ISSUE)) == "E1107"
    store.write(lambda s: users.grant(s, DESK.actor, "ADMIN", DESK))
    assert admitted(Action.ISSUE) is False
    assert refusal(lambda: admitted(Action.SUPERSEDE)) == "E1107"


def test_an_agency_that_was_never_entered_is_entered_by_its_first_change(store: Store) -> None:
    assert refusal(lambda: store.read(agency)) == "E0356"
    store.write(lambda s: office.lose_filing(s, sample(), TODAY, DESK))
    assert store.read(agency).filing_lost_on == TODAY


@pytest.mark.parametrize("name", ["样例甲", "阿依古丽·买买提", "Anne-Marie O'Neil", "㐂甲", "甲" * 60])
def test_a_name_may_stand_under_a_signature(store: Store, name: str) -> None:
    store.write(lambda session: users.add(session, "signer", name, DESK))


@pytest.mark.parametrize(
    "name", ["", " ", "甲" * 61, "😀", "甲\n乙", "样例7", "甲\u202e乙", "甲\ue000", "甲\u3164"]
)
def test_what_is_no_name_is_not_entered(store: Store, name: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda session: users.add(session, "signer", name, DESK))
    assert [fault.path for fault in caught.value.faults] == ["name"]
