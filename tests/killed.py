"""The process that `test_kill` kills: it issues one report after another. Imported once, to be forked warm."""

from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reportgen import admission, pipeline
from reportgen.cli.demo import request_of, sample_office
from reportgen.document.typeset import Typeset
from reportgen.plain import read_plain
from reportgen.press import Press
from reportgen.settings import asset_dir
from reportgen.store.engine import open_store
from reportgen.store.files import Folder

SECRET = b"a secret of the tests, 32 bytes!!"
NOW = datetime(2026, 11, 22, 9, 30)
SAMPLES = asset_dir("sample_subjects")
REQUEST = request_of(
    next(c for c in read_plain(SAMPLES / "cases.yaml").data["cases"] if c["id"] == "service-young"), SAMPLES
)
# Rules and fonts are read once, before the process is forked: what is killed is the issuing.
pipeline.judge(REQUEST.applicant, REQUEST.project)
admission.check_strings(REQUEST)


def set_quickly(judged: pipeline.Judged, identity: Any) -> Typeset:
    """Set pages of some size in no time; what they say is tested elsewhere."""
    text = f"{identity.number} {identity.code} {identity.issued_at} {judged.assessment.sentence}"
    return Typeset(text.encode() * 4000, 1)


def work(url: str, files: str, first: int, ready: Connection) -> None:
    """Say that the work begins, then issue one report after another until killed."""
    pipeline.typeset = set_quickly
    press, office = Press(open_store(url), Folder(Path(files)), SECRET), sample_office()
    ready.send(None)
    for number in range(first, first + 1000):
        binding = REQUEST.binding.model_copy(update={"purpose": f"用途 {number}"})
        pipeline.issue(replace(REQUEST, binding=binding), office, NOW, None, press)
