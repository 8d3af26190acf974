"""One request as a job: plain values in, plain values out, whatever happens."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine

from reportgen import pipeline
from reportgen.batch import job
from reportgen.batch.checking import check_rows
from reportgen.batch.job import Job, Outcome, Place, State, do, opened, warm
from reportgen.batch.reading import read_requests
from reportgen.errors import ReportgenError
from reportgen.settings import asset_dir
from tests.batching import Asked, Sample, do_quickly, set_quickly, sha256, write_csv

LACKING = asset_dir("sample_subjects") / "subjects" / "10-evidence-lacking.yaml"
SMALL = asset_dir("sample_subjects") / "projects" / "housing-small.yaml"
SCHOOL = "129901024KH7058200"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: pipeline.Finished(done))


@pytest.fixture
def jobs(sample: Sample, tmp_path: Path) -> Callable[..., list[Job]]:
    """Return what makes jobs of rows, with copies to a folder where one is named."""

    def make(*rows: Asked, copies: str = "") -> list[Job]:
        path = write_csv(tmp_path / "requests.csv", rows)
        items = check_rows(read_requests(path), opened(sample.place), {}).items
        place = Place(sample.place.office, sample.place.login, copies)
        return [Job(item, place) for item in items]

    return make


def failing(monkeypatch: pytest.MonkeyPatch, times: int, error: Exception) -> list[None]:
    """Let issuing fail so many times; return what is as long as it was called."""
    really, calls = pipeline.issue, list[None]()

    def issue(*given: Any) -> Any:
        calls.append(None)
        if len(calls) <= times:
            raise error
        return really(*given)

    monkeypatch.setattr("reportgen.batch.job.issue", issue)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return calls


def test_a_report_stands_in_the_offices_files_and_is_issued_once(
    sample: Sample, jobs: Callable[..., list[Job]], tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    (given,) = jobs(sample.asked(), copies=str(tmp_path / "copies"))
    first, second = do(given), do(given)
    assert (first.state, first.error, first.repeated, second.repeated) == (State.ISSUED, "", False, True)
    assert (first.number, first.sha256, first.file) == (second.number, second.sha256, second.file)
    assert sha256(sample.folder / "files" / first.file) == first.sha256
    assert sha256(tmp_path / "copies" / f"{first.number}.pdf") == first.sha256
    assert first.conclusion in {"CAPABLE", "LIMITED", "INCAPABLE"}


def test_what_lacks_evidence_is_no_report_and_no_failure(
    sample: Sample, jobs: Callable[..., list[Job]], tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    row = sample.asked() | {"applicant": str(LACKING), "project": str(SMALL), "recipient": SCHOOL}
    (given,) = jobs(row, copies=str(tmp_path / "copies"))
    outcome = do(given)
    assert (outcome.state, outcome.error, outcome.number) == (State.GAPS, "E0401", "")
    assert "安全生产许可证" in outcome.detail
    (letter,) = (tmp_path / "copies").iterdir()
    assert letter.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_issued_says_its_code(
    sample: Sample, jobs: Callable[..., list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = jobs(sample.asked())
    calls = failing(monkeypatch, 1, ReportgenError("E0806", detail="换过证书"))
    outcome = do(given)
    assert (outcome.state, outcome.error, len(calls)) == (State.FAILED, "E0806", 1)
    assert "换过证书" in outcome.detail


def test_what_nobody_foresaw_is_told_by_its_kind_alone(
    sample: Sample, jobs: Callable[..., list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = jobs(sample.asked())
    failing(monkeypatch, 1, LookupError("张三"))
    outcome = do(given)
    assert (outcome.error, outcome.detail) == ("E0101", "程序内部错误：LookupError")


@pytest.mark.parametrize("code", sorted(job.PASSING))
def test_what_passes_by_itself_is_waited_for(
    code: str, sample: Sample, jobs: Callable[..., list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = jobs(sample.asked())
    calls = failing(monkeypatch, 3, ReportgenError(code, detail="", tries=1, file="", count=1, store=""))
    assert do(given).state is State.ISSUED
    assert len(calls) == 4


def test_what_does_not_pass_in_a_minute_fails(
    sample: Sample, jobs: Callable[..., list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = jobs(sample.asked())
    failing(monkeypatch, 100, ReportgenError("E0904", detail="连接不上"))
    assert do(given).error == "E0904"


def test_a_job_and_its_outcome_travel_and_carry_no_secret(
    sample: Sample, jobs: Callable[..., list[Job]]
) -> None:
    (given,) = jobs(sample.asked())
    outcome: Outcome = pickle.loads(pickle.dumps(do_quickly(pickle.loads(pickle.dumps(given)))))
    assert outcome.state is State.ISSUED
    secret = (sample.folder / "office.secret").read_bytes()
    assert secret not in pickle.dumps(given) + pickle.dumps(outcome)


def test_the_office_is_opened_once_a_day(sample: Sample) -> None:
    warm(sample.place)
    first = opened(sample.place)
    assert opened(sample.place) is first
    with time_machine.travel("2026-11-23 00:00:00+08:00", tick=True):
        assert opened(sample.place) is not first


def test_without_a_named_office_it_is_that_of_the_environment(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPORTGEN_OFFICE", str(sample.folder))
    assert opened(Place("", "clerk")).office.folder == sample.folder
    with pytest.raises(ReportgenError, match="E0357"):
        opened(Place(str(tmp_path), "clerk"))
