"""`reportgen archive refresh` in an office of its own: copies beside the originals, which stay what they were."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from reportgen import pipeline
from reportgen.certify.longterm import last_stamped
from reportgen.document.typeset import Typeset
from tests.certify import paper, reports
from tests.cli.desk import MOMENT, refused, run, said, told
from tests.cli.test_register import SMALL, WORDS, WRONG

NEXT_YEAR, LATER = "2027-11-23 09:30:00+08:00", "2029-01-05 09:30:00+08:00"


def _signed(done: Typeset, means: pipeline.Means, reason: str, now: datetime) -> pipeline.Finished:
    return pipeline.Finished(replace(done, pdf=reports.signed(done.pdf, means.signing, now)))


@pytest.fixture(autouse=True)
def _at_the_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPORTGEN_LOGIN", "clerk")
    monkeypatch.setattr(pipeline, "typeset", lambda judged, identity: Typeset(paper.typeset(2), 2))
    monkeypatch.setattr(pipeline, "certified", _signed)
    with time_machine.travel(MOMENT, tick=False):
        yield


@pytest.fixture
def office(office_with: Callable[..., Path]) -> Path:
    """Return an office with its test key and a project."""
    builder = reports.SAMPLES / "subjects" / "02-small-housing-builder.yaml"
    return office_with(("subject", "import", builder), ("project", "import", SMALL))


@pytest.fixture
def number(office: Path) -> str:
    return str(told("issue", *WORDS)["number"])


def paths(office: Path, number: str) -> tuple[Path, Path]:
    """Return where the original and its copy lie."""
    (original,) = (office / "files").rglob(f"{number}.*")
    return original, office / "archive" / original.relative_to(office / "files")


def test_the_copy_lies_beside_the_original_and_each_refresh_adds_a_stamp(office: Path, number: str) -> None:
    original, copy = paths(office, number)
    before = original.read_bytes()
    text = said("archive", "refresh", number)
    assert f"{number}  已存  时间戳 2026-11-22 09:30  吊销信息 0 项" in text
    assert "没有注明吊销信息来源的证书，只存证书本身：样例信用服务有限公司 测试" in text
    first = copy.read_bytes()
    assert first.startswith(before)
    with time_machine.travel(NEXT_YEAR, tick=False):
        (done,) = told("archive", "refresh", number)
    assert (done["stamped_at"], done["revocations"], done["answered"]) == ("2027-11-23 09:30:00", 0, True)
    assert copy.read_bytes().startswith(first)
    assert last_stamped(copy.read_bytes()) == datetime(2027, 11, 23, 9, 30)
    assert original.read_bytes() == before


def test_all_means_reports_and_notices_that_are_signed(office: Path, number: str) -> None:
    said("correct", number, *WRONG)
    both = [number, f"{number}-G1"]
    assert [done["number"] for done in told("archive", "refresh", "--all")] == both
    assert [done["number"] for done in told("archive", "refresh", number)] == both
    assert [done["number"] for done in told("archive", "refresh", both[1])] == both[1:]


def test_only_what_has_no_stamp_of_late_is_refreshed(office: Path, number: str) -> None:
    assert "没有应当更新的" in said("archive", "refresh", "--all", "--older-than", "1")
    with time_machine.travel(NEXT_YEAR, tick=False):
        assert len(told("archive", "refresh", "--all", "--older-than", "1")) == 1
        assert told("archive", "refresh", "--all", "--older-than", "1") == []
    with time_machine.travel(LATER, tick=False):
        assert told("archive", "refresh", "--all", "--older-than", "2") == []
        assert len(told("archive", "refresh", "--all", "--older-than", "1")) == 1


def test_a_copy_is_no_original(office: Path, number: str) -> None:
    said("archive", "refresh", number)
    assert run("verify", paths(office, number)[1]).exit_code == 5


def test_erase_takes_the_copy_with_the_original(office: Path, number: str) -> None:
    said("archive", "refresh", number)
    both = paths(office, number)
    name = both[0].relative_to(office / "files").as_posix()
    with time_machine.travel("2036-11-23 09:30:00+08:00", tick=False):
        assert told("erase", "--dry-run")["files"] == [name, f"archive/{name}"]
        assert all(path.exists() for path in both)
        assert told("erase")["files"] == [name, f"archive/{name}"]
        assert refused("archive", "refresh", number) == ("E0605", 6)
        assert told("archive", "refresh", "--all") == []
    assert not any(path.exists() for path in both)


def test_what_cannot_be_kept_is_said_and_the_rest_is_kept(office: Path, number: str) -> None:
    said("correct", number, *WRONG)
    original, copy = paths(office, number)
    content = original.read_bytes()
    original.write_bytes(content + b"\n")
    done = run("archive", "refresh", "--all")
    assert done.exit_code == 9
    assert f"{number}  未存" in done.stdout
    assert "[E0909]" in done.stdout
    assert "共 1 份" in done.stdout
    original.write_bytes(content)
    copy.write_bytes(content[:-1])
    assert told_errors(number) == ["E0909"]
    copy.write_bytes(content + b"\n% added\n")
    assert told_errors(number) == ["E0808"]


def told_errors(number: str) -> list[str]:
    """Return the codes of what could not be kept of a report and its notices."""
    done = json.loads(run("archive", "refresh", number, "--json").stdout)
    return [each["error"]["code"] for each in done if "error" in each]


def test_words_that_do_not_fit_are_refused(office: Path, number: str) -> None:
    assert refused("archive", "refresh", "XY20261121E42EJ6YR-A") == ("E0502", 5)
    for words in ((), (number, "--all")):
        assert run("archive", "refresh", *words).exit_code == 2


def test_an_office_that_stamps_no_times_keeps_no_copies(office: Path, number: str) -> None:
    settings = office / "reportgen.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('policy = "required"', 'policy = "off"'), "utf-8")
    assert refused("archive", "refresh", number)[0] == "E0311"
    settings.write_text(text[: text.index("[signing]")], "utf-8")
    assert refused("archive", "refresh", number)[0] == "E0807"
