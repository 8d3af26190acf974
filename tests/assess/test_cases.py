"""Judgements a credit analyst can read: `cases/*.yaml`, each a sentence, a change and what follows.

`bug` in a case says what is wrong with the judgement today; the case then has to fail, and turns red
on the day the judgement is right.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from reportgen.assess.model import Assessment, Flip, RiskNote
from tests.assess.build import HERE, asked, judged, read
from tests.factories import Data

FILES = sorted((HERE / "cases").glob("*.yaml"))
NO_CONCLUSION = "缺件清单"


def cases() -> list[Any]:
    """Return every case, named by its file and its place in it."""
    found = []
    for file in FILES:
        for number, case in enumerate(read(file)["cases"], start=1):
            marks = [known_bug(case["bug"])] if "bug" in case else []
            found.append(pytest.param(case, id=f"{file.stem}-{number:02}", marks=marks))
    return found


def known_bug(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


@pytest.mark.parametrize("case", cases())
def test_the_judgement_is_what_the_sentence_says(case: Data) -> None:
    assessment = judged(case.get("given"))
    expected = case["expect"]
    seen = {key: SEEN[key](assessment, value) for key, value in expected.items()}
    assert seen == expected, case["name"]


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for file in FILES for case in read(file)["cases"]]
    assert len(names) == len(set(names))


def conclusion(assessment: Assessment, _: str) -> str:
    return assessment.sentence if assessment.conclusion else NO_CONCLUSION


def not_concluded(assessment: Assessment, expected: str) -> object:
    found = conclusion(assessment, "")
    return f"得出{found}" if found == expected else expected


def verdicts(assessment: Assessment, expected: Data) -> Data:
    return {name: asked(assessment, name).verdict.value for name in expected}


def actual(assessment: Assessment, expected: Data) -> Data:
    return {name: asked(assessment, name).actual for name in expected}


def factors(assessment: Assessment, expected: Data) -> Data:
    scores = {factor.factor.value: str(factor.score) for factor in assessment.factors}
    return {name: scores[name] for name in expected}


def reasons(assessment: Assessment) -> list[str]:
    return [reason.text for reason in assessment.reasons]


def gates(assessment: Assessment, _: object) -> list[str]:
    return [gate.id for gate in assessment.gates if gate.tripped]


def wanted(assessment: Assessment) -> list[str]:
    return [f"{gap.what}；{gap.why}；{gap.how}" for gap in (assessment.gaps.gaps if assessment.gaps else ())]


def note(risk: RiskNote) -> str:
    return f"{risk.title}：{risk.text}"


def change(flip: Flip) -> str:
    return f"{flip.change} → {flip.conclusion.value}"


def said(texts: Callable[[Assessment], Sequence[str]]) -> Callable[[Assessment, str], object]:
    """Return a reader that gives back what is expected where it is said, else everything said."""

    def read_text(assessment: Assessment, expected: str) -> object:
        found = texts(assessment)
        return expected if any(expected in text for text in found) else found

    return read_text


def unsaid(texts: Callable[[Assessment], Sequence[str]]) -> Callable[[Assessment, str], object]:
    """Return a reader that gives back what is expected where nothing says it, else what says it."""

    def read_text(assessment: Assessment, expected: str) -> object:
        return [text for text in texts(assessment) if expected in text] or expected

    return read_text


def cites(assessment: Assessment) -> list[str]:
    return list(assessment.binding.cites) if assessment.binding else []


def whole(assessment: Assessment) -> list[str]:
    return [assessment.model_dump_json()]


def binding(assessment: Assessment, _: str) -> str:
    return assessment.binding.basis.value if assessment.binding else "无"


SEEN: dict[str, Callable[[Assessment, Any], object]] = {
    "conclusion": conclusion,
    "not_concluded": not_concluded,
    "verdicts": verdicts,
    "actual": actual,
    "factors": factors,
    "gates": gates,
    "basis": binding,
    "record": lambda assessment, _: str(assessment.record.score),
    "similar": lambda assessment, _: str(assessment.similar.score),
    "total": lambda assessment, _: str(assessment.total),
    "clean": lambda assessment, _: str(assessment.record.three_years_clean).lower(),
    "shown": lambda assessment, _: str(len(assessment.record.items)),
    "reason": said(reasons),
    "no_reason": unsaid(reasons),
    "no_cite": unsaid(cites),
    "gap": said(wanted),
    "no_gap": unsaid(wanted),
    "risk": said(lambda assessment: [note(risk) for risk in assessment.risks]),
    "no_risk": unsaid(lambda assessment: [note(risk) for risk in assessment.risks]),
    "flip": said(lambda assessment: [change(flip) for flip in assessment.flips]),
    "no_flip": unsaid(lambda assessment: [change(flip) for flip in assessment.flips]),
    "finding": said(lambda assessment: [assessment.similar.finding, assessment.record.finding]),
    "no_finding": unsaid(lambda assessment: [assessment.similar.finding, assessment.record.finding]),
    "trace": said(whole),
    "no_trace": unsaid(whole),
}
