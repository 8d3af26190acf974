"""The guide to a cluster is followed to the letter; only the addresses are those of this test."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen.batch import job
from reportgen.cli import cli
from reportgen.errors import ExitCode
from tests.clusters import free_port
from tests.postgres import Server

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "cluster.md"
DASK = Path(sys.executable).with_name("dask")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.S)


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    """Return the URL of an empty database."""
    with postgres.database(f"guide_{os.getpid()}", migrated=False) as name:
        yield postgres.url(name, "reportgen_owner")


def set_environment(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what the guide has in its file, with the addresses of this test; the store's are set already."""
    (written,) = blocks("env")
    for line in written.splitlines():
        name, _, value = line.partition("=")
        given = {"REPORTGEN_DATABASE_URL": url, "REPORTGEN_STORE": value}.get(name, os.environ.get(name))
        assert given is not None, name
        monkeypatch.setenv(name, given)


def obey(line: str, started: list["subprocess.Popen[bytes]"]) -> str:
    """Run a line of the guide; what is to run in a terminal of its own is left running. Return what it said."""
    *given, program = re.findall(r"^(?:([A-Z_]+=\S+) )?(\w+)", line)[0]
    words = line.removeprefix(f"{given[0]} ").split()[1:]
    environment = dict(item.split("=", 1) for item in given if item)
    if program == "dask":
        with Path("dask.log").open("ab") as log:
            process = subprocess.Popen(
                [DASK, *words], env={**os.environ, **environment}, stdout=log, stderr=log
            )
        started.append(process)
        return ""
    if program == "reportgen":
        done = CliRunner().invoke(cli, words, env=environment)
        assert done.exit_code == ExitCode.DONE, f"{line}\n{done.output}{done.exception}"
        return done.output
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def test_a_batch_on_two_workers_from_nothing(
    url: str, s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    monkeypatch.chdir(tmp_path)
    set_environment(url, monkeypatch)
    (tmp_path / "requests.csv").write_text("".join(blocks("csv")), "utf-8")
    port, started, said = str(free_port()), list["subprocess.Popen[bytes]"](), ""
    try:
        for line in "".join(blocks("sh")).splitlines():
            said += obey(line.replace("8786", port), started)
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(60)
        job.close()
    assert "✓ 文件：s3://reports/office/files" in said
    assert re.search(r"出具 2|已出具\D*2", said), said
