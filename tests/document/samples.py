"""The sample cases as requests and as what comes of them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from reportgen.cli.demo import request_of, sample_office
from reportgen.pipeline import Issued, Request, issue
from reportgen.plain import read_plain
from reportgen.settings import asset_dir

NOW = datetime(2026, 11, 21, 9, 30)
SECRET = b"a secret of tests, 32 bytes long"
SAMPLES = asset_dir("sample_subjects")
CASES: dict[str, dict[str, Any]] = {c["id"]: c for c in read_plain(SAMPLES / "cases.yaml").data["cases"]}
REPORTS = [name for name, case in CASES.items() if case["expect"] != "GAPS"]
LETTERS = [name for name, case in CASES.items() if case["expect"] == "GAPS"]
Press = Callable[[str], tuple[Issued, Path]]
"""Takes the name of a case; returns what came of it, made once a run, and its file."""


def request(name: str) -> Request:
    return request_of(CASES[name], SAMPLES)


def issued(name: str, folder: Path) -> Issued:
    return issue(request(name), sample_office(), NOW, folder / "report.pdf")
