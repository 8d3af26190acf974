"""A night's run judges in one process: memory must not grow with the number of subjects."""

import gc
from pathlib import Path

import pytest

from reportgen.pipeline import judge
from reportgen.project.applicant import single
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from sample_subjects.generator import PROFILES, generate_project, generate_subject

SUBJECTS, WARM = 10_000, 1_000
PAGE = 4096
MOST_GROWTH = 20 * 1024 * 1024


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_ten_thousand_subjects_are_judged_in_flat_memory() -> None:
    project = Project.model_validate(generate_project(1))
    seen: dict[str | None, int] = {}
    warm = 0
    for seed in range(SUBJECTS):
        subject = Subject.model_validate(generate_subject(seed, profile=PROFILES[seed % len(PROFILES)]))
        _, assessment = judge(single(subject), project)
        outcome = assessment.conclusion.value if assessment.conclusion else None
        seen[outcome] = seen.get(outcome, 0) + 1
        if seed == WARM:
            warm = resident()
    growth = resident() - warm
    assert sum(seen.values()) == SUBJECTS
    assert growth < MOST_GROWTH, f"{growth / 2**20:.1f} MB more after {SUBJECTS} subjects; {seen}"
