"""The register from the command line: one report, one project, one use, in an office of its own."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import update
from sqlmodel import Session

from reportgen import pipeline
from reportgen.document.typeset import Typeset
from reportgen.intake.files import load_project, load_subject
from reportgen.registry import lifecycle
from reportgen.registry.tables import ReportRow
from reportgen.settings import asset_dir, database_url, find_office
from reportgen.store.engine import open_store
from reportgen.store.migrate import downgrade
from reportgen.store.tables import ROLES
from tests.cli.desk import refused, run, said, told
from tests.document import pdf
from tests.factories import record_data, write_json

pytestmark = pytest.mark.usefixtures("at_the_desk")

SAMPLES = asset_dir("sample_subjects")
BUILDER = SAMPLES / "subjects" / "02-small-housing-builder.yaml"
SMALL, LARGE = (SAMPLES / "projects" / f"housing-{size}.yaml" for size in ("small", "large"))
USCC, SCHOOL, OTHER = "91990102MA9C2K077N", "129901024KH7058200", "91990102MA9C000128"
PROJECT = "JCYP-FJ-2026-0233"
WORDS = (USCC, "--project", PROJECT, "--recipient", SCHOOL, "--authorisation", "样例授〔2026〕1号")
USE = ("--project", PROJECT, "--by", SCHOOL)
KEY = "a" * 64
WRONG = ("--wrong", "注册资本", "--right", "实缴资本", "--found", "来信核查")
QUARTER, TODAY = "2026Q4", date(2026, 11, 22)
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("supersede", "N", *WORDS),
    ("report", "list"),
    ("report", "show", "N"),
    ("report", "archive", "N"),
    ("archive", "refresh", "N"),
    ("consume", "N", *USE),
    ("annul", "N", "--second", "b"),
    ("revoke", "N", "--reason", "fraud"),
    ("revoke", "--key", KEY, "--since", "2026-11-01"),
    ("correct", "N", *WRONG),
    ("dispute", "open", USCC, "R", "--grounds", "有误"),
    ("dispute", "list"),
    ("dispute", "close", "1", "--ending", "kept", "--answer", "答"),
    ("usage", "--quarter", "2026Q4"),
    ("sweep",),
    ("erase",),
    ("user", "list"),
    ("staff", "list"),
    ("agency", "show"),
    ("agency", "lose", "--on", "2026-12-01"),
)


def staffed(*others: str) -> None:
    """Register the one who acts, in every role, and others in none."""
    for login in ("clerk", *others):
        said("user", "add", login, "--name", f"样例 {login}")
    for role in ROLES:
        said("user", "grant", "clerk", role.lower())


@pytest.fixture
def office(office_with: Callable[..., Path]) -> Path:
    """Return an office that knows one subject and two projects."""
    return office_with(("subject", "import", BUILDER), ("project", "import", SMALL, LARGE))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a report in no time and sign nothing; pages and signatures are tested elsewhere."""

    def set_quickly(judged: object, identity: Any) -> Typeset:
        return Typeset(f"{identity.number} {identity.issued_at}".encode(), 1)

    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: pipeline.Finished(done))


@pytest.fixture
def number(office: Path, quick: None) -> str:
    """Return the number of a report that the office has issued."""
    return str(told("issue", *WORDS)["number"])


def written(office: Path, work: Callable[[Session], object]) -> None:
    found = find_office(office)
    assert found is not None
    store = open_store(database_url(found))
    store.write(work)
    store.close()


def test_a_report_goes_through_the_register_from_issue_to_revocation(office: Path, tmp_path: Path) -> None:
    first = told("issue", *WORDS)
    number, file = first["number"], Path(first["file"])
    assert file.is_relative_to(office / "files")
    assert file.read_bytes().startswith(b"%PDF")
    assert told("issue", *WORDS) == first | {"repeated": True}
    assert "仍是同一份报告" in said("issue", *WORDS)

    shown = told("report", "show", number)
    assert (shown["summary"]["state"], shown["file_matches"]) == ("有效", True)
    assert [event["what"] for event in shown["events"]] == ["编制草稿", "复核", "给号", "排印", "签发"]
    assert {event["actor"] for event in shown["events"]} == {"clerk"}

    assert refused("consume", file, "--project", "JCTL-FJ-2026-0241", "--by", SCHOOL) == ("E0603", 6)
    assert refused("consume", number, "--project", PROJECT, "--by", OTHER) == ("E0603", 6)
    assert "已核销，用于" in said("consume", file, *USE)
    assert "真实，已用于本项目" in said("consume", number, *USE)
    assert told("consume", number.lower(), *USE)["outcome"] == "ALREADY"
    assert refused("consume", number, "--project", PROJECT, "--by", OTHER) == ("E0603", 6)

    assert refused("annul", number, "--second", "second") == ("E0354", 3)
    staffed("second")
    assert refused("annul", number, "--second", "clerk") == ("E1102", 11)
    assert "误核销已撤回" in said("annul", number, "--second", "second")
    assert told("consume", number, "--project", SMALL, "--by", SCHOOL)["outcome"] == "USED"

    assert "已撤销" in said("revoke", number, "--reason", "fact-wrong")
    assert refused("consume", number, *USE) == ("E0602", 6)
    assert refused("revoke", number, "--reason", "fact-wrong") == ("E0605", 6)
    assert told("report", "show", number)["summary"]["usable"] is False

    lines = told("usage", "--quarter", QUARTER)
    assert [(line["issued"], line["used"]) for line in lines] == [(1, 1)]
    assert not list(tmp_path.glob("*.pdf"))


def test_a_copy_goes_where_it_is_wanted(office: Path, quick: None, tmp_path: Path) -> None:
    done = told("issue", *WORDS, "-o", tmp_path / "copy.pdf")
    kept = office / "files" / told("report", "show", done["number"])["file"]
    assert (tmp_path / "copy.pdf").read_bytes() == kept.read_bytes()
    assert told("consume", tmp_path / "copy.pdf", *USE)["number"] == done["number"]


def test_an_office_without_a_database_issues_unregistered(office: Path, quick: None, tmp_path: Path) -> None:
    (office / "office.sqlite3").unlink()
    words = (BUILDER, "--project", SMALL, *WORDS[3:], "-o", tmp_path)
    done = told("issue", *words)
    assert Path(done["file"]).parent == tmp_path
    assert told("issue", *words)["repeated"] is False
    assert not (office / "office.sqlite3").exists()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_without_an_office_there_is_no_register(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if words[0] == "supersede":
        words = ("supersede", "N", str(BUILDER), "--project", str(SMALL), *WORDS[3:])
    assert refused(*words) == ("E0357", 3)


@pytest.mark.parametrize("words", [w for w in COMMANDS if "N" in w])
def test_a_number_that_nobody_allotted_is_not_genuine(
    office: Path, quick: None, words: tuple[str, ...]
) -> None:
    staffed("b")
    assert refused(*words) == ("E0502", 5)


def test_a_file_that_the_register_does_not_know_is_not_genuine(number: str, tmp_path: Path) -> None:
    path = tmp_path / "altered.pdf"
    path.write_bytes(b"%PDF altered")
    assert refused("consume", path, *USE) == ("E0503", 5)
    assert refused("consume", tmp_path / "nowhere.pdf", *USE) == ("E0302", 3)


def test_a_slip_is_no_misuse(number: str) -> None:
    assert refused("consume", number, "--project", PROJECT, "--by", "12") == ("E0301", 3)
    assert refused("consume", number, *USE, "--lot", "9") == ("E0306", 3)
    assert len(told("report", "show", number)["events"]) == 5


def test_a_report_past_its_date_is_expired_and_another_may_follow(number: str) -> None:
    with time_machine.travel("2027-05-01 09:30:00+08:00", tick=True):
        assert refused("consume", number, *USE) == ("E0604", 6)
        assert [item["number"] for item in told("report", "list", "--state", "已过期")] == [number]
        assert told("report", "list", "--state", "有效") == []
        assert told("issue", *WORDS)["number"] != number


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), True),
        (("--state", "有效"), True),
        (("--state", "已核销"), False),
        (("--project", PROJECT, "--round", "1", "--lot", ""), True),
        (("--project", PROJECT, "--round", "2"), False),
        (("--lot", "A"), False),
        (("--subject", USCC), True),
        (("--subject", OTHER), False),
    ],
)
def test_reports_are_listed_as_wanted(number: str, words: tuple[str, ...], found: bool) -> None:
    assert [item["number"] for item in told("report", "list", *words)] == ([number] if found else [])
    assert f"共 {int(found)} 份" in said("report", "list", *words)


def test_a_successor_and_its_predecessor_name_each_other(number: str) -> None:
    new = told("supersede", number, *WORDS)["number"]
    assert told("supersede", number, *WORDS) == told("supersede", number, *WORDS)
    old, successor = told("report", "show", number), told("report", "show", new)
    assert (old["later"], successor["earlier"]) == ([new], [number])
    assert [change["word"] for change in old["summary"]["changes"]] == ["被替代"]
    assert f"其后编号  {new}" in said("report", "show", number)
    assert told("consume", number, *USE)["outcome"] == "USED"


def test_a_successor_is_for_the_same_use(number: str) -> None:
    owner = load_project(LARGE).owner.uscc
    words = (USCC, "--project", "JCTL-FJ-2026-0241", "--recipient", owner, "--authorisation", "1")
    assert refused("supersede", number, *words) == ("E0610", 6)
    assert told("report", "show", number)["summary"]["changes"] == []


def test_a_file_that_is_gone_or_altered_is_said_to_be_so(office: Path, number: str) -> None:
    file = office / "files" / told("report", "show", number)["file"]
    file.write_bytes(b"altered")
    assert told("report", "show", number)["file_matches"] is False
    assert "与登记不一致" in said("report", "show", number)


def test_a_correction_goes_out_as_a_notice_and_leaves_the_report_as_it_is(
    office: Path, number: str, tmp_path: Path
) -> None:
    said("consume", number, *USE)
    copy = tmp_path / "notice.pdf"
    assert f"{number}-G1" in said("correct", number, *WRONG, "-o", copy)
    (kept,) = office.glob(f"files/*/*/{number}-G1.pdf")
    assert copy.read_bytes() == kept.read_bytes()
    words = pdf.text(copy)
    for word in ("更正通知书", number, "注册资本", "实缴资本", "来信核查"):
        assert word in words
    # The subject reads it as well, who learns of a use from the award notice on.
    assert "已核销" not in words
    assert told("report", "show", number)["summary"]["state"] == "已核销"
    assert "已出更正通知" in said("report", "show", number)


def test_every_correction_says_what_is_right(number: str) -> None:
    assert run("correct", number, *WRONG, "--wrong", "又一处").exit_code == 2


def test_new_facts_mark_the_report_and_leave_it_usable(number: str, tmp_path: Path) -> None:
    facts = load_subject(BUILDER).model_dump(mode="json")
    new = record_data(id="NEW-1", source=facts["sources"][0]["id"], severity="严重")
    path = write_json(tmp_path / "later.json", facts | {"records": [*facts["records"], new]})
    said("subject", "import", path)
    summary = told("report", "show", number)["summary"]
    assert ([c["word"] for c in summary["changes"]], summary["usable"]) == (["需更新"], True)


def _fact(number: str) -> str:
    """Return a record that the report rests on."""
    facts = told("subject", "show", USCC)["records"]
    return str(facts[0]["id"])


def test_an_objection_is_opened_listed_and_closed(number: str, tmp_path: Path) -> None:
    fact = _fact(number)
    grounds = tmp_path / "grounds.txt"
    grounds.write_text("王某某可以作证", "utf-8")
    case = told("dispute", "open", USCC, fact, "--grounds", grounds)
    assert "王某某" not in json.dumps(case, ensure_ascii=False)
    assert refused("dispute", "open", USCC, fact, "--grounds", "又") == ("E0608", 6)
    assert refused("dispute", "open", USCC, "NO-1", "--grounds", "有误") == ("E0359", 3)
    assert _state(fact) == "异议中"
    assert "逾期" not in said("dispute", "list")
    with time_machine.travel("2028-01-01 09:30:00+08:00", tick=True):
        assert f"【逾期】异议 {case['id']}" in said("dispute", "list")
    closed = ("dispute", "close", case["id"], "--ending", "kept", "--answer", "已核查无误")
    assert "维持" in said(*closed, "--statement", "保留意见")
    assert refused(*closed) == ("E0609", 6)
    assert _state(fact) == "有效"
    assert told("dispute", "list") == []


def _state(fact: str) -> str:
    return next(str(r["state"]) for r in told("subject", "show", USCC)["records"] if r["id"] == fact)


@pytest.mark.parametrize(("ending", "kept"), [("corrected", True), ("deleted", False)])
def test_an_objection_upheld_says_what_follows(number: str, ending: str, kept: bool) -> None:
    fact = _fact(number)
    case = told("dispute", "open", USCC, fact, "--grounds", "有误")
    done = said("dispute", "close", case["id"], "--ending", ending, "--answer", "有误，已改")
    assert "已标明需更新" in done
    assert (fact in {r["id"] for r in told("subject", "show", USCC)["records"]}) is kept


def test_what_a_crash_left_is_swept_up(office: Path, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> Any:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle, "issued", crash)
        run("issue", *WORDS)
    (left,) = told("report", "list")
    assert left["state"] == "签发中"
    assert refused("consume", left["number"], *USE) == ("E0607", 6)
    assert "没有中断的签发" in said("sweep")
    assert told("sweep", "--minutes", "0")["reports"] == [{"number": left["number"], "state": "ISSUED"}]
    assert told("consume", left["number"], *USE)["outcome"] == "USED"


def test_without_its_filing_the_agency_issues_nothing(office: Path, quick: None) -> None:
    number = told("issue", *WORDS)["number"]
    assert told("agency", "show")["in_force"] is True
    assert "机构备案" not in said("report", "show", number)
    assert number in said("agency", "lose", "--on", TODAY)
    assert (told("agency", "show")["in_force"], told("agency", "show")["filing_lost_on"]) == (
        False,
        str(TODAY),
    )
    assert f"自 {TODAY} 起失去" in said("agency", "show")
    assert "出具时没有备案" in said("report", "show", number)
    assert refused("supersede", number, *WORDS) == ("E1101", 11)
    assert told("consume", number, *USE)["outcome"] == "USED"
    settings = office / "reportgen.toml"
    renewed = settings.read_text("utf-8").replace("样例备〔2026〕0001号", "样例备〔2026〕0002号")
    settings.write_text(renewed, "utf-8")
    assert told("supersede", number, *WORDS)["number"] != number


def test_a_filing_lost_later_leaves_what_was_issued_before(number: str) -> None:
    assert number not in said("agency", "lose", "--on", "2026-11-23")
    assert "本报告出具在前" in said("report", "show", number)
    assert told("supersede", number, *WORDS)["number"] != number
    with time_machine.travel("2026-11-23 00:00:00+08:00", tick=True):
        assert refused("issue", *WORDS, "--purpose", "另一用途") == ("E1101", 11)


def test_a_used_report_is_archived_by_its_number_or_with_its_project(office: Path, quick: None) -> None:
    first, second = (told("issue", *WORDS, "--purpose", text)["number"] for text in ("甲", "乙"))
    assert refused("report", "archive", first) == ("E0605", 6)
    for number in (first, second):
        said("consume", number, *USE)
    assert told("report", "archive", first) == [{"number": first, "state": "ARCHIVED"}]
    assert refused("report", "archive", second, first) == ("E0605", 6)
    assert told("report", "show", second)["summary"]["state"] == "已核销"
    assert f"{second}  已归档" in said("report", "archive", "--project", PROJECT)
    assert told("report", "show", second)["events"][-1]["what"] == "归档"
    assert "共 0 份" in said("report", "archive", "--project", PROJECT)
    assert "已撤销" in said("revoke", first, "--reason", "requested")


@pytest.mark.parametrize(
    "words",
    [
        ("report", "archive"),
        ("report", "archive", "N", "--project", PROJECT),
        ("revoke",),
        ("revoke", "N"),
        ("revoke", "--reason", "fraud"),
        ("revoke", "--key", KEY),
        ("revoke", "N", "--reason", "fraud", "--key", KEY),
        ("revoke", "N", "--reason", "fraud", "--key", KEY, "--since", "2026-11-01"),
        ("revoke", "--key", KEY, "--since", "昨天"),
        ("revoke", "--key", KEY, "--since", "2026-11-01T09:30:00+08:00"),
    ],
)
def test_half_a_question_is_wrong_use(office: Path, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_what_a_compromised_key_signed_is_revoked_in_one_go(office: Path, number: str) -> None:
    written(office, lambda session: session.execute(update(ReportRow).values(key_id=KEY)))
    assert "共 0 份" in said("revoke", "--key", KEY, "--since", "2026-11-23")
    assert told("revoke", "--key", KEY, "--since", "2026-11-22T09:30")["numbers"] == [number]
    assert refused("consume", number, *USE) == ("E0602", 6)
    assert refused("revoke", "--key", "张三", "--since", "2026-11-22") == ("E0301", 3)


def test_statistics_are_written_as_files_too(number: str, tmp_path: Path) -> None:
    table, book = tmp_path / "usage.csv", tmp_path / "usage.xlsx"
    text = said("usage", "--quarter", QUARTER, "--csv", table, "--xlsx", book)
    assert "合计  出具 1  使用 0" in text
    rows = list(csv.reader(table.read_text("utf-8-sig").splitlines()))
    assert rows[1][-2:] == ["1", "0"]
    assert book.read_bytes().startswith(b"PK")
    assert refused("usage", "--quarter", "2026第三季度") == ("E0201", 2)


def test_users_are_entered_once_and_closed_for_good(office: Path) -> None:
    said("user", "add", "a.b", "--name", "样例甲")
    assert refused("user", "add", "a.b", "--name", "样例乙") == ("E0355", 3)
    assert "尚无角色" in said("user", "list")
    assert "已授予管理" in said("user", "grant", "a.b", "admin")
    assert refused("user", "close", "a.b") == ("E1107", 11)
    assert told("user", "list") == [{"login": "a.b", "closed": False, "roles": ["ADMIN"]}]
    assert "停用" in said("user", "close", "a.b", "--login", "a.b")
    assert refused("user", "close", "a.b") == ("E0354", 3)
    assert told("user", "list") == [{"login": "a.b", "closed": True, "roles": []}]
    assert "样例甲" not in said("user", "list")


GUARDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("issue", WORDS),
    ("supersede", ("N", *WORDS)),
    ("revoke", ("N", "--reason", "fraud")),
    ("revoke", ("--key", KEY, "--since", "2026-11-01")),
    ("annul", ("N", "--second", "first")),
    ("correct", ("N", *WRONG)),
    ("report", ("archive", "N")),
    ("dispute", ("open", USCC, "R", "--grounds", "有误")),
    ("dispute", ("close", "1", "--ending", "kept", "--answer", "答")),
    ("subject", ("import", str(BUILDER))),
    ("project", ("import", str(SMALL))),
    ("usage", ("--quarter", QUARTER)),
    ("user", ("add", "c", "--name", "样例")),
    ("user", ("close", "first")),
    ("user", ("grant", "clerk", "admin")),
    ("user", ("withdraw", "first", "admin")),
    ("staff", ("add", "样例甲", "--post", "编制", "--since", "2026-01-01")),
    ("staff", ("leave", "样例甲", "--on", "2026-01-01")),
    ("staff", ("record", "样例甲", "--on", "2026-01-01", "--kind", "培训", "--text", "样例")),
    ("agency", ("lose", "--on", "2026-12-01")),
)


def test_who_has_no_role_for_it_does_nothing(number: str) -> None:
    said("user", "add", "first", "--name", "样例")
    said("user", "grant", "first", "admin")
    before = told("report", "show", number)
    for name, words in GUARDED:
        assert refused(name, *(number if word == "N" else word for word in words)) == ("E1107", 11), words
    assert told("report", "show", number) == before
    assert "经办（clerk）" in str(run("subject", "import", BUILDER).exception)


def test_staff_sign_while_they_are_in_post(office: Path, quick: None) -> None:
    for name in ("编制员甲", "复核员乙"):
        said("staff", "add", name, "--post", "岗位", "--since", "2026-01-01")
    assert refused("issue", *WORDS) == ("E1102", 11)
    said("staff", "add", "签发员丙", "--post", "签发", "--since", "2026-01-01")
    said("staff", "record", "复核员乙", "--on", TODAY, "--kind", "停职", "--text", "样例")
    assert "复核员乙于" in str(run("issue", *WORDS).exception)
    assert [item["signs"] for item in told("staff", "list")] == [True, False, True]
    said("staff", "record", "复核员乙", "--on", TODAY, "--kind", "复职", "--text", "样例")
    told("issue", *WORDS)
    assert [item["kind"] for item in told("staff", "show", "复核员乙")] == ["停职", "复职"]
    assert "停职  样例" in said("staff", "show", "复核员乙")
    said("staff", "leave", "签发员丙", "--on", "2026-11-21")
    assert "签发员丙  签发  2026-01-01 至 2026-11-21  不得署名" in said("staff", "list")
    assert refused("supersede", "N", *WORDS) == ("E1102", 11)


def test_an_office_of_another_version_is_left_alone_until_it_is_upgraded(office: Path) -> None:
    found = find_office(office)
    assert found is not None
    store = open_store(database_url(found))
    downgrade(store, "0002")
    store.close()
    for words in (
        ("report", "list"),
        ("subject", "import", BUILDER),
        ("subject", "show", USCC),
        ("issue", *WORDS),
    ):
        assert refused(*words) == ("E0911", 9)
    said("db", "upgrade")
    assert "共 0 份" in said("report", "list")


@pytest.mark.parametrize("login", ["甲", "a b", "13800138000"])
def test_who_acts_is_a_login(number: str, login: str) -> None:
    done = run("correct", number, *WRONG, "--login", login)
    assert done.exit_code == 2


def test_a_name_of_the_system_that_is_no_login_is_the_office(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORTGEN_LOGIN")
    monkeypatch.setattr("getpass.getuser", lambda: "张三")
    said("correct", number, *WRONG)
    assert told("report", "show", number)["events"][-1]["actor"] == "office"


def test_nothing_secret_is_printed(office: Path, number: str) -> None:
    secret = (office / "office.secret").read_bytes().hex()
    printed = "".join(run(*(w if w != "N" else number for w in words)).output for words in COMMANDS)
    assert secret not in printed
    assert str(office / "office.sqlite3") not in printed
