"""The agency's queue and one application on its way through three persons, each with one role of his own."""

from datetime import timedelta

import pytest

from reportgen import counter
from reportgen.intake.files import load_subject
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.changes import learn
from reportgen.registry.queue import PAGE
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind
from reportgen.web.envelope import HEADERS
from reportgen.zone import now
from tests.web.applied import submitted
from tests.web.portal import LOGINS, PROJECT, SAMPLES, SUBJECT, Portal, with_user

ROLES = {"amaker": "CLERK", "achecker": "REVIEWER", "asigner": "ISSUER"}
LACKING = "10-evidence-lacking.yaml"


@pytest.fixture
def desk(portal: Portal) -> Portal:
    """Return a portal whose agency has three persons, each with one role."""
    for login, role in ROLES.items():
        with_user(portal, login, role)
    return portal


def applied(portal: Portal, uscc: str = SUBJECT, **more: object) -> str:
    """Send in an application of the portal's bidder, for another use than the report that there is."""
    row = portal.house.store.read(lambda session: accounts.by_login(session, LOGINS[AccountKind.BIDDER]))
    words = {"purpose": "另一用途", **more}
    return submitted(portal.house.press, PROJECT, uscc, account=row.id or 0 if row else 0, **words)


def row_of(portal: Portal, key: str) -> ApplicationRow:
    return portal.house.store.read(lambda session: applications.by_key(session, key))


def step(portal: Portal, key: str, name: str, words: dict[str, str] | None = None) -> tuple[int, str]:
    answer = portal.post(f"/agency/applications/{key}/{name}", words)
    return answer.status_code, answer.text


def page(portal: Portal, key: str) -> str:
    answer = portal.client.get(f"/agency/applications/{key}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_three_persons_each_take_their_own_step_and_no_other(desk: Portal) -> None:
    key = applied(desk)
    desk.sign_in_as("achecker")
    assert "须由“经办”角色办理" in page(desk, key)
    assert step(desk, key, "prepare")[0] == 403
    desk.sign_in_as("amaker")
    for word in ("经办人", "霁川市云屏区教育局", "否决项", "证据的来源", "缺件", "<button>编制</button>"):
        assert word in page(desk, key)
    assert "draft.pdf" in page(desk, key)
    assert step(desk, key, "prepare")[0] == 303
    assert "须由“复核”角色办理" in page(desk, key)
    assert [step(desk, key, name)[0] for name in ("review", "send")] == [403, 403]
    desk.sign_in_as("achecker")
    assert "复核通过" in page(desk, key)
    assert step(desk, key, "review")[0] == 303
    assert step(desk, key, "send", {"confirmed": "yes"})[0] == 403
    desk.sign_in_as("asigner")
    status, text = step(desk, key, "send")
    assert status == 200
    assert "确认签发" in text
    assert row_of(desk, key).state == State.REVIEWED
    assert step(desk, key, "send", {"confirmed": "yes"})[0] == 303
    row = row_of(desk, key)
    assert (row.prepared_by, row.reviewed_by, row.issued_by) == tuple(ROLES)
    assert "排队印制，第 1 份" in page(desk, key)
    progress = desk.client.get(f"/agency/applications/{key}/progress")
    assert (progress.status_code, "<html" in progress.text) == (200, False)
    desk.sign_in_as(LOGINS[AccountKind.BIDDER])
    mine = f"/bidder/applications/{key}"
    assert "排队印制，第 1 份" in desk.client.get(mine).text
    assert "排队印制，第 1 份" in desk.client.get(f"{mine}/progress").text
    press, at = desk.house.press, now()
    press.store.write(lambda session: applications.done(session, key, press.desk(at)))
    assert desk.client.get(f"{mine}/progress").status_code == 204
    assert "第 1 份" not in desk.client.get(mine).text


def test_whoever_prepared_it_is_told_beforehand_that_another_has_to_review_it(desk: Portal) -> None:
    with_user(desk, "both", "CLERK", "REVIEWER", "ISSUER")
    key = applied(desk)
    desk.sign_in_as("both")
    assert step(desk, key, "prepare")[0] == 303
    text = page(desk, key)
    assert "由您编制，须由另一人复核与签发" in text
    assert "复核通过" not in text
    status, text = step(desk, key, "review")
    assert (status, row_of(desk, key).state) == (403, State.PREPARED)
    assert "E1102" in text


def test_what_somebody_else_did_meanwhile_is_explained(desk: Portal) -> None:
    key = applied(desk)
    desk.sign_in_as("amaker")
    assert step(desk, key, "prepare")[0] == 303
    status, text = step(desk, key, "prepare")
    assert status == 409
    for word in ("E0614", "待复核", "可能已由别人办理"):
        assert word in text
    subject = load_subject(SAMPLES / "subjects/02-small-housing-builder.yaml")
    changed, at = subject.model_copy(update={"name": "霁川朴厝建设有限公司"}), now()
    desk.house.store.write(lambda session: learn(session, changed, desk.house.press.desk(at)))
    desk.sign_in_as("achecker")
    text = page(desk, key)
    assert "编制之后情况有变" in text
    assert "复核通过" not in text
    status, text = step(desk, key, "review")
    assert (status, "E0616" in text) == (409, True)
    status, text = step(desk, key, "send-back", {"back": " "})
    assert (status, 'id="w-back"' in text) == (422, True)
    assert step(desk, key, "send-back", {"back": "名称已变更，请重新编制"})[0] == 303
    assert "名称已变更，请重新编制" in page(desk, key)
    assert row_of(desk, key).state == State.SUBMITTED


def test_without_evidence_the_applicant_is_asked_for_it(desk: Portal) -> None:
    subject, at = load_subject(SAMPLES / "subjects" / LACKING), now()
    desk.house.store.write(lambda session: learn(session, subject, desk.house.press.desk(at)))
    key = applied(desk, subject.uscc)
    desk.sign_in_as("amaker")
    text = page(desk, key)
    assert "证据不足" in text
    assert "补充材料清单" in text
    assert "<iframe" not in text
    status, text = step(desk, key, "prepare")
    assert (status, "E0401" in text) == (409, True)
    assert text.count("<li>") > 3
    assert desk.client.get(f"/agency/applications/{key}/draft.pdf").status_code == 409
    assert step(desk, key, "return", {"return": "1. 请补交财务报表"})[0] == 303
    row = row_of(desk, key)
    assert (row.state, row.note) == (State.RETURNED, "1. 请补交财务报表")
    assert "请补交财务报表" in page(desk, key)


def test_a_full_queue_says_when_to_come_again(desk: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    key = applied(desk)
    press, place = desk.house.desk_of, desk.house.office
    counter.prepare(press("amaker"), place, key, now())
    counter.review(press("achecker"), place, key, now())
    monkeypatch.setattr(applications, "waiting", lambda _: desk.house.settings.queue)
    desk.sign_in_as("asigner")
    answer = desk.post(f"/agency/applications/{key}/send", {"confirmed": "yes"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert row_of(desk, key).state == State.REVIEWED


def test_the_draft_is_shown_in_this_portal_s_own_frames_alone(
    desk: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def drafted(*given: object) -> bytes:
        made.append(given)
        return b"%PDF-1.7 draft"

    monkeypatch.setattr("reportgen.web.drafts.Drafts._made", drafted)
    key = applied(desk)
    desk.sign_in_as("amaker")
    first, answer = (desk.client.get(f"/agency/applications/{key}/draft.pdf") for _ in range(2))
    assert first.content == answer.content == b"%PDF-1.7 draft"
    assert len(made) == 1, "a draft of the same facts is made once"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in HEADERS["Content-Security-Policy"]


def test_why_there_is_no_draft_is_told_in_its_frame(desk: Portal) -> None:
    path = f"/agency/applications/{applied(desk)}/draft.pdf"
    desk.client.cookies.clear()
    answer = desk.client.get(path, headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 401
    assert "E1110" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert desk.client.get(path).status_code == 303


def test_a_real_draft_is_made_in_a_process_of_its_own(desk: Portal) -> None:
    key = applied(desk)
    desk.sign_in_as("amaker")
    answer = desk.client.get(f"/agency/applications/{key}/draft.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF-")


def test_the_letter_is_handed_out_as_it_was_received_or_not_at_all(desk: Portal) -> None:
    from hashlib import sha256

    content = b"%PDF-1.4 letter"
    desk.house.press.files.write("received/ab.pdf", content)
    key = applied(desk, letter="received/ab.pdf", letter_sha256=sha256(content).hexdigest())
    desk.sign_in_as("amaker")
    answer = desk.client.get(f"/agency/applications/{key}/letter")
    assert (answer.content, answer.headers["Content-Type"]) == (content, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    desk.house.press.files.write("received/ab.pdf", b"another")
    assert "E0909" in desk.client.get(f"/agency/applications/{key}/letter").text


def test_the_queue_shows_what_is_due_first_and_marks_what_is_late_in_words(desk: Portal) -> None:
    desk.sign_in_as("amaker")
    assert "没有待办的申请" in desk.client.get("/agency").text
    for purpose, due in (("甲", 30), ("乙", -50), ("丙", 5)):
        applied(desk, lot=purpose, due_at=now() + timedelta(hours=due))
    text = desk.client.get("/agency").text
    assert text.index("已逾期 2 天") < text.index("还有 5 小时") < text.index("还有 1 天")
    assert "可由您办理" in text
    assert "没有这一状态" in desk.client.get("/agency?state=RETURNED").text
    assert "没有这一状态的申请" in desk.client.get("/agency?project=none").text
    assert desk.client.get("/agency?state=nonsense&page=1").status_code == 200
    assert desk.client.get("/agency/applications/none").status_code == 404


def test_many_applications_have_pages(desk: Portal) -> None:
    for place in range(PAGE + 1):
        applied(desk, lot=str(place))
    desk.sign_in_as("amaker")
    first, second = (desk.client.get(f"/agency?page={place}").text for place in (1, 2))
    assert (first.count("<tr>"), second.count("<tr>")) == (PAGE + 1, 2)
    assert "第 1 / 2 页" in first
    assert "没有第 3 页" in desk.client.get("/agency?page=3").text


def test_nobody_forgotten_by_the_users_comes_in(desk: Portal) -> None:
    key = applied(desk)
    desk.sign_in_as("amaker")
    desk.house.store.write(lambda session: people.close_user(session, "amaker", now()))
    assert desk.client.get(f"/agency/applications/{key}").status_code == 303
