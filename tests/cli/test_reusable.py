"""`reportgen record` and `reportgen grade --authorisation`: the two documents that are bound to no project."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine

from reportgen import pipeline, reusable
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_subject
from reportgen.registry.numbers import verification_code
from reportgen.settings import OFFICE_FILE, asset_dir, read_office
from tests.cli.desk import refused, run, said, told
from tests.factories import record_data, write_json

pytestmark = pytest.mark.usefixtures("at_the_desk")

SUBJECTS = asset_dir("sample_subjects") / "subjects"
BUILDER, BREACHER = SUBJECTS / "02-small-housing-builder.yaml", SUBJECTS / "08-repaired-and-disputed.yaml"
USCC, OTHER = "91990102MA9C2K077N", "91990300MA9C8R554Y"
BY = ("--authorisation", "样例授〔2026〕1号")
RECORD = ("record", USCC, *BY)
GRADE = ("grade", USCC, "--region", "210500", *BY)
TOMORROW = "2026-11-23 09:30:00+08:00"


def twin_of(path: Path) -> set[str]:
    with pikepdf.open(path) as opened:
        return set(opened.attachments)


def number_of(*words: object) -> str:
    return str(told(*words)["number"])


def shown(number: str) -> Any:
    return told("report", "show", number)


@pytest.fixture
def office(office_with: Callable[..., Path]) -> Path:
    return office_with(("subject", "import", BUILDER, BREACHER))


@pytest.fixture
def quick(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a document in no time and sign nothing; pages and signatures are tested elsewhere."""

    def set_quickly(found: object, subject: object, issuer: object, identity: Any) -> Typeset:
        return Typeset(f"{identity.number} {identity.issued_at} {identity.valid_until}".encode(), 2)

    monkeypatch.setattr(reusable, "_typeset", set_quickly)
    monkeypatch.setattr(reusable, "certified", lambda done, *_: pipeline.Finished(done))


@pytest.mark.parametrize(
    ("words", "kind", "twin"),
    [(RECORD, "信用记录", "record.json"), (GRADE, "综合信用等级证书", "grade.json")],
)
def test_a_document_is_issued_signed_verified_and_used_any_number_of_times(
    office: Path, words: tuple[str, ...], kind: str, twin: str, tmp_path: Path
) -> None:
    done = told(*words, "-o", tmp_path / "copy.pdf")
    assert done["kind"].startswith(kind)
    kept = office / "files" / shown(done["number"])["file"]
    assert kept.read_bytes() == (tmp_path / "copy.pdf").read_bytes()
    assert twin_of(kept) == {twin}
    (found,) = told("verify", kept)
    assert (found["verdict"], found["exit"], found["number"]) == ("GENUINE", 0, done["number"])
    assert found["sentence"].endswith(f"真实：{kind}，在有效期内可重复使用")
    points = {point["key"]: point["ok"] for point in found["points"]}
    assert points.pop("place") is None
    assert set(points.values()) == {True}
    asked = run("verify", kept, "--project", "P-1")
    assert asked.exit_code == 6
    assert "不是为所问的项目出具的信用报告" in asked.stdout
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(kept.read_bytes() + b"\n")
    assert run("verify", altered).exit_code == 5


def test_a_paper_is_told_by_its_kind(office: Path, quick: None) -> None:
    secret = read_office(office / OFFICE_FILE).secret()
    number, other = number_of(*RECORD), number_of(*GRADE)
    words = said("verify", "--number", number, "--code", verification_code(secret, number))
    assert "登记簿有这份信用记录" in words
    assert not {"申请人", "结论", "使用单位"} & set(re.findall(r"\w+", words))
    words = said("verify", "--number", other, "--code", verification_code(secret, other))
    assert "登记簿有这份综合信用等级证书" in words
    assert re.search(r"等级\s+A\n", words)


def test_the_same_facts_on_the_same_day_are_the_same_record(quick: None) -> None:
    first = told(*RECORD)
    assert told(*RECORD) == first | {"repeated": True}
    assert "仍是同一份" in said(*RECORD)
    with time_machine.travel(TOMORROW, tick=True):
        again = number_of(*RECORD)
    assert again != first["number"]
    assert {item["state"] for item in told("report", "list")} == {"有效"}


def test_new_facts_give_a_new_record_and_mark_the_old_one(quick: None, tmp_path: Path) -> None:
    old = number_of(*RECORD)
    facts = load_subject(BUILDER).model_dump(mode="json")
    new = record_data(id="NEW-1", source=facts["sources"][0]["id"], severity="严重")
    said(
        "subject",
        "import",
        write_json(tmp_path / "later.json", facts | {"records": [*facts["records"], new]}),
    )
    assert number_of(*RECORD) != old
    assert [change["word"] for change in shown(old)["summary"]["changes"]] == ["需更新"]


def test_nobody_uses_up_or_corrects_what_is_no_report(quick: None) -> None:
    for number in (number_of(*RECORD), number_of(*GRADE)):
        assert refused("consume", number, "--project", "P-1", "--by", OTHER) == ("E0611", 6)
        assert shown(number)["events"][-1]["what"] == "拒绝核销"
        wrong = ("--wrong", "甲", "--right", "乙", "--found", "丙")
        assert refused("correct", number, *wrong) == ("E0605", 6)
        assert refused("report", "archive", number) == ("E0605", 6)
        assert "不核销" in said("report", "show", number)


def test_a_revoked_document_is_refused(quick: None, office: Path) -> None:
    number = number_of(*RECORD)
    file = office / "files" / shown(number)["file"]
    said("revoke", number, "--reason", "fact-wrong")
    assert shown(number)["summary"]["usable"] is False
    assert number_of(*RECORD) != number
    assert file.is_file()


def test_a_subject_holds_one_certificate_until_another_takes_its_place(quick: None) -> None:
    first = told(*GRADE)
    assert (first["said"], first["valid_until"]) == ("A", "2027-11-22")
    with time_machine.travel(TOMORROW, tick=True):
        assert told(*GRADE) == first | {"repeated": True}
        assert refused(*GRADE, "--years", "2") == ("E0606", 6)
        second = told(*GRADE, "--years", "2", "--supersedes", first["number"])
    assert second["valid_until"] == "2028-11-23"
    old, new = shown(first["number"]), shown(second["number"])
    assert (old["summary"]["state"], old["summary"]["usable"]) == ("被替代", False)
    assert (new["summary"]["state"], new["earlier"]) == ("有效", [first["number"]])


def test_a_certificate_ends_and_the_same_request_gives_the_next(quick: None) -> None:
    first = number_of(*GRADE)
    said("subject", "import", BUILDER)
    with time_machine.travel("2027-11-22 23:59:00+08:00", tick=True):
        assert shown(first)["summary"]["state"] == "有效"
    with time_machine.travel("2027-11-23 00:01:00+08:00", tick=True):
        assert shown(first)["summary"]["state"] == "已过期"
        # The facts have grown old with it: without a fresh look-up nobody is graded.
        assert refused(*GRADE) == ("E0401", 4)


def test_a_certificate_takes_the_place_of_its_own_kind_only(quick: None) -> None:
    record, other = number_of(*RECORD), number_of("grade", OTHER, "--region", "210500", *BY)
    for number in (record, other):
        assert refused(*GRADE, "--supersedes", number) == ("E0610", 6)
    assert told("report", "list", "--subject", USCC)[0]["number"] == record


@pytest.mark.parametrize(
    "words",
    [
        ("--supersedes", "XY-1"),
        ("-o", "x.pdf"),
        (*BY, "--on", "2026-11-21"),
    ],
)
def test_the_options_of_a_certificate_go_together(quick: None, words: tuple[str, ...]) -> None:
    assert run(*GRADE[:4], *words).exit_code == 2


def test_without_evidence_enough_no_certificate_is_issued(quick: None, tmp_path: Path) -> None:
    facts = load_subject(BUILDER).model_dump(mode="json")
    open_ended = [source | {"complete_for": []} for source in facts["sources"]]
    path = write_json(tmp_path / "open.json", facts | {"sources": open_ended})
    assert refused("grade", path, "--region", "210500", *BY) == ("E0401", 4)
    assert told("report", "list") == []


def test_an_agency_without_the_filing_issues_records_and_no_grades(quick: None, office: Path) -> None:
    settings = (office / OFFICE_FILE).read_text("utf-8")
    head, _, rest = settings.partition("[agency.grading]")
    (office / OFFICE_FILE).write_text(head + "[seal]" + rest.partition("[seal]")[2], "utf-8")
    assert refused(*GRADE) == ("E1104", 11)
    assert number_of(*RECORD)


def test_nobody_issues_without_a_role(quick: None) -> None:
    said("user", "add", "clerk", "--name", "样例")
    said("user", "grant", "clerk", "clerk")
    assert refused(*RECORD) == refused(*GRADE) == ("E1107", 11)


def test_an_agency_tells_nothing_of_itself(quick: None, tmp_path: Path) -> None:
    facts = load_subject(BUILDER).model_dump(mode="json") | {"uscc": "91990102MA9C000128"}
    path = write_json(tmp_path / "self.json", facts)
    assert refused("record", path, *BY) == ("E1103", 11)


def test_what_cannot_be_typeset_gets_no_number(quick: None, tmp_path: Path) -> None:
    facts = load_subject(BUILDER).model_dump(mode="json") | {"name": "\ue000公司"}
    assert refused("record", write_json(tmp_path / "odd.json", facts), *BY) == ("E0701", 7)
    assert told("report", "list") == []


@pytest.mark.parametrize("words", [RECORD, GRADE])
def test_what_a_crash_left_is_finished_with_the_same_number(
    quick: None, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(reusable, "certified", lambda *_: 1 // 0)
        assert isinstance(run(*words).exception, ZeroDivisionError)
    (left,) = told("report", "list")
    assert left["state"] == "签发中"
    with time_machine.travel(TOMORROW, tick=True):
        assert told("sweep", "--minutes", "0")["reports"] == [{"number": left["number"], "state": "ISSUED"}]
    assert shown(left["number"])["file_matches"] is True


def test_what_cannot_be_finished_gives_up_its_number(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ReportgenError("E0804", detail="")

    with monkeypatch.context() as patch:
        patch.setattr(reusable, "certified", fails)
        assert refused(*RECORD)[0] == "E0804"
    (left,) = told("report", "list")
    assert left["state"] == "作废"
    assert number_of(*RECORD) != left["number"]


def test_what_was_left_out_is_for_auditor_and_subject_alone(quick: None, tmp_path: Path) -> None:
    path = tmp_path / "left-out.json"
    said("record", OTHER, *BY, "--omissions", path)
    assert {one["reason"] for one in json.loads(path.read_text("utf-8"))} == {"已修复"}
    assert path.stat().st_mode & 0o077 == 0


def test_usage_counts_them_by_kind(quick: None) -> None:
    said(*RECORD)
    said(*GRADE)
    lines = told("usage", "--quarter", "2026Q4")
    found = {(line["kind"], line["conclusion"], line["issued"], line["used"]) for line in lines}
    assert found == {("信用记录", "", 1, 0), ("综合信用等级证书", "A", 1, 0)}
    assert "不绑定项目与使用单位" in said("usage", "--quarter", "2026Q4")


def test_an_erased_fact_leaves_no_file_to_give_again(quick: None, office: Path) -> None:
    number = number_of(*RECORD)
    case = told("dispute", "open", USCC, load_subject(BUILDER).records[0].id, "--grounds", "有误")["id"]
    assert shown(number)["summary"]["changes"][0]["word"] == "异议中"
    said("dispute", "close", case, "--ending", "deleted", "--answer", "删除")
    said("erase")
    gone = shown(number)
    assert (gone["file"], bool(gone["sha256"])) == ("", True)
    assert not list((office / "files").rglob(f"{number}*.pdf"))


def test_without_an_office_there_is_no_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (RECORD, GRADE):
        assert refused(words[0], BUILDER, *words[2:]) == ("E0357", 3)


def test_the_day_of_issue_is_the_day_that_is_told(quick: None) -> None:
    assert told(*RECORD)["valid_until"] == str(date(2027, 2, 20))
