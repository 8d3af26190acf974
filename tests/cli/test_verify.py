"""`reportgen verify` as a person runs it: by the register, by a manifest, by neither, and with a paper alone."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import update
from sqlmodel import Session, col

from reportgen.certify.manifest import make_manifest
from reportgen.certify.manifest_key import office_key, public_name
from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle
from reportgen.registry.numbers import verification_code
from reportgen.registry.tables import ReportRow
from reportgen.settings import asset_dir, database_url, find_office
from reportgen.store.engine import open_store
from reportgen.store.migrate import downgrade
from reportgen.store.tables import AgencyRow
from tests.certify import listing
from tests.certify.pki import NAME, pem, pki
from tests.certify.reports import small
from tests.factories import project_data, write_json
from tests.registry.lives import DESK, SECRET, SUBJECT, USE, at, issued

MOMENT = "2026-12-01 09:30:00+08:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["verify", *map(str, words)])


def said(*words: object) -> tuple[int, str]:
    done = run(*words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def told(*words: object) -> Any:
    return json.loads(said(*words, "--json")[1])


def refused(*words: object) -> tuple[str, int]:
    error = run(*words).exception
    assert isinstance(error, ReportgenError), error
    return error.code, int(error.exit_code)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in a folder that is no office, at a moment."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(MOMENT, tick=True):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(small())
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root.pem"
    path.write_bytes(pem([pki().own.root.certificate]))
    return path


def wrote(folder: Path, work: Callable[[Session], Any]) -> Any:
    office = find_office(folder)
    assert office is not None
    store = open_store(database_url(office))
    try:
        return store.write(work)
    finally:
        store.close()


@pytest.fixture
def office(tmp_path: Path, file: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an office whose register holds the file as a report in force, and which trusts its signer."""
    folder = tmp_path / "office"
    assert CliRunner().invoke(cli, ["init", str(folder)]).exit_code == 0
    (folder / "trust").mkdir(exist_ok=True)
    (folder / "trust" / "test.pem").write_bytes(root.read_bytes())
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()

    def enter(session: Session) -> None:
        row = issued(session)
        session.execute(update(ReportRow).where(col(ReportRow.id) == row.id).values(sha256=sha256))
        day = DESK.at.date()
        session.add(
            AgencyRow(
                uscc=SUBJECT,
                name=NAME,
                filing_number="1",
                filing_authority="1",
                filing_since=day,
                filing_until=day,
            )
        )

    wrote(folder, enter)
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    return folder


@pytest.fixture
def number(office: Path) -> str:
    return str(CliRunner().invoke(cli, ["report", "list"]).stdout.split()[0])


def test_a_report_that_the_register_holds(office: Path, file: Path, number: str) -> None:
    code, text = said(file)
    assert code == 0
    assert "样例（测试" in text.splitlines()[0] and "真实，可用于所载项目" in text.splitlines()[0]
    assert number in text and "✗" not in text
    (found,) = told(file, "--project", USE.project)
    assert (found["verdict"], found["exit"], found["sample"], found["number"]) == ("GENUINE", 0, True, number)
    assert {point["ok"] for point in found["points"] if point["key"] != "twin"} == {True}
    assert "真实，可用于本项目" in found["sentence"]


def test_a_report_used_for_the_project_in_question(office: Path, file: Path, number: str) -> None:
    wrote(office, lambda s: lifecycle.consume(s, number, USE, at(days=1)))
    code, text = said(file, "--project", USE.project, "--round", 1)
    assert (code, "真实，已用于本项目" in text) == (0, True)
    assert said(file, "--project", "OTHER")[0] == 6


@pytest.mark.parametrize(
    "words",
    [
        ("--project", "OTHER"),
        ("--project", USE.project, "--round", 2),
        ("--project", USE.project, "--lot", "A"),
    ],
)
def test_a_report_of_another_project_round_or_lot(
    office: Path, file: Path, words: tuple[object, ...]
) -> None:
    code, text = said(file, *words)
    assert (code, "不得使用" in text) == (6, True)


@pytest.mark.parametrize(("name", "code"), [(USE.project, 0), ("OTHER", 6)])
def test_a_project_may_be_given_by_its_file(
    office: Path, file: Path, tmp_path: Path, name: str, code: int
) -> None:
    project = write_json(tmp_path / "project.json", project_data(id=name))
    assert said(file, "--project", project)[0] == code


def test_a_revoked_report(office: Path, file: Path, number: str) -> None:
    wrote(office, lambda s: lifecycle.revoke(s, number, "REQUESTED", at(days=1)))
    code, text = said(file)
    assert (code, "不得使用：已撤销" in text) == (6, True)


def test_a_report_past_its_last_day(office: Path, file: Path) -> None:
    with time_machine.travel("2027-05-01 09:30:00+08:00"):
        assert (said(file)[0], "已过期" in said(file)[1]) == (6, True)


def test_an_altered_file(office: Path, file: Path) -> None:
    file.write_bytes(small() + b"\n")
    code, text = said(file)
    assert (code, "末尾多出了数据" in text) == (5, True)
    assert "✗" in text and "请用出具机构交付的原文件" in text


def test_a_file_that_the_register_does_not_know(office: Path, tmp_path: Path, root: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(small(pki().signing(pki().rsa)))
    code, text = said(other)
    assert (code, "登记簿中没有这份文件" in text) == (5, True)


def test_without_office_or_manifest_a_whole_signature_is_unchecked(file: Path, root: Path) -> None:
    code, text = said(file, "--trust", root)
    assert (code, "不能认定真实" in text) == (10, True)
    assert said(file)[0] == 10
    assert "没有根证书" in said(file)[1]


def test_an_office_without_a_register_lends_its_roots(office: Path, file: Path) -> None:
    (office / "office.sqlite3").unlink()
    (found,) = told(file)
    assert (found["exit"], [p["ok"] for p in found["points"] if p["key"] == "trust"]) == (10, [True])


def test_a_line_for_each_of_several_files_and_the_gravest_exit(
    office: Path, file: Path, tmp_path: Path
) -> None:
    forged, gone = tmp_path / "forged.pdf", tmp_path / "gone.pdf"
    forged.write_bytes(b"%PDF-1.7 forged")
    code, text = said(file, gone, forged)
    assert code == 5
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["✓", "report.pdf"],
        ["✗", "gone.pdf"],
        ["✗", "forged.pdf"],
    ]
    assert said(file, gone)[0] == 3
    assert [found["exit"] for found in told(file, gone, forged)] == [0, 3, 5]


def test_one_file_that_is_not_there_is_told_as_everywhere(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.pdf") == ("E0302", 3)
    assert refused(tmp_path) == ("E0302", 3)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--number", "N"),
        ("--code", "C"),
        ("report.pdf", "--number", "N", "--code", "C"),
        ("report.pdf", "--round", "1"),
        ("report.pdf", "--lot", "A"),
    ],
)
def test_half_a_question_is_a_usage_error(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2


def test_a_folder_that_is_no_office_is_told(file: Path, tmp_path: Path) -> None:
    assert refused(file, "--office", tmp_path) == ("E0357", 3)
    assert refused("--number", "N", "--code", "C") == ("E0357", 3)


@pytest.fixture
def stick(tmp_path: Path, file: Path) -> Path:
    """Return a folder with a manifest that lists the file, and the key that it is checked with."""
    folder = tmp_path / "stick"
    folder.mkdir()
    key = office_key(tmp_path / "elsewhere")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    made = listing.manifest(listing.listed("XY20261122AAAAAAAA-A", sha256=sha256))
    (folder / "manifest.jsonl").write_bytes(make_manifest(made, key))
    public = tmp_path / "elsewhere" / "keys" / public_name(key.public)
    (folder / "manifest.pem").write_bytes(public.read_bytes())
    return folder


def test_a_manifest_stands_for_the_register(file: Path, stick: Path, root: Path) -> None:
    words = (file, "--manifest", stick / "manifest.jsonl", "--trust", stick)
    code, text = said(*words)
    assert (code, "真实，可用于本项目" in text) == (0, True)
    assert "核验清单（2026-12-10 10:30）" in text
    assert said(*words, "--trust", root)[0] == 0
    assert said(*words, "--project", "OTHER")[0] == 6
    file.write_bytes(file.read_bytes() + b"\n")
    assert said(*words)[0] == 5


def test_a_manifest_is_checked_with_the_offices_own_keys(office: Path, file: Path, tmp_path: Path) -> None:
    made = listing.manifest(listing.listed("XY20261122AAAAAAAA-A"))
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(make_manifest(made, office_key(office)))
    assert said(file, "--manifest", path)[0] == 5


def test_a_manifest_that_nobody_trusted_has_signed_is_refused(file: Path, stick: Path) -> None:
    assert refused(file, "--manifest", stick / "manifest.jsonl") == ("E0504", 5)
    assert refused(file, "--manifest", stick / "gone.jsonl", "--trust", stick) == ("E0302", 3)


def test_a_paper_is_compared_with_the_register(office: Path, number: str) -> None:
    code = verification_code(SECRET, number)
    words = ("--number", number.lower(), "--code", f"{code[:4]} {code[4:].lower()}")
    exit_code, text = said(*words)
    assert exit_code == 0
    for word in (
        "请与纸面逐项核对",
        number,
        SUBJECT,
        USE.project,
        "具备信用能力",
        "页数  18",
        "2026-11-22 09:30",
        "有效",
    ):
        assert word in text
    found = told(*words)
    assert (found["number"], found["pages"], found["state"]) == (number, 18, "有效")
    assert set(found) == {
        "kind", "number", "applicant", "project", "project_name", "round", "lot",
        "conclusion", "pages", "issued_at", "state", "points",
    }  # fmt: skip
    assert said(*words, "--project", USE.project)[0] == 0
    assert said(*words, "--project", "OTHER")[0] == 6


def test_a_paper_of_a_revoked_report(office: Path, number: str) -> None:
    wrote(office, lambda s: lifecycle.revoke(s, number, "REQUESTED", at(days=1)))
    code, text = said("--number", number, "--code", verification_code(SECRET, number))
    assert (code, "已撤销" in text) == (6, True)


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(office: Path, number: str) -> None:
    wrong = verification_code(SECRET, "another")
    assert refused("--number", number, "--code", wrong) == ("E0505", 5)
    assert refused("--number", "XY20261122AAAAAAAA-A", "--code", wrong) == ("E0505", 5)


def process(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "reportgen", "verify", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})


def test_as_a_process_it_asks_the_register_meanwhile(office: Path, file: Path, number: str) -> None:
    done = process(file, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["number"] == number


def test_what_the_register_cannot_answer_is_told_as_everywhere(office: Path, file: Path) -> None:
    found = find_office(office)
    assert found is not None
    store = open_store(database_url(found))
    downgrade(store, "0001")
    store.close()
    done = process(file)
    assert (done.returncode, "E0911" in done.stderr) == (9, True)


def test_help_names_every_route() -> None:
    text = said("--help")[1]
    for word in ("--manifest", "--number", "--code", "--project", "docs/verification.md"):
        assert word in text


def test_a_project_file_needs_no_office(file: Path) -> None:
    assert said(file, "--project", asset_dir("sample_subjects") / "projects" / "housing-small.yaml")[0] == 10
