"""更正通知书 and reports that take another's place, at the agency's desk: two steps, two persons, the roles of the commands."""

from pathlib import Path

import pytest

from reportgen.registry import lifecycle
from reportgen.store import people
from reportgen.web.agency_amends import LINES
from reportgen.zone import now
from tests.cli.desk import run
from tests.document import archive, pdf
from tests.web.portal import PASSWORD, PROJECT, Portal, with_user
from tests.web.registers import AGENCY, events

pytestmark = pytest.mark.usefixtures("clocked")
WRONG = {"wrong1": "注册资本为 5 亿元", "right1": "注册资本为 5 千万元", "found1": "来信核查"}


@pytest.fixture
def path(portal: Portal) -> str:
    portal.sign_in(AGENCY)
    return f"/agency/reports/{portal.number}"


def test_a_correction_goes_out_once_it_is_confirmed(portal: Portal, path: str, tmp_path: Path) -> None:
    number = portal.number
    for words, field in (
        ({}, "wrong1"),
        ({**WRONG, "right1": " "}, "right1"),
        ({"wrong3": "又一处"}, "found3"),
    ):
        page = portal.post(f"{path}/correct", words)
        assert page.status_code == 422
        assert f'id="w-{field}"' in page.text
    step = portal.post(f"{path}/correct", {**WRONG, "wrong3": "甲", "right3": "乙", "found3": "丙"})
    assert "出具更正通知书：请确认" in step.text
    assert 'name="wrong2" value="甲"' in step.text
    assert events(portal, "report:mark:correct") == []
    done = portal.post(f"{path}/correct", {**WRONG, "confirmed": "yes"})
    assert done.headers["location"] == f"{path}?done=corrected"
    shown = portal.client.get(done.headers["location"]).text
    assert "请于今日送达报告所载主体与使用单位" in shown
    assert "已出更正通知" in shown
    ((actor, said),) = events(portal, "report:mark:correct")
    assert (actor, f"{number}-G1" in said) == ("clerk", True)
    answer = portal.client.get(f"{path}/notices/{number}-G1.pdf")
    file = tmp_path / "notice.pdf"
    file.write_bytes(answer.content)
    assert archive.faults(file) == []
    assert "注册资本为 5 千万元".replace(" ", "") in pdf.text(file).replace(" ", "")
    assert "真实：更正通知书" in run("verify", file, "--office", portal.folder).output
    assert portal.client.get(f"{path}/notices/{number}-G2.pdf").status_code == 404


def test_a_form_has_room_for_so_many_errors(portal: Portal, path: str) -> None:
    page = portal.client.get(path).text
    assert [f'name="found{n}"' in page for n in range(1, LINES + 2)] == [True] * LINES + [False]


def test_a_report_takes_another_s_place_once_a_second_person_agrees(portal: Portal, path: str) -> None:
    number = portal.number
    with_user(portal, "checker", "REVIEWER")
    with_user(portal, "writer", "CLERK")
    assert portal.post(f"{path}/supersede", {"authorisation": " "}).status_code == 422
    words = {"authorisation": "授 2"}
    assert "出具替代报告：请确认" in portal.post(f"{path}/supersede", words).text
    for second, said in (
        ({}, "请填写"),
        ({"second": "clerk", "password": PASSWORD}, "须由另一名在册用户"),
        ({"second": "checker", "password": "wrong wrong wrong"}, "登录名或密码不对"),
        ({"second": "writer", "password": PASSWORD}, "须有复核的角色"),
    ):
        page = portal.post(f"{path}/supersede", {**words, **second, "confirmed": "yes"})
        assert (page.status_code, said in page.text) == (422, True)
        assert PASSWORD not in page.text
    assert len(events(portal, "report:number:allot")) == 1
    agreed = {**words, "second": "checker", "password": PASSWORD, "confirmed": "yes"}
    done = portal.post(f"{path}/supersede", agreed)
    assert done.headers["location"].endswith("?done=superseded"), done.text
    assert number not in done.headers["location"]
    shown = portal.client.get(done.headers["location"]).text
    for word in ("替代报告已出具", "授 2", number, "checker", PROJECT):
        assert word in shown
    old = portal.client.get(path).text
    assert "被替代" in old
    assert "出具替代报告" not in old
    assert portal.post(f"{path}/supersede", agreed).headers["location"] == done.headers["location"]
    assert len(events(portal, "report:number:allot")) == 2


def test_who_prepared_a_report_neither_reviews_nor_issues_what_takes_its_place(
    portal: Portal, path: str
) -> None:
    with_user(portal, "checker", "REVIEWER")
    settings = portal.folder / "reportgen.toml"
    told = portal.house.issuer.staff.prepared_by
    settings.write_text(settings.read_text("utf-8").replace(f'"{told}"', '"checker"', 1), "utf-8")
    agreed = {"authorisation": "授 2", "second": "checker", "password": PASSWORD, "confirmed": "yes"}
    answer = portal.post(f"{path}/supersede", agreed)
    assert (answer.status_code, "E1102" in answer.text) == (403, True)
    assert len(events(portal, "report:number:allot")) == 1


def test_only_the_issuer_s_role_mends_and_only_what_is_in_the_world(portal: Portal, path: str) -> None:
    with_user(portal, "writer", "CLERK", "REVIEWER", "ADMIN")
    portal.sign_in_as("writer")
    page = portal.client.get(path).text
    assert "更正为" not in page
    assert "授权书编号" not in page
    for what, words in (("correct", WRONG), ("supersede", {"authorisation": "授 2"})):
        assert portal.post(f"{path}/{what}", {**words, "confirmed": "yes"}).status_code == 403
    store = portal.house.store
    store.write(lambda session: people.grant(session, "writer", "ISSUER"))
    desk = portal.house.desk_of("writer").desk(now())
    store.write(lambda session: lifecycle.revoke(session, portal.number, "FRAUD", desk))
    page = portal.client.get(path).text
    assert "更正为" not in page
    assert "授权书编号" not in page
    assert portal.post(f"{path}/correct", {**WRONG, "confirmed": "yes"}).status_code == 409
