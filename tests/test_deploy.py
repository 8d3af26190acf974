"""What the portal's documents and files for running it say is what the code says."""

import re
from pathlib import Path

import pytest

from reportgen.web.envelope import HEADERS
from reportgen.web.settings import WebSettings
from scripts import write_access_table
from tests.test_docs import obey

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_access_is_current() -> None:
    text = write_access_table.PAGE.read_text("utf-8")
    assert text == write_access_table.page(text)


def test_every_header_is_explained() -> None:
    text = write_access_table.PAGE.read_text("utf-8")
    assert [name for name in HEADERS if name not in text] == []


def test_every_setting_of_the_portal_is_explained() -> None:
    text = (ROOT / "docs/portal.md").read_text("utf-8").partition("## 设置")[2]
    assert [name for name in WebSettings.model_fields if f"`{name}`" not in text] == []


def test_every_command_of_the_portal_s_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTGEN_OFFICE", raising=False)
    monkeypatch.chdir(tmp_path)
    obey("docs/portal.md")


def test_every_test_that_the_threat_model_names_is_there() -> None:
    text = write_access_table.PAGE.read_text("utf-8").partition("## 谁可以用哪个地址")[0]
    named = set(re.findall(r"`(test_\w+)`", text))
    assert [name for name in sorted(named) if not (ROOT / f"tests/web/{name}.py").exists()] == []


def test_the_container_has_the_libraries_that_setting_up_installs() -> None:
    setup = (ROOT / "scripts/setup.sh").read_text("utf-8")
    wanted = re.search(r"run_packages='([^']+)'", setup)
    assert wanted is not None
    container = (ROOT / "deploy/Containerfile").read_text("utf-8")
    assert [name for name in wanted[1].split() if name not in container] == []
