"""One application at the agency's desk: comparing it with the lists, and the way to the facts behind its judgement."""

import re
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import time_machine

from reportgen import counter
from reportgen.registry import applications
from reportgen.registry.applications import claim
from reportgen.registry.editions import enter_lists
from reportgen.store.facts import subject_at
from reportgen.subject.model import Subject
from reportgen.web.evidence import Evidence
from reportgen.zone import now
from tests.listing import row, write_list
from tests.web.applied import submitted
from tests.web.portal import PROJECT, SUBJECT, Portal, with_user
from tests.web.registers import desk, main_of


@pytest.fixture
def staffed(portal: Portal) -> Portal:
    """Return a portal whose agency has three persons, each with one role."""
    for login, role in {"amaker": "CLERK", "achecker": "REVIEWER", "asigner": "ISSUER"}.items():
        with_user(portal, login, role)
    return portal


def asked_for(portal: Portal) -> str:
    return submitted(portal.house.press, PROJECT, purpose="另一用途")


def page(portal: Portal, key: str) -> str:
    answer = portal.client.get(f"/agency/applications/{key}")
    assert answer.status_code == 200, answer.text
    return main_of(answer.text)


def listed(portal: Portal, folder: Path) -> None:
    """Enter a list with an entry of the subject's name and no code."""
    store, by = portal.house.store, desk(portal)
    name = store.read(lambda session: subject_at(session, SUBJECT)).name
    enter_lists(store, write_list(folder / "list.csv", row(name=name, uscc="")), "样本", by.at.date(), by)


def test_without_a_list_nothing_reassures(staffed: Portal) -> None:
    key = asked_for(staffed)
    staffed.sign_in_as("amaker")
    for text in (page(staffed, key), staffed.client.get("/agency/hits").text):
        assert "没有导入过名单，未作比对" in text
        assert "没有待确认的名单命中" not in text
    assert '<button class="plain">比对</button>' not in page(staffed, key)


def test_a_clerk_compares_and_the_reviewer_decides(staffed: Portal, tmp_path: Path) -> None:
    key = asked_for(staffed)
    listed(staffed, tmp_path)
    path = f"/agency/applications/{key}"
    staffed.sign_in_as("asigner")
    assert "比对</button>" not in page(staffed, key)
    assert staffed.post(f"{path}/screen").status_code == 403
    staffed.sign_in_as("amaker")
    text = page(staffed, key)
    assert "其中 1 项尚未记入" in text
    assert "去确认" not in text, "there is nothing yet that could be decided"
    done = staffed.post(f"{path}/screen")
    assert "已与名单比对" in staffed.client.get(done.headers["location"]).text
    assert "尚未记入" not in page(staffed, key)
    staffed.sign_in_as("achecker")
    (link,) = re.findall(r'href="([^"]+)">去确认', page(staffed, key))
    hits = staffed.client.get(link.replace("&amp;", "&")).text
    (number,) = re.findall(r"/agency/hits/(\d+)", hits)
    assert (
        staffed.post(f"/agency/hits/{number}", {"decision": "reject", "reason": "注册地不同"}).status_code
        == 303
    )
    assert "没有待确认的名单命中" in page(staffed, key)
    assert staffed.post("/agency/applications/none/screen").status_code == 404


def test_hits_of_one_subject_are_listed_apart(staffed: Portal, tmp_path: Path) -> None:
    key = asked_for(staffed)
    listed(staffed, tmp_path)
    staffed.sign_in_as("amaker")
    staffed.post(f"/agency/applications/{key}/screen")
    for uscc, found in ((SUBJECT, True), ("91990100MA9C1A023F", False)):
        text = staffed.client.get("/agency/hits", params={"uscc": uscc}).text
        assert ('id="hit-' in text) is found, uscc
        assert "看全部主体的" in text


def test_evidence_leads_to_the_facts(staffed: Portal) -> None:
    key = asked_for(staffed)
    staffed.sign_in_as("amaker")
    text = page(staffed, key)
    assert f'href="/agency/subjects/{SUBJECT}"' in text
    assert f"/agency/projects/one?project={PROJECT}&amp;round=1" in text
    facts = set(re.findall(rf'href="(/agency/subjects/{SUBJECT}\?fact=[^"]+)"', text))
    assert facts
    link = min(link for link in facts if "CON-" in link)
    address, _, anchor = link.partition("#")
    assert f'<details class="fact" id="{anchor}" open>' in staffed.client.get(address).text
    for link in sorted(facts)[:3]:
        address, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in staffed.client.get(address).text, link
    with_user(staffed, "admin1", "ADMIN")
    staffed.sign_in_as("admin1")
    text = page(staffed, key)
    assert "/agency/subjects/" not in text, "he may not see the facts"
    assert "证据：" in text


def test_in_a_joint_venture_each_mark_leads_to_its_member() -> None:
    def member(uscc: str, *ids: str) -> Subject:
        facts = [("facts", SimpleNamespace(id=one)) for one in ids]
        return cast("Subject", SimpleNamespace(uscc=uscc, facts=lambda: iter(facts)))

    evidence = Evidence.of([member("A" * 18, "FIN-1", "CON-1"), member("B" * 18, "FIN-1")])
    pages = {piece: link for piece, link in evidence.pieces("证据：①FIN-1 ②FIN-1 CON-1 FIN-1 ②CON-1") if link}
    assert {piece: link[17:35] for piece, link in pages.items()} == {
        "①FIN-1": "A" * 18,
        "②FIN-1": "B" * 18,
        "CON-1": "A" * 18,
    }
    assert [*evidence.pieces("说明：FIN-1")] == [("说明：FIN-1", "")]


def test_what_is_agreed_to_is_said_before(staffed: Portal) -> None:
    key = asked_for(staffed)
    path = f"/agency/applications/{key}"
    staffed.sign_in_as("amaker")
    assert staffed.post(f"{path}/prepare").status_code == 303
    row_ = staffed.house.store.read(lambda session: applications.by_key(session, key))
    seen = counter.look_at(staffed.house.press, staffed.house.office, row_, now()).judged
    sentence, project = seen.assessment.sentence, seen.request.project.name
    staffed.sign_in_as("achecker")
    now_ = page(staffed, key).split('id="who"')[0]
    assert sentence in now_
    assert project in now_
    staffed.post(f"{path}/review")
    staffed.sign_in_as("asigner")
    confirm = main_of(staffed.post(f"{path}/send").text)
    for word in ("确认签发", sentence, project):
        assert word in confirm


def test_once_issued_the_report_stands_in_the_frame(staffed: Portal, clock: time_machine.Traveller) -> None:
    key, press = asked_for(staffed), staffed.house.press
    path = f"/agency/applications/{key}"
    for login, step in (("amaker", "prepare"), ("achecker", "review"), ("asigner", "send")):
        staffed.sign_in_as(login)
        assert staffed.client.get(f"{path}/report.pdf").status_code == 404
        assert staffed.post(f"{path}/{step}", {"confirmed": "yes"}).status_code == 303
    taken = press.store.write(lambda session: claim(session, "here", now()))
    assert taken is not None
    counter.render(press, staffed.house.office, taken, now())
    text = page(staffed, key)
    assert f'<iframe src="{path}/report.pdf"' in text
    assert "草稿" not in text
    answer = staffed.client.get(f"{path}/report.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Content-Disposition"] == "inline"
    (link, *_) = re.findall(rf'href="(/agency/subjects/{SUBJECT}\?fact=[^"#]+)', text)
    assert "&amp;at=" in link, "what was known then"
    assert staffed.client.get(link.replace("&amp;", "&")).status_code == 200


def test_a_clerk_imports_a_list_and_compares(staffed: Portal, tmp_path: Path) -> None:
    key, form = asked_for(staffed), "/agency/lists/import"
    name = staffed.house.store.read(lambda session: subject_at(session, SUBJECT)).name
    good = write_list(tmp_path / "good.csv", row(name=name, uscc="")).read_bytes()
    bad = write_list(tmp_path / "bad.csv", row(listed_on="某日", uscc="1<b>")).read_bytes()
    words = {"source": "样本网站", "collected_on": "2026-11-20", "whole": "yes"}

    def send(data: bytes, **changes: str) -> tuple[int, str]:
        answer = staffed.post(form, {**words, **changes}, files={"file": ("名单.csv", data)})
        return answer.status_code, answer.text

    staffed.sign_in_as("achecker")
    assert send(good)[0] == 403
    assert form not in staffed.client.get("/agency/standing").text
    staffed.sign_in_as("amaker")
    assert form in staffed.client.get("/agency/standing").text
    for wrong, field in (
        ({"source": ""}, "source"),
        ({"source": "长" * 201}, "source"),
        ({"collected_on": "昨天"}, "collected_on"),
        ({"collected_on": "2026-12-31"}, "collected_on"),
        ({"whole": ""}, "whole"),
    ):
        status, text = send(good, **wrong)
        assert (status, f'id="w-{field}"' in text) == (422, True), wrong
    status, text = send(bad)
    assert status == 422
    assert "没有导入任何一行" in text
    assert "第 2 行“列入日期”" in text
    assert "<b>" not in text.split('class="note bad"')[1].split("</ul>")[0].replace("<b>没有", "")
    for data in (b"", b"\x00\xff\xfe", b"a,b\n1,2\n"):
        status, text = send(data)
        assert (status, 'id="w-file"' in text) == (422, True), data
        assert str(tempfile.gettempdir()) not in main_of(text)
    assert "没有导入过名单" in page(staffed, key)
    done = staffed.post(form, words, files={"file": ("名单.csv", good)})
    assert "名单已导入" in staffed.client.get(done.headers["location"]).text
    assert "其中 1 项尚未记入" in page(staffed, key)
