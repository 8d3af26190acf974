"""The documents tell the truth: their commands run, their generated pages are current."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.write_error_docs import page

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "README.zh-CN.md")


def commands(name: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines() if line]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", *line.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", (DOCUMENTS[0], "docs/register.md", "docs/documents.md"))
def test_every_command_of_a_document_runs(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    assert commands(name)
    for line in commands(name):
        done = run(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_both_readmes_show_the_same_commands() -> None:
    assert commands(DOCUMENTS[0]) == commands(DOCUMENTS[1])


def test_the_page_of_errors_is_current() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == page()
