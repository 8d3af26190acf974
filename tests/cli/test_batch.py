"""A batch from the command line: what it says, what it leaves, with which code it ends."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from reportgen import pipeline
from reportgen.batch import executors
from reportgen.batch.job import Outcome, State
from reportgen.cli import cli
from reportgen.cli.batch_page import Pace, shown
from reportgen.errors import ReportgenError
from reportgen.settings import asset_dir
from reportgen.store.facts import subject_at
from tests.batching import MOMENT, Asked, Sample, set_quickly, sha256, store_of, write_csv
from tests.listing import row, write_list

LACKING = asset_dir("sample_subjects") / "subjects" / "10-evidence-lacking.yaml"
SMALL = asset_dir("sample_subjects") / "projects" / "housing-small.yaml"
SCHOOL = "129901024KH7058200"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["batch", *(str(word) for word in words)])


def refused(*words: object) -> ReportgenError:
    error = run(*words).exception
    assert isinstance(error, ReportgenError), error
    return error


@pytest.fixture
def sample(batch_office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    """Return an office that sets its reports in no time, in a thread of this process."""

    @contextmanager
    def threaded(*_: object) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(1) as pool:
            yield pool

    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = shutil.copytree(batch_office, tmp_path / "office")
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    monkeypatch.setenv("REPORTGEN_LOGIN", "clerk")
    monkeypatch.setattr(executors, "spawned", threaded)
    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: pipeline.Finished(done))
    with time_machine.travel(MOMENT, tick=True):
        yield Sample(folder)


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., Path]:
    return lambda *rows: write_csv(tmp_path / "requests.csv", rows)


@pytest.fixture
def lacking(sample: Sample) -> Asked:
    """Return a request without evidence enough."""
    return sample.asked() | {"applicant": str(LACKING), "project": str(SMALL), "recipient": SCHOOL}


def entries(path: Path) -> dict[int, dict[str, Any]]:
    lines = path.with_name(path.name + ".manifest.jsonl").read_text("utf-8").splitlines()
    return {entry["row"]: entry for entry in map(json.loads, lines[1:])}


def reports(sample: Sample) -> int:
    return sum(1 for _ in sample.folder.glob("files/**/*.pdf"))


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    sheet = load_workbook(path.with_name(path.name + ".results.xlsx")).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def stopping(monkeypatch: pytest.MonkeyPatch, nth: int, *signals: signal.Signals) -> None:
    """Let signals come while the nth request is at work."""
    really, calls = pipeline.issue, list[None]()

    def issue(*given: Any) -> Any:
        calls.append(None)
        if len(calls) == nth:
            for number in signals:
                os.kill(os.getpid(), number)
        return really(*given)

    monkeypatch.setattr("reportgen.batch.job.issue", issue)


def test_every_request_becomes_a_report_and_a_line_of_the_manifest(
    sample: Sample, listed: Callable[..., Path], tmp_path: Path
) -> None:
    path = listed(*(sample.asked(number) for number in range(4)), sample.asked(0, 1))
    done = run(path, "-o", tmp_path / "copies")
    assert done.exit_code == 0, done.output or done.exception
    found = entries(path)
    assert sorted(found) == [2, 3, 4, 5, 6]
    for entry in found.values():
        assert entry["state"] == "issued"
        assert sha256(sample.folder / "files" / entry["file"]) == entry["sha256"]
        assert sha256(tmp_path / "copies" / f"{entry['number']}.pdf") == entry["sha256"]
    assert reports(sample) == 5
    heads, *results = rows_of(path)
    assert [(row[0], row[1], row[6]) for row in results] == [
        (row, given["applicant"], found[row]["number"])
        for row, given in zip(sorted(found), [sample.asked(n) for n in (0, 1, 2, 3, 0)], strict=True)
    ]
    assert {row[heads.index("状态")] for row in results} == {"已出具"}
    for word in ("已出具", "合计", "每分钟", "批次清单"):
        assert word in done.stdout


def test_a_faulty_list_is_not_begun(sample: Sample, listed: Callable[..., Path]) -> None:
    path = listed(sample.asked(0), sample.asked(1, applicant="1"), sample.asked(2, lot="A"))
    error = refused(path)
    assert (error.code, error.exit_code) == ("E0360", 3)
    assert [fault.path for fault in error.faults] == ["第 3 行 申请人", "第 4 行 标段"]
    assert "2 行有误，共 2 处" in error.text()
    assert reports(sample) == 0
    assert [file.name for file in path.parent.iterdir() if file.name.startswith("requests")] == [path.name]


def test_the_sound_rows_are_issued_where_that_is_wanted(sample: Sample, listed: Callable[..., Path]) -> None:
    path = listed(sample.asked(0), sample.asked(1, applicant="=1+1"), sample.asked(2))
    done = run(path, "--continue-on-error", "--json")
    assert done.exit_code == 12
    assert "第 3 行 申请人" in done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["issued"], told["failed"], told["codes"]) == (3, 2, 1, {"E0301": 1})
    assert (entries(path)[3]["state"], entries(path)[3]["error"]) == ("failed", "E0301")
    row = rows_of(path)[2]
    assert (row[1], row[5]) == ("=1+1", "未出具")
    assert "统一社会信用代码" in str(row[-1])


def test_what_lacks_evidence_is_told_apart(
    sample: Sample, listed: Callable[..., Path], lacking: Asked, tmp_path: Path
) -> None:
    path = listed(lacking, sample.asked(0))
    done = run(path, "-o", tmp_path / "copies")
    assert done.exit_code == 4
    assert (entries(path)[2]["state"], entries(path)[2]["error"]) == ("gaps", "E0401")
    assert "安全生产许可证" in str(rows_of(path)[1][-1])
    assert len(list((tmp_path / "copies").glob("缺件清单-*.pdf"))) == 1
    # The next run knows no more than the code, and says what to do.
    assert run(path, "--resume").exit_code == 4
    assert "按缺件清单补齐" in str(rows_of(path)[1][-1])


def test_a_dry_run_says_what_would_be_issued_and_leaves_nothing(
    sample: Sample, listed: Callable[..., Path]
) -> None:
    path = listed(sample.asked(0), sample.asked(1))
    assert "可以办理 2 行，有误 0 行" in run(path, "--dry-run").stdout
    told = json.loads(run(path, "--dry-run", "--json", "--limit", "1").stdout)
    assert [item["row"] for item in told["would_issue"]] == [2]
    assert run(path, "--dry-run", "-o", path.with_name("copies")).exit_code == 0
    assert reports(sample) == 0
    assert {file.name for file in path.parent.iterdir()} == {"office", path.name}


def test_an_interrupted_batch_is_gone_on_with(
    sample: Sample, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(*(sample.asked(number) for number in range(6)))
    with pytest.MonkeyPatch.context() as patch:
        stopping(patch, 2, signal.SIGINT)
        done = run(path, "--workers", "1")
    assert done.exit_code == 130
    assert "不再分派，正在办完手上的几份" in done.stderr
    assert f"reportgen batch {path} --resume" in done.stderr
    assert {row[5] for row in rows_of(path)[1:]} == {"已出具", "未办"}
    first = entries(path)
    assert 2 <= len(first) < 6
    assert all(entry["state"] == "issued" for entry in first.values())
    assert done.stderr.rstrip().endswith("--resume --workers 1")
    done = run(path, "--resume")
    assert done.exit_code == 0
    assert len(entries(path)) == reports(sample) == 6
    assert not any(entry["repeated"] for entry in entries(path).values())


def test_a_service_manager_stops_it_like_a_person(
    sample: Sample, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(*(sample.asked(number) for number in range(4)))
    stopping(monkeypatch, 1, signal.SIGTERM)
    assert run(path, "--workers", "1").exit_code == 130
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_part_is_issued_where_a_part_is_wanted(sample: Sample, listed: Callable[..., Path]) -> None:
    path = listed(*(sample.asked(number) for number in range(3)))
    done = run(path, "--limit", "2")
    assert (done.exit_code, reports(sample)) == (0, 2)
    assert "接着办理" in done.stderr
    assert (run(path, "--resume", "--limit", "2").exit_code, reports(sample)) == (0, 3)


def test_without_leave_to_go_on_the_first_failure_stops_it(
    sample: Sample, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(*(sample.asked(number) for number in range(6)))
    # Two at once: of more, all might have failed before the first was heard of.
    monkeypatch.setattr("reportgen.cli.batch._SPARE", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reportgen.batch.job.issue", _without_a_key)
        done = run(path, "--workers", "1")
    assert done.exit_code == 12
    assert "第 2 行未出具：[E0805]" in done.stderr
    assert "没有加 --continue-on-error" in done.stderr
    assert 0 < len(entries(path)) < 6
    assert run(path, "--resume").exit_code == 12
    assert run(path, "--resume", "--retry-failed").exit_code == 0
    assert reports(sample) == 6


def _without_a_key(*_: Any) -> Any:
    raise ReportgenError("E0805", detail="设备已拔出")


def test_what_was_issued_before_is_the_same_report(sample: Sample, listed: Callable[..., Path]) -> None:
    path = listed(sample.asked(0))
    assert run(path).exit_code == 0
    again = path.with_name("again.jsonl")
    done = run(path, "--manifest", again, "--json")
    assert json.loads(done.stdout)["repeated"] == reports(sample) == 1


def test_a_manifest_belongs_to_its_list(sample: Sample, listed: Callable[..., Path]) -> None:
    path = listed(sample.asked(0))
    assert run(path).exit_code == 0
    assert refused(path).code == "E0363"
    listed(sample.asked(0), sample.asked(1))
    assert refused(path, "--resume").code == "E0364"
    assert reports(sample) == 1


def test_where_somebody_watches_there_is_a_bar(
    sample: Sample, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = run(listed(sample.asked(0), sample.asked(1)))
    assert done.exit_code == 0, done.output or done.exception
    for word in ("出具", "2/2", "已出具 2", "办理 2 份"):
        assert word in done.stderr


def test_where_nobody_watches_there_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 0.0
    monkeypatch.setattr("time.monotonic", lambda: moment)
    outcome = Outcome(row=2, key="key", state=State.ISSUED)
    with shown(Pace(100, moment)) as show:
        show.ended([outcome] * 9)
        moment = 30.0
        show.ended([outcome])
        moment = 31.0
        show.ended([outcome])
    assert capsys.readouterr().err == "10/100  已出具 10，每分钟 20.0 份，约需再 4 分钟\n"


def test_a_batch_leaves_the_register_sound(sample: Sample, listed: Callable[..., Path]) -> None:
    from reportgen.registry.audit import verify
    from reportgen.registry.events import events_key

    assert run(listed(*(sample.asked(number) for number in range(3)))).exit_code == 0
    store = store_of(sample.folder)
    assert verify(store, events_key((sample.folder / "office.secret").read_bytes())).sound
    store.close()


def test_a_template_is_written_by_its_ending(tmp_path: Path) -> None:
    assert run("--template", tmp_path / "t.xlsx").exit_code == 0
    assert (tmp_path / "t.xlsx").read_bytes().startswith(b"PK")
    assert refused("--template", tmp_path / "t.ods").code == "E0361"


@pytest.mark.parametrize("words", [(), ("requests.csv", "--retry-failed"), ("requests.csv", "--limit", "0")])
def test_wrong_use_is_told(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_without_an_office_there_is_no_batch(
    sample: Sample, listed: Callable[..., Path], tmp_path: Path
) -> None:
    assert refused(listed(sample.asked(0)), "--office", tmp_path).code == "E0357"


def test_the_first_interruption_asks_and_the_second_stops(
    sample: Sample, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(*(sample.asked(number) for number in range(6)))
    # Two of a kind at one moment would be heard as one.
    stopping(monkeypatch, 1, signal.SIGINT, signal.SIGTERM)
    done = run(path, "--workers", "1")
    assert done.exit_code == 130
    assert "已立即停下；批次清单完整，接着办理" in done.stderr
    assert run(path, "--resume").exit_code == 0
    assert reports(sample) == 6


def test_the_rows_with_hits_that_wait_are_told(
    sample: Sample, listed: Callable[..., Path], tmp_path: Path
) -> None:
    path, asked = listed(sample.asked(0), sample.asked(1)), sample.asked(0)["applicant"]
    name = store_of(sample.folder).read(lambda session: subject_at(session, asked)).name
    lists = write_list(tmp_path / "list.csv", row(name=name))
    assert CliRunner().invoke(cli, ["list", "import", str(lists), "--source", "样本网站"]).exit_code == 0
    done = run(path)
    assert "1 行的申请人有名单命中待人工确认" in done.stdout
    assert [entry.get("waiting", 0) for _, entry in sorted(entries(path).items())] == [1, 0]
    assert [line[-1] or "" for line in rows_of(path)[1:]] == ["有 1 项名单命中待人工确认", ""]
