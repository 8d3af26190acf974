"""The generator is deterministic, always valid, of the size asked for, and never of a real region."""

import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.plain import read_plain
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordKind
from sample_subjects.generator import PROFILES, generate_project, generate_subject
from sample_subjects.oddities import NAME_OF_60, ODDITIES, generate_odd_project, generate_odd_subject
from sample_subjects.vocabulary import TRADES
from sample_subjects.writing import to_yaml

SEEDS = st.integers(min_value=0, max_value=2**63)
SIZES = st.integers(min_value=0, max_value=60)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, SIZES, st.sampled_from([None, *PROFILES]))
def test_a_generated_subject_is_valid_and_of_the_size_asked(
    seed: int, records: int, contracts: int, profile: str | None
) -> None:
    data = generate_subject(seed, records=records, contracts=contracts, profile=profile)
    subject = Subject.model_validate(data)
    assert len(subject.records) == records
    assert len(subject.contracts) == contracts
    assert all(statement.imbalance == Decimal(0) for statement in subject.statements)
    assert subject.uscc[2:5] == "990"
    assert data == generate_subject(seed, records=records, contracts=contracts, profile=profile)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from(sorted(TRADES)), st.sampled_from(["0.2", "1", "8"]))
def test_a_generated_project_is_valid_and_of_the_category_asked(seed: int, category: str, scale: str) -> None:
    data = generate_project(seed, category=category, scale=scale)
    assert Project.model_validate(data).category == category
    assert data == generate_project(seed, category=category, scale=scale)


def test_seeds_spread_over_profiles_and_trades() -> None:
    subjects = [Subject.model_validate(generate_subject(seed)) for seed in range(60)]
    assert {item.contracts[0].category for item in subjects} == set(TRADES)
    barred = [s for s in subjects if any(r.kind is RecordKind.DEFAULTER for r in s.records)]
    bare = [s for s in subjects if not any(s.counts(q) for q in s.qualifications)]
    assert barred
    assert bare
    assert len(barred) + len(bare) < len(subjects)
    assert len({item.uscc for item in subjects}) == len(subjects)


@pytest.mark.parametrize("profile", PROFILES)
def test_two_thousand_records_can_be_had(profile: str) -> None:
    subject = Subject.model_validate(generate_subject(3, records=2000, profile=profile))
    assert len({record.id for record in subject.records}) == 2000


def test_another_machine_gets_the_same_data() -> None:
    data = [generate_subject(20261121), generate_project(20261121)]
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "23e8eebb97fa8adb76788c95a011e86e36c9e447310a99956ccf9f531d6fd073"
    )


def test_a_generated_subject_survives_being_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = generate_subject(5, records=40, profile="bad")
    path = tmp_path_factory.mktemp("samples") / "made.yaml"
    path.write_text(to_yaml(data, "样本", {"records": "信用记录"}), "utf-8")
    assert read_plain(path).data == data


@pytest.mark.parametrize("oddity", ODDITIES)
def test_an_odd_subject_is_valid_too_and_the_same_every_time(oddity: str) -> None:
    data = generate_odd_subject(7, oddity)
    assert Subject.model_validate(data).uscc[2:5] == "990"
    assert data == generate_odd_subject(7, oddity)


def test_an_odd_project_has_a_long_name_and_the_requirements_asked_for() -> None:
    project = Project.model_validate(generate_odd_project(7, owner=NAME_OF_60, requirements=9))
    plain = Project.model_validate(generate_odd_project(7))
    assert len(NAME_OF_60) == 60
    assert project.owner.name == NAME_OF_60
    assert len(project.requirements) == len(plain.requirements) + 9
