"""Local rules that a project's owner chose for his own project, tested like 否决项 on his word.

Without the owner's recorded choice such a rule decides nothing; with it the basis is 招标文件 and the
clause that publishes the choice. A severity that only our own classes give decides nothing here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reportgen.assess.case import Case
from reportgen.assess.model import Basis, GateResult, Reason
from reportgen.assess.standing import Hit
from reportgen.assess.wording import day
from reportgen.errors import ReportgenError
from reportgen.policy.model import Policy
from reportgen.policy.rules import Switch, SwitchTest
from reportgen.project.clauses import Choice
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Grade, Nature, RecordKind, Severity

_BARRED = {Grade.C.value, Grade.D.value}
_SEVERE = {Severity.SERIOUS, Severity.GRAVE}
_LISTS = {RecordKind.SERIOUS_LIST, RecordKind.DEFAULTER}


@dataclass(frozen=True)
class _Found:
    """What a chosen rule turns up: the records that would bar, and the papers nobody has handed in."""

    hits: tuple[Hit, ...]
    missing: tuple[str, ...]


def check_choices(project: Project, policy: Policy) -> None:
    """Raise E0320 where the owner chose a local rule that the rule pack does not offer for the matter."""
    known = policy.switches(project.matter)
    for index, choice in enumerate(project.choices):
        if choice.switch not in known:
            offered = "、".join(known) or "（无）"
            path = f"project.choices[{index}].switch"
            raise ReportgenError(
                "E0320", path=path, switch=choice.switch, pack=policy.pack.title, offered=offered
            )


def chosen_results(case: Case) -> tuple[GateResult, ...]:
    """Test every local rule that the project's owner chose."""
    offered = case.policy.switches(case.project.matter)
    return tuple(_result(case, choice, offered[choice.switch]) for choice in case.project.choices)


def _result(case: Case, choice: Choice, switch: Switch) -> GateResult:
    found = _TESTS[switch.test](case)
    proven = [hit for hit in found.hits if hit.proven]
    shown = proven or found.hits
    reason = Reason(
        text=_text(choice, switch, shown, found, bool(proven)),
        basis=Basis.TENDER,
        cites=(switch.cite,),
        clause=choice.clause,
        evidence=tuple(hit.evidence for hit in shown),
        disputed=bool(shown) and all(hit.disputed for hit in shown),
    )
    claims = [hit for hit in found.hits if not hit.proven]
    return GateResult(
        id=switch.id,
        title=switch.title,
        tripped=bool(proven),
        unproven=not proven and bool(claims or found.missing),
        reason=reason,
        claims=() if proven else tuple(hit.evidence for hit in claims if not hit.disputed),
        doubts=() if proven else tuple(hit.evidence for hit in claims if hit.disputed),
        missing=() if proven else found.missing,
    )


def _text(choice: Choice, switch: Switch, shown: Sequence[Hit], found: _Found, proven: bool) -> str:
    chosen = f"{choice.by.name}{day(choice.chosen_on)}选用"
    if shown:
        tail = "" if proven else "；出自公共来源以外，尚未证实"
        return f"{chosen}：{'；'.join(_said(hit) for hit in shown)}{tail}"
    return f"{chosen}：" + ("尚缺" + "、".join(found.missing) if found.missing else "未发现此情形")


def _said(hit: Hit) -> str:
    record = hit.record
    what = f"{record.kind}{record.grade}" if record.grade else f"{record.kind}"
    return f"{hit.subject.name}{what}（{record.authority}{day(record.determined_on)}，{record.number or record.title}）"


def _grades(case: Case) -> _Found:
    hits, missing = [], []
    for subject in case.subjects:
        valid = [
            r for r in _usable(case, subject) if r.kind is RecordKind.GRADE and r.in_force(case.judged_on)
        ]
        hits += [Hit(subject, record) for record in valid if record.grade in _BARRED]
        if not any(subject.proven(record) for record in valid):
            missing.append(f"{case.name_of(subject)}有效的综合信用等级证明")
    return _Found(tuple(hits), tuple(missing))


def _severe(case: Case) -> _Found:
    hits = [Hit(s, r) for s in case.subjects for r in _usable(case, s) if _is_severe(case, r)]
    missing = [f"{case.name_of(s)}完整的公共信用信息查询结果" for s in case.subjects if not case.looked_up(s)]
    return _Found(tuple(hits), tuple(missing))


def _is_severe(case: Case, record: CreditRecord) -> bool:
    if record.kind in _LISTS:
        return record.closure is None and record.in_force(case.judged_on)
    return record.nature is Nature.ADVERSE and record.severity in _SEVERE and not record.severity_manual


def _usable(case: Case, subject: Subject) -> Iterator[CreditRecord]:
    return (placed.record for owner, placed in case.usable if owner is subject)


_TESTS: dict[SwitchTest, Callable[[Case], _Found]] = {
    SwitchTest.GRADE: _grades,
    SwitchTest.SEVERE: _severe,
}
