"""中标公示 at the portal: entered in two steps; until then a bidder sees his report as it stood before its use."""

import re
from pathlib import Path

import pytest
from sqlmodel import Session, select

from reportgen.registry import lifecycle
from reportgen.registry.application_rows import ApplicationRow, ApplicationState
from reportgen.registry.tables import ReportRow
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.zone import now
from tests.document import pdf
from tests.web.applied import submitted
from tests.web.awarded import announced, used
from tests.web.keys import V1, bearing, token_of
from tests.web.portal import PROJECT, Portal, hashed, with_user
from tests.web.registers import AGENCY, HOSTILE, events, main_of
from tests.web.test_committee import OPENED, PAGE, PLACE, USE, _four_more, _made_for_another

BIDDER, RECIPIENTS = AccountKind.BIDDER, AccountKind.RECIPIENT
AWARD = f"/committee/project/award?{PLACE}"
ONE = f"/agency/projects/one?{PLACE}"
ENTER = f"/agency/projects/one/award?{PLACE}"
DAY = "2026-12-10"
WRONG = [("某一处", "另一处", "来信核查")]


@pytest.fixture
def desk(portal: Portal) -> Portal:
    """Return the portal at the moment of 开标, its recipient signed in."""
    portal.clock.move_to(OPENED)
    portal.sign_in(RECIPIENTS)
    return portal


def looked(portal: Portal) -> tuple[bool, bool]:
    """Say whether the look-up by code and that by file tell of a use."""
    by_code = main_of(portal.client.get(f"/v/{portal.number}/{portal.code}").text)
    by_file = main_of(portal.post("/verify/file", files={"file": ("a.pdf", portal.report)}).text)
    return "已核销" in by_code, "已核销" in by_file


def test_who_runs_the_tender_enters_it_in_two_steps(desk: Portal) -> None:
    assert "投标人看不到其报告是否核销" in desk.client.get(PAGE).text
    for day in ("", "2026-12-11", "2026-12-09"):
        page = desk.post(AWARD, {"on": day})
        assert (page.status_code, 'id="w-on"' in page.text) == (422, True)
    asked = desk.post(AWARD, {"on": DAY, "lot": ""})
    assert "登记中标公示：请确认" in asked.text
    assert "投标人即可看到" in asked.text
    assert events(desk, "project:award:enter") == []
    done = desk.post(AWARD, {"on": DAY, "lot": "", "confirmed": "yes"})
    assert done.headers["location"] == f"{PAGE}&done=announced"
    shown = main_of(desk.client.get(done.headers["location"]).text)
    assert "中标公示已登记" in shown
    assert DAY in shown
    assert "登记中标公示…" not in shown
    ((actor, said),) = events(desk, "project:award:enter")
    assert (actor, DAY in said) == ("owner", True)
    assert desk.post(AWARD, {"on": DAY, "lot": "", "confirmed": "yes"}).status_code == 422


def test_before_the_opening_and_by_others_it_is_not_entered(portal: Portal) -> None:
    portal.sign_in(RECIPIENTS)
    said = {"on": "2026-11-22", "lot": "", "confirmed": "yes"}
    assert portal.post(AWARD, said).status_code == 403
    portal.sign_in_as("clerk")
    assert "开标之后才能登记" in portal.post(ENTER, said).text
    portal.clock.move_to(OPENED)
    asked = Opening("other", RECIPIENTS, "129901004KH702160R", "另一单位", "经办人")
    row = portal.house.store.write(lambda s: accounts.open_account(s, asked, hashed(), now()))
    portal.house.store.write(lambda s: accounts.decide(s, row.id or 0, AccountState.ACTIVE, "clerk", now()))
    portal.house.store.write(_made_for_another)
    portal.sign_in_as("other")
    assert "登记中标公示" not in portal.client.get(PAGE).text
    assert portal.post(AWARD, {**said, "on": DAY}).status_code == 403
    assert events(portal, "project:award:enter") == []


def test_the_agency_enters_it_in_the_role_that_imports_projects(desk: Portal) -> None:
    with_user(desk, "auditor2", "AUDITOR")
    desk.sign_in_as("auditor2")
    assert "登记中标公示…" not in desk.client.get(ONE).text
    said = {"on": DAY, "lot": ""}
    assert desk.post(ENTER, {**said, "confirmed": "yes"}).status_code == 403
    desk.sign_in_as("clerk")
    assert "登记中标公示…" in desk.client.get(ONE).text
    wrong = desk.post(ENTER, {"on": HOSTILE})
    assert (wrong.status_code, "<script>" in wrong.text) == (422, False)
    assert "登记中标公示：请确认" in desk.post(ENTER, said).text
    done = desk.post(ENTER, {**said, "confirmed": "yes"})
    assert done.headers["location"] == f"{ONE}&done=announced"
    assert "中标公示已登记" in desk.client.get(done.headers["location"]).text
    assert [actor for actor, _ in events(desk, "project:award:enter")] == ["clerk"]


def test_the_bidder_s_page_tells_of_a_use_from_the_notice_on(portal: Portal) -> None:
    portal.sign_in(BIDDER)
    before = portal.client.get("/bidder").text
    used(portal)
    page = portal.client.get("/bidder").text
    assert "中标公示登记之后可见" in page
    assert "由使用单位核销" not in page
    assert main_of(before) == main_of(page)
    announced(portal)
    assert "由使用单位核销" in portal.client.get("/bidder").text


def test_the_public_look_up_tells_of_a_use_to_the_recipient_and_the_agency_alone_before_the_notice(
    portal: Portal,
) -> None:
    used(portal)
    assert looked(portal) == (False, False)
    assert "核销与否自登记中标公示起可查" in portal.client.get(f"/v/{portal.number}/{portal.code}").text
    portal.sign_in(BIDDER)
    assert looked(portal) == (False, False)
    for login in ("owner", "clerk"):
        portal.sign_in_as(login)
        assert looked(portal) == (True, True)
    portal.client.cookies.clear()
    announced(portal)
    assert looked(portal) == (True, True)


def test_through_the_api_each_is_told_what_he_may_know(portal: Portal) -> None:
    portal.clock.move_to(OPENED)
    used(portal)
    sent = {"number": portal.number, "code": portal.code}

    def told(kind: AccountKind) -> tuple[str, ...]:
        headers = bearing(token_of(portal, kind))
        pdf = {**headers, "Content-Type": "application/pdf"}
        listed = portal.client.get(f"{V1}/reports", headers=headers).json()["items"][0]
        one = portal.client.get(f"{V1}/reports/{portal.number}", headers=headers).json()
        paper = portal.client.post(f"{V1}/verifications/paper", json=sent, headers=headers).json()
        file = portal.client.post(f"{V1}/verifications/file", content=portal.report, headers=pdf).json()
        assert listed == one
        assert (one["state"] == "ISSUED") is one["usable"]
        return one["state"], paper["verdict"], file["verdict"]

    full = ("CONSUMED", "USED", "USED")
    assert told(BIDDER) == ("ISSUED", "GENUINE", "GENUINE")
    assert told(RECIPIENTS) == told(AGENCY) == full
    announced(portal)
    assert told(BIDDER) == full


@pytest.mark.usefixtures("clocked")
def test_a_notice_of_correction_is_read_by_the_bidder_and_the_recipient_and_tells_of_no_use(
    desk: Portal, tmp_path: Path
) -> None:
    used(desk)
    number = desk.number
    notice = desk.house.papers.notice(number, WRONG, "clerk", now())
    link = f"/reports/{number}/notices/{notice}.pdf"
    assert f'href="/committee{link}"' in desk.client.get(PAGE).text
    letter = desk.client.get(f"/committee{link}")
    file = tmp_path / "notice.pdf"
    file.write_bytes(letter.content)
    said = re.sub(r"\s+", "", pdf.text(file))
    assert "原报告的状态有效" in said
    assert "已核销" not in said
    desk.sign_in_as("bidder")
    assert f'href="/bidder{link}"' in desk.client.get("/bidder").text
    assert desk.client.get(f"/bidder{link}").content == letter.content
    assert desk.client.get(f"/bidder/reports/{number}/notices/XY-G9.pdf").status_code == 404


def test_another_bidder_and_another_recipient_find_no_notice(desk: Portal) -> None:
    path = f"reports/{desk.number}/notices/{desk.number}-G1.pdf"
    assert desk.client.get(f"/committee/{path}").status_code == 404
    desk.sign_in_as("bidder")
    assert desk.client.get(f"/bidder/{path}").status_code == 404


def test_the_bidder_reads_why_and_when_his_report_was_revoked(portal: Portal) -> None:
    press = portal.house.desk_of("clerk")
    press.store.write(lambda s: lifecycle.revoke(s, portal.number, "FACT_WRONG", press.desk(now())))
    portal.sign_in(BIDDER)
    page = main_of(portal.client.get("/bidder").text)
    assert "已撤销" in page
    assert "所据事实有误" in page
    assert "2026-11-22 09:30" in page


def test_the_page_of_an_application_follows_what_became_of_its_report(portal: Portal) -> None:
    key, number = _asked_for(portal), portal.number
    press = portal.house.desk_of("clerk")
    portal.sign_in(BIDDER)

    def box() -> str:
        return main_of(portal.client.get(f"/bidder/applications/{key}").text).split('class="verdict ')[1]

    assert box().startswith('yes"')
    used(portal)
    assert box().startswith('yes"')
    announced(portal)
    assert "报告已核销" in box()
    press.store.write(lambda s: lifecycle.revoke(s, number, "FACT_WRONG", press.desk(now())))
    assert box().startswith('no"')
    assert "2026-11-22 09:30 由本机构撤销：所据事实有误" in box()
    assert "报告已撤销" in main_of(portal.client.get("/bidder").text)


def test_a_report_past_its_date_is_no_good_news(portal: Portal) -> None:
    key = _asked_for(portal)
    portal.clock.move_to("2027-03-01T02:00:00+00:00")
    portal.sign_in(BIDDER)
    page = main_of(portal.client.get(f"/bidder/applications/{key}").text)
    assert "报告已过期" in page
    assert 'class="verdict yes"' not in page


def _asked_for(portal: Portal) -> str:
    """Enter the application by which the one report was asked for, and return its key."""
    key = submitted(portal.house.desk_of("clerk"), PROJECT)

    def work(session: Session) -> None:
        row = session.exec(select(ApplicationRow)).one()
        row.state, row.ended_at = ApplicationState.ISSUED, now()
        row.report_id = session.exec(select(ReportRow.id)).one()

    portal.house.store.write(work)
    return key


def test_how_many_were_made_for_the_other_is_told_to_who_runs_the_tender(desk: Portal) -> None:
    assert "另有" not in desk.client.get(PAGE).text
    desk.house.store.write(_made_for_another)
    assert "为本单位出具的信用报告 1 份；另有 1 份为" in desk.client.get(PAGE).text


def test_nothing_is_offered_where_there_is_nothing(desk: Portal) -> None:
    assert "/committee/certificate" not in desk.client.get(PAGE).text
    desk.post(USE, {"number": desk.number, "confirmed": "yes"})
    assert "/committee/certificate" in desk.client.get(PAGE).text


def test_all_usable_reports_are_used_at_once_after_the_same_confirmation(desk: Portal) -> None:
    assert "核销全部可用的" not in desk.client.get(PAGE).text
    desk.house.store.write(_four_more)
    assert "核销全部可用的 5 份…" in desk.client.get(PAGE).text
    asked = desk.post(USE, {"all": "yes"})
    assert "确认核销 5 份报告" in asked.text
    assert asked.text.count('name="number"') == 5
    assert events(desk, "report:state:consume") == []
