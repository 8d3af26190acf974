"""A cluster issues what one machine would: nothing is lost and nothing is issued twice, whatever dies meanwhile."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click import UsageError
from click.testing import CliRunner
from sqlmodel import select

from reportgen.batch import cluster as clusters
from reportgen.batch import job
from reportgen.batch.cluster import Seen, clustered, see
from reportgen.batch.job import Item, Job, Outcome, Place, State
from reportgen.batch.run import outcomes
from reportgen.batch.sources import Words
from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.tables import ReportRow
from reportgen.registry.tables import State as Standing
from reportgen.settings import find_office
from reportgen.store.files import files_of
from tests.batching import (
    LOGIN,
    PROJECTS,
    SUBJECTS,
    Sample,
    asked,
    enter,
    projects,
    store_of,
    subjects,
    write_csv,
)
from tests.clusters import Cluster, do_slowly, free_port, running, until
from tests.conftest import Database

COUNT = 12


@pytest.fixture
def office(
    batch_office: Path, postgres_database: Database, s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Return an office whose register and files any machine can reach, with its secret made."""
    folder = shutil.copytree(batch_office, tmp_path / "office")
    monkeypatch.setenv("REPORTGEN_DATABASE_URL", postgres_database.url)
    monkeypatch.setenv("REPORTGEN_STORE", s3)
    enter(folder, [*subjects(SUBJECTS), *projects(PROJECTS)])
    found = find_office(folder)
    assert found is not None
    found.secret()
    yield folder
    job.close()


def jobs(office: Path, count: int) -> list[Job]:
    """Return so many different requests."""
    place = Place(str(office), LOGIN)
    words = [asked(subjects(SUBJECTS)[n % SUBJECTS], projects(PROJECTS)[n % PROJECTS]) for n in range(count)]
    return [
        Job(Item(n, f"key-{n}", Words(**each, purpose=f"用途 {n}")), place) for n, each in enumerate(words, 2)
    ]


def whole(office: Path, count: int) -> None:
    """So many reports are registered, each with the one file that its row says, and no other file is there."""
    found, store = find_office(office), store_of(office)
    assert found is not None
    files = files_of(found)
    rows = store.read(lambda session: session.exec(select(ReportRow)).all())
    assert [row.state for row in rows] == [Standing.ISSUED] * count
    assert len({row.number for row in rows}) == count
    assert files.names() == sorted(str(row.file) for row in rows)
    for row in rows:
        assert hashlib.sha256(files.read(str(row.file)) or b"").hexdigest() == row.sha256
    assert verify(store, events_key(found.secret())).sound
    store.close()


def test_a_cluster_whose_worker_dies_issues_each_request_once(office: Path, tmp_path: Path) -> None:
    with running(tmp_path / "cluster", office, {}) as cluster:
        settings = cluster.offices[1] / "reportgen.toml"
        content = settings.read_bytes()
        until(lambda: _workers(cluster) == 2)
        settings.write_bytes(content + b"\n# another\n")
        with (
            pytest.raises(ReportgenError, match=r"机构设置 reportgen\.toml不同"),
            clustered(cluster.address, jobs(office, 1)[0].place),
        ):
            pass
        settings.write_bytes(content)
        done = list(_issued(cluster, office))
    assert sorted(outcome.row for outcome in done) == list(range(2, COUNT + 2))
    assert {(outcome.state, outcome.error) for outcome in done} == {(State.ISSUED, "")}
    whole(office, COUNT)


def _workers(cluster: Cluster) -> int:
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        return len(client.nthreads())


def _issued(cluster: Cluster, office: Path) -> Iterator[Outcome]:
    """Yield what comes of the jobs, and kill a worker in the midst of them."""
    wanted = jobs(office, COUNT)
    with clustered(cluster.address, wanted[0].place) as executor:
        alive = True
        for ended in outcomes(wanted, executor, 2 * executor.workers, lambda: False, do_slowly):
            yield from ended
            if ended and alive:
                alive = not cluster.kill_worker(0)


SEEN = Seen("1.0", "3.11", "2026.8", "settings", "key", "secret", "register", "s3://b/files", "")
LOCAL = replace(SEEN, machine="a 1")


@pytest.mark.parametrize(
    ("found", "wanted", "says"),
    [
        (SEEN, SEEN, ""),
        (LOCAL, LOCAL, ""),
        (replace(SEEN, reportgen="1.1"), SEEN, "reportgen 的版本不同（1.1，这里是 1.0）"),
        (replace(SEEN, secret="theirs"), SEEN, "机构密钥 office.secret不同"),
        (
            replace(SEEN, files="/b", machine="b 2"),
            SEEN,
            f"文件存放处不同（/b，这里是 s3://b/files）；{clusters._LOCAL}",
        ),
        (replace(LOCAL, machine="b 2"), LOCAL, clusters._LOCAL),
    ],
)
def test_in_what_a_worker_differs_is_said_and_no_secret(found: Seen, wanted: Seen, says: str) -> None:
    assert clusters._differences(found, wanted) == says


def test_an_office_in_a_folder_is_bound_to_its_machine(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = see(sample.place)
    assert here.machine
    assert here.files == str(sample.folder / "files")
    monkeypatch.setattr("platform.node", lambda: "another")
    assert clusters._differences(see(sample.place), here) == clusters._LOCAL


def test_without_its_library_the_cluster_says_what_to_install(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ReportgenError, match=r"E1202(?s:.*)reportgen\[cluster\]"):
        clustered("tcp://127.0.0.1:1", sample.place).__enter__()


def test_where_no_scheduler_answers_the_batch_is_told(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_CONNECT", 1)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nowhere://x"):
        with pytest.raises(ReportgenError, match=f"E1203(?s:.*){address} 连接不上"):
            clustered(address, sample.place).__enter__()


@pytest.mark.parametrize("more", [("--workers", "2"), ("-o", "copies")])
def test_what_a_cluster_has_no_use_for_is_refused(sample: Sample, more: tuple[str, str]) -> None:
    listed = write_csv(sample.folder / "list.csv", [sample.asked()])
    words = ["batch", str(listed), "--cluster", "tcp://127.0.0.1:1", "--office", str(sample.folder), *more]
    assert isinstance(CliRunner().invoke(cli, words, standalone_mode=False).exception, UsageError)
