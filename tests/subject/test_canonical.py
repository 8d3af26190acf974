"""Canonical JSON: one text for one set of facts, whatever their order, and the facts again from the text."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.intake.files import load_project, load_subject
from reportgen.pipeline import snapshot
from reportgen.project.applicant import single
from reportgen.project.model import Project
from reportgen.settings import asset_dir
from reportgen.subject.canonical import canonical, in_order, sha256
from reportgen.subject.model import COLLECTIONS, Subject
from tests.factories import contract_data, project, record_data, source_data, subject, subject_data

SUBJECTS = sorted((asset_dir("sample_subjects") / "subjects").glob("*.yaml"))
PROJECTS = sorted((asset_dir("sample_subjects") / "projects").glob("*.yaml"))


def stem(path: Path) -> str:
    return path.stem


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[Subject, Subject]:
    """Draw a subject and the same with its facts and sources in another order."""
    many = {
        "sources": [source_data(id=f"S{n}") for n in range(1, 4)],
        "records": [record_data(id=f"R{n}") for n in range(draw(st.integers(0, 12)))],
        "contracts": [contract_data(id=f"C{n}") for n in range(draw(st.integers(0, 12)))],
    }
    other: dict[str, Any] = {name: draw(st.permutations(items)) for name, items in many.items()}
    return subject(**many), subject(**other)


@given(shuffled())
def test_the_order_of_facts_and_sources_never_matters(pair: tuple[Subject, Subject]) -> None:
    one, other = pair
    assert canonical(one) == canonical(other)
    assert snapshot(single(one), project()) == snapshot(single(other), project())


@pytest.mark.parametrize("path", SUBJECTS, ids=stem)
def test_a_subject_read_from_its_canonical_text_is_the_same(path: Path) -> None:
    given_subject = load_subject(path)
    text = canonical(given_subject)
    again = Subject.model_validate_json(text)
    assert again == in_order(given_subject)
    assert canonical(again) == text


@pytest.mark.parametrize("path", PROJECTS, ids=stem)
def test_a_project_read_from_its_canonical_text_is_the_same_in_the_same_order(path: Path) -> None:
    assert Project.model_validate_json(canonical(load_project(path))) == load_project(path)


def test_the_order_of_a_tenders_requirements_is_its_own() -> None:
    asked = [{"id": name, "kind": "turnover", "clause": "1", "text": "须满足。"} for name in ("R2", "R10")]
    requirements = json.loads(canonical(project(requirements=asked)))["requirements"]
    assert [item["id"] for item in requirements] == ["R2", "R10"]


@pytest.mark.parametrize(
    ("field", "value"), [("former_names", ["样本旧名有限公司"]), ("as_of", "2026-11-19"), ("name", "乙")]
)
def test_another_fact_gives_another_text(field: str, value: object) -> None:
    assert canonical(subject(**{field: value})) != canonical(subject())


def test_what_stands_at_its_default_is_left_out_so_that_a_new_field_changes_no_hash() -> None:
    data = json.loads(canonical(subject()))
    assert not set(data) & {"former_names", *COLLECTIONS}
    assert data.keys() == subject_data().keys()


def test_the_text_has_sorted_keys_chinese_as_it_is_and_no_line_end() -> None:
    text = canonical(subject(name="样本甲\n建设"))
    assert "\n" not in text
    assert "样本甲" in text
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_the_hash_is_that_of_the_utf_8_text() -> None:
    assert sha256("样本") == hashlib.sha256("样本".encode()).hexdigest()
