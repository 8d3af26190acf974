"""The staff at the agency's desk: who may sign, since when, until when, and each one's own record."""

import pytest

from reportgen.store import people
from reportgen.store.account_rows import AccountKind
from reportgen.zone import now
from tests.web.portal import Portal

NAME = "复核员乙"


@pytest.fixture(autouse=True)
def administrator(portal: Portal) -> None:
    """Sign in as whoever may manage the staff."""
    portal.sign_in(AccountKind.AGENCY)


def send(portal: Portal, path: str, **words: str) -> tuple[int, str]:
    answer = portal.post(path, words)
    return answer.status_code, answer.headers.get("location", answer.text)


def add(portal: Portal, **words: str) -> tuple[int, str]:
    return send(portal, "/agency/staff", **{"name": NAME, "post": "复核", "since": "2026-01-05", **words})


def member(portal: Portal) -> str:
    (row,) = portal.house.store.read(people.listed_staff)
    return f"/agency/staff/{row.id}"


def signs(portal: Portal) -> bool:
    today = now().date()
    return portal.house.store.read(lambda session: people.qualified(session, NAME, today))


def test_a_person_comes_is_suspended_restored_and_leaves(portal: Portal) -> None:
    assert "没有登记" in portal.client.get("/agency/users").text
    assert "没有登记的人员即不得署名" in portal.client.get("/agency/staff").text
    assert add(portal) == (303, "/agency/staff?done=staff-added")
    assert signs(portal)
    page = member(portal)
    for kind, may in (("停职", False), ("复职", True), ("警告", True)):
        status, gone = send(portal, f"{page}/record", on="2026-11-20", kind=kind, text=f"为何{kind}")
        assert (status, gone) == (303, f"{page}?done=staff-recorded")
        assert signs(portal) is may
        shown = portal.client.get(page).text
        assert (f"为何{kind}" in shown, f"<dd>{'可' if may else '不得'}署名</dd>" in shown) == (True, True)
    assert send(portal, f"{page}/leave", until="2026-11-21") == (303, f"{page}?done=staff-left")
    assert not signs(portal)
    assert "不得署名" in portal.client.get("/agency/staff").text
    assert "登记离任" not in portal.client.get(page).text


def test_what_is_wrong_is_told_beside_its_field_with_what_was_typed(portal: Portal) -> None:
    for field, word in [("name", ""), ("post", "岗" * 61), ("since", "2026-02-30")]:
        status, page = add(portal, **{field: word})
        assert status == 422
        assert f'id="w-{field}"' in page
        assert NAME in page or field == "name"
    assert portal.house.store.read(people.listed_staff) == []
    add(portal)
    status, page = add(portal)
    assert (status, "已登记名为" in page) == (422, True)
    one = member(portal)
    for field, word in [("on", "昨日"), ("kind", "表扬"), ("text", " ")]:
        status, page = send(
            portal, f"{one}/record", **{"on": "2026-11-20", "kind": "培训", "text": "一", field: word}
        )
        assert (status, f'id="w-{field}"' in page) == (422, True)
    for word in ("2025-12-31", ""):
        status, page = send(portal, f"{one}/leave", until=word)
        assert (status, 'id="w-until"' in page) == (422, True)
    assert portal.house.store.read(lambda session: people.record_of(session, NAME)) == []


def test_nobody_there_is_told_so(portal: Portal) -> None:
    assert portal.client.get("/agency/staff/99").status_code == 404
    assert portal.post("/agency/staff/99/leave", {"until": "2026-11-21"}).status_code == 404


def test_what_is_typed_is_text(portal: Portal) -> None:
    add(portal, name="<b>甲</b>")
    assert "<b>甲" not in portal.client.get("/agency/staff").text
    assert "&lt;b&gt;甲" in portal.client.get(member(portal)).text
