"""Packs as tests need them: the shipped national one with some texts replaced, and packs that build on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.loader import CITATIONS, PACKS, load_pack, select
from reportgen.policy.model import PolicyPack
from reportgen.project.model import Project
from tests.factories import project

NATIONAL = (PACKS / "national.yaml").read_text("utf-8")
SHELF = (PACKS / CITATIONS).read_text("utf-8")
Edit = tuple[str, str]
Packs = Callable[..., Path]
SWITCH = """switches:
  - id: local-grade
    title: 甲
    text: 乙
    caution: 由招标人负责
    test: grade_c_or_d
    matters: [工程招标投标]
    since: 2020-01-01
    cite: seed-benxi-2017-2-use
"""
MEASURE = """measures:
  - {id: local-easy, sort: 联合激励, text: 优先办理, condition: 综合信用等级A级在有效期内, since: 2020-01-01, cite: seed-benxi-2017-2-use}
"""
OWN_LOCAL = "citations:\n  own-local: {kind: own, document: 本机构信用能力评价办法, rule: 甲}\n"


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return a text with the first place of each edit replaced; a text not found is an error."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def pack_of(folder: Path) -> PolicyPack:
    """Return the pack of a folder."""
    return load_pack(folder / "national.yaml")[0]


def sha256_of(folder: Path) -> str:
    """Return the SHA-256 of a folder's pack."""
    return load_pack(folder / "national.yaml")[1]


def faults_of(folder: Path, name: str = "national") -> list[str]:
    """Return the faults with which a pack is refused."""
    with pytest.raises(ReportgenError) as caught:
        load_pack(folder / f"{name}.yaml")
    assert caught.value.code == "E0309"
    return [str(fault) for fault in caught.value.faults]


def line_of(folder: Path, start: str, name: str = "national.yaml") -> str:
    """Return `file:line` of the first line that begins with a text."""
    lines = (folder / name).read_text("utf-8").splitlines()
    return f"{name}:{next(i for i, line in enumerate(lines, 1) if line.startswith(start))}"


def on(day: str, **changes: Any) -> Project:
    """Return a project that is judged on a day."""
    return project(bid_deadline=f"{day}T09:00", **changes)


def no_pack(judged: Project, folder: Path = PACKS, **known: Any) -> dict[str, object]:
    """Return the facts of the refusal for want of a pack."""
    with pytest.raises(ReportgenError) as caught:
        select(judged, folder, **known)
    assert caught.value.code == "E0310"
    return dict(caught.value.facts)


def local(folder: Path, region: str, *edits: Edit) -> None:
    """Add a pack of a region to a folder, like the national one but for some edits."""
    changes = (
        ("name: national", f"name: local-{region}"),
        ('region: "100000"', f'region: "{region}"'),
        *edits,
    )
    (folder / f"local-{region}.yaml").write_text(edited(NATIONAL, changes), encoding="utf-8")


def building(folder: Path, text: str, name: str = "local") -> Path:
    """Add a pack that builds on the national one and states no more than `text`; return its file."""
    head = f'name: {name}\nbase: national\ntitle: 样本市规则包\nregion: "990100"\nmatters: [工程招标投标]\n'
    path = folder / f"{name}.yaml"
    path.write_text(f"{head}released: 2026-11-22\neffect: 有效性未核\n{text}", encoding="utf-8")
    return path
