"""Sentence cases: reading them strictly, judging them, and telling what is not as they say.

A case is a sentence, a change and what follows:

    - name: 安全生产许可证在投标截止当天到期，当天有效，满足
      given: {set: {subject.qualifications.safety.valid_until: 2026-12-15}}
      expect: {conclusion: 具备信用能力, verdicts: {safety: 满足}}

`subject`, `partner` and `project` name files of its own beside the case file, `lot` a lot. `bug` says
what is wrong with the judgement today: the case then has to fail. A key that nobody knows is refused,
so that a misspelt expectation never passes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment, Flip, RequirementResult, RiskNote
from reportgen.errors import Fault, ReportgenError
from reportgen.intake.patch import Patch
from reportgen.plain import Plain, child, read_plain
from tests.assess.build import JOINT, OTHERS, SNAPSHOT, changed_case
from tests.factories import Data

NO_CONCLUSION = "缺件清单"
_FILES = ("subject", "partner", "project")
_KEYS = {"name", "given", "expect", "bug", "lot", *_FILES}
_JOINT_KEYS = {"share", "lead_work", "lead_specialties", "work", "specialties"}


@dataclass(frozen=True)
class Mismatch:
    """One expectation that does not hold: its key, what the case says, what the judgement says."""

    key: str
    expected: object
    seen: object


@dataclass(frozen=True)
class Sentence:
    """One case of a file."""

    file: Path
    place: str
    data: Data
    plain: Plain

    @property
    def name(self) -> str:
        """Return the sentence."""
        return str(self.data["name"])

    @property
    def bug(self) -> str:
        """Return what is wrong with the judgement today, or nothing."""
        return str(self.data.get("bug", ""))

    @property
    def line(self) -> int | None:
        """Return the line on which the case begins."""
        return self.plain.line(self.place)

    def judged(self) -> Assessment:
        """Return the judgement; raises what the files, the changes or the policy raise."""
        files = {name: self.file.parent / self.data[name] for name in _FILES if name in self.data}
        root = child(self.place, "given")
        patch = Patch(self.data.get("given", {}), str(self.file), self.plain, root, OTHERS)
        return assess(changed_case(patch, files, self.data.get("lot", "")), SNAPSHOT)

    def mismatches(self, assessment: Assessment) -> list[Mismatch]:
        """Return every expectation that does not hold."""
        seen = {key: SEEN[key](assessment, value) for key, value in self.data["expect"].items()}
        expected = self.data["expect"]
        return [Mismatch(key, expected[key], seen[key]) for key in seen if seen[key] != expected[key]]


def sentences(file: Path) -> list[Sentence]:
    """Return the cases of a file; raises E0301 with every fault, or what `read_plain` raises."""
    plain = read_plain(file)
    found = plain.data.get("cases")
    cases = found if isinstance(found, list) else []
    faults = [*plain.faults, *(Fault("E0301", key, "不认识的键") for key in plain.data if key != "cases")]
    if not cases:
        faults.append(Fault("E0301", "cases", "应为案例的列表，至少一例"))
    read = [Sentence(file, child("cases", index), case, plain) for index, case in enumerate(cases)]
    faults += [_located(plain, fault) for sentence in read for fault in _faults(sentence)]
    if faults:
        raise ReportgenError("E0301", path=str(file), faults=faults)
    return read


def _located(plain: Plain, fault: Fault) -> Fault:
    line = plain.line(fault.path)
    return fault if line is None else Fault(fault.code, fault.path, f"{fault.what}（第 {line} 行）")


def _faults(sentence: Sentence) -> list[Fault]:
    case: object = sentence.data
    place = sentence.place
    if not isinstance(case, dict):
        return [Fault("E0301", place, "应为键值表")]
    faults = _strange(case, _KEYS, place)
    expect, given = case.get("expect"), case.get("given", {})
    if not isinstance(case.get("name"), str):
        faults.append(Fault("E0301", child(place, "name"), "缺少此项：用一句话说明案例"))
    if not isinstance(given, dict):
        faults.append(Fault("E0301", child(place, "given"), "应为键值表"))
    elif JOINT in given:
        faults += _strange(given[JOINT], _JOINT_KEYS, child(child(place, "given"), JOINT))
    if not isinstance(expect, dict) or not expect:
        return [*faults, Fault("E0301", child(place, "expect"), "缺少期望")]
    return [*faults, *_strange(expect, set(SEEN), child(place, "expect")), *_misshapen(expect, place)]


def _strange(given: object, known: set[str], place: str) -> list[Fault]:
    if not isinstance(given, dict):
        return [Fault("E0301", place, "应为键值表")]
    names = "、".join(sorted(known))
    return [
        Fault("E0301", child(place, key), f"不认识的键，可用 {names}") for key in given if key not in known
    ]


def _misshapen(expect: Data, place: str) -> list[Fault]:
    shapes = {"gates": (list, "列表"), **dict.fromkeys(("verdicts", "actual", "factors"), (dict, "键值表"))}
    wrong = [(key, shapes.get(key, (str, "文字"))) for key in expect if key in SEEN]
    return [
        Fault("E0301", child(child(place, "expect"), key), f"应为{name}")
        for key, (kind, name) in wrong
        if not isinstance(expect[key], kind)
    ]


def conclusion(assessment: Assessment, _: str) -> str:
    return assessment.sentence if assessment.conclusion else NO_CONCLUSION


def not_concluded(assessment: Assessment, expected: str) -> object:
    found = conclusion(assessment, "")
    return f"得出{found}" if found == expected else expected


def of_requirements(show: Callable[[RequirementResult], str]) -> Callable[[Assessment, Data], Data]:
    """Return a reader of the requirements named by their ids."""

    def read(assessment: Assessment, expected: Data) -> Data:
        found = {item.id: show(item) for item in assessment.requirements}
        return {name: found.get(name, "没有这项要求") for name in expected}

    return read


def factors(assessment: Assessment, expected: Data) -> Data:
    scores = {factor.factor.value: str(factor.score) for factor in assessment.factors}
    return {name: scores.get(name, "没有这个要素") for name in expected}


def reasons(assessment: Assessment) -> list[str]:
    return [reason.text for reason in assessment.reasons]


def gates(assessment: Assessment, _: object) -> list[str]:
    return [gate.id for gate in assessment.gates if gate.tripped]


def wanted(assessment: Assessment) -> list[str]:
    return [f"{gap.what}；{gap.why}；{gap.how}" for gap in (assessment.gaps.gaps if assessment.gaps else ())]


def note(risk: RiskNote) -> str:
    return f"{risk.title}：{risk.text}"


def advice(risk: RiskNote) -> str:
    return f"{risk.title}：{risk.mitigation}"


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
    "verdicts": of_requirements(lambda item: item.verdict.value),
    "actual": of_requirements(lambda item: item.actual),
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
    "advice": said(lambda assessment: [advice(risk) for risk in assessment.risks]),
    "no_advice": unsaid(lambda assessment: [advice(risk) for risk in assessment.risks]),
    "factor": said(lambda assessment: [factor.finding for factor in assessment.factors]),
    "no_factor": unsaid(lambda assessment: [factor.finding for factor in assessment.factors]),
    "flip": said(lambda assessment: [change(flip) for flip in assessment.flips]),
    "no_flip": unsaid(lambda assessment: [change(flip) for flip in assessment.flips]),
    "finding": said(lambda assessment: [assessment.similar.finding, assessment.record.finding]),
    "no_finding": unsaid(lambda assessment: [assessment.similar.finding, assessment.record.finding]),
    "trace": said(whole),
    "no_trace": unsaid(whole),
}
