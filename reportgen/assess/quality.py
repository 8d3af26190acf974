"""Data quality: what is there for a report on a subject, and what to ask for, in the order it matters.

How much a gap matters is not written down but found: the gap is filled, as favourably as can be, and the
conclusion is decided again (`holes`). A pure function of its arguments: no clock, no database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reportgen.assess.asking import Ask, Whom
from reportgen.assess.aspects import SectionQuality, section_qualities
from reportgen.assess.case import Case
from reportgen.assess.conclusion import Rules, decide, tally, total
from reportgen.assess.coverage import coverage
from reportgen.assess.holes import Hole, World, holes
from reportgen.assess.incentives import clause_results
from reportgen.assess.judge import findings
from reportgen.assess.measure import ZERO
from reportgen.assess.model import Conclusion
from reportgen.assess.record import undisputed_score
from reportgen.assess.wording import number, rounded
from reportgen.policy.model import Policy
from reportgen.subject.base import Date, Model
from reportgen.subject.model import Subject

SCORED_AS = "各部分取其各项比例的平均，全部取各部分的平均；各项、各部分同权，为本机构设定，不进入评价"
"""How the shares come about, to be printed beside them."""
_OPTIONAL = "以下各项只影响报告列示的内容，可以不提供："
_MASKED = "材料中的身份证件号码、住址、电话等个人信息请先遮盖，本机构不收集。"


class Matters(StrEnum):
    """How much a gap matters, the most first."""

    CONCLUDING = "补齐以前不能证实，或不能作出结论"
    DECIDING = "补齐后结论可能改变"
    SCORING = "补齐后得分或证据覆盖率可能提高"
    SHOWING = "只影响报告列示的内容"


class DataGap(Model):
    """Something missing for a project: what, for which clause, why it matters, and what to ask for.

    `gain` is the most by which the total of 0–100 rises once what stops the conclusion is there, `about` the kind of
    the requirement, or the name of what every report needs.
    """

    matters: Matters
    what: str
    clause: str = ""
    why: str
    gain: Decimal = ZERO
    about: str = ""
    asks: tuple[Ask, ...]


class SubjectQuality(Model):
    """What is there of one subject, by section; `share` is the mean of its sections, 0–1."""

    uscc: str
    name: str
    as_of: Date
    share: Decimal
    sections: tuple[SectionQuality, ...]


@dataclass(frozen=True)
class Wanted:
    """One thing to ask for, the clauses it is for, and how much the most important gap it fills matters."""

    ask: Ask
    clauses: tuple[str, ...]
    matters: Matters

    @property
    def line(self) -> str:
        """Return the thing and its clauses in one line."""
        return f"{self.ask.paper}（对应 {'、'.join(self.clauses)}）" if self.clauses else self.ask.paper


class DataQuality(Model):
    """Data quality of an applicant on a day; with a project, the gaps in the order they matter for it.

    `conclusion` is what would be concluded today, None where nothing can be or no project is given. Without
    a project the gaps are in the order of the report. `at_best` is the conclusion were every gap filled as favourably
    as can be. `method` says how the shares come about.
    """

    on: Date
    method: str = SCORED_AS
    subjects: tuple[SubjectQuality, ...]
    project: str = ""
    lot: str = ""
    title: str = ""
    conclusion: Conclusion | None = None
    at_best: Conclusion | None = None
    gaps: tuple[DataGap, ...]

    def standing(self) -> str:
        """Return what can be concluded for the project now, and at best, in one sentence."""
        now = f"现有证据可作出结论“{self.conclusion}”" if self.conclusion else "现有证据不能作出结论"
        if not self.gaps:
            return f"{now}；没有缺件"
        if self.conclusion is not None and self.conclusion is self.at_best:
            best = "，补齐后结论不变"
        else:
            short = self.at_best not in {None, Conclusion.CAPABLE}
            best = f"，即使全部补齐，至多为“{self.at_best}”" if short else ""
        return f"{now}；缺件 {len(self.gaps)} 项{best}"

    def wanted(self) -> tuple[Wanted, ...]:
        """Return each thing to ask for once, most important first, with all the clauses it is for."""
        found: dict[Ask, list[DataGap]] = {}
        for gap in self.gaps:
            for ask in gap.asks:
                found.setdefault(ask, []).append(gap)
        return tuple(
            Wanted(ask, tuple(dict.fromkeys(gap.clause for gap in gaps if gap.clause)), gaps[0].matters)
            for ask, gaps in found.items()
        )

    def letter(self) -> tuple[str, ...]:
        """Return the 补充材料清单 to send to the applicant, line by line; nothing where nothing is asked of it."""
        papers = [item for item in self.wanted() if item.ask.whom is Whom.APPLICANT]
        if not papers:
            return ()
        lines = [f"{place}. {item.line}" for place, item in enumerate(papers, start=1)]
        needed = sum(item.matters is not Matters.SHOWING for item in papers) if self.project else len(papers)
        optional = [_OPTIONAL] if needed < len(papers) else []
        return ("补充材料清单", self._address(), *lines[:needed], *optional, *lines[needed:])

    def _address(self) -> str:
        names = "、".join(subject.name for subject in self.subjects)
        lot = f"（标段 {self.lot}）" if self.lot else ""
        use = f"办理{self.title}{lot}所用的信用报告" if self.title else "办理信用报告"
        return f"{names}：为{use}，请提供下列材料，均须能由本机构核实。{_MASKED}"


def data_quality(subject: Subject, policy: Policy, on: date) -> DataQuality:
    """Return the data quality of a subject on a day by the rules of a policy, without a project."""
    told = _of(subject, policy, on)
    return DataQuality(on=on, subjects=(told,), gaps=tuple(_shown([told], ())))


def case_quality(case: Case) -> DataQuality:
    """Return the data quality of an applicant for its project, the gaps in the order they matter for it."""
    subjects = tuple(_of(subject, case.policy, case.judged_on) for subject in case.subjects)
    world, rules = _world(case), Rules(case.policy.conclusion, case.policy.weights)
    missing = holes(world, clause_results(case, world.found.record))
    judged = tuple(_ranked(world, rules, missing))
    project = case.project
    return DataQuality(
        on=case.judged_on,
        subjects=subjects,
        project=project.id,
        lot=project.lot.id if project.lot else "",
        title=project.name,
        conclusion=decide(world.parts, rules),
        at_best=decide(world.filled(missing), rules),
        gaps=(*judged, *_shown(subjects, judged)),
    )


def _of(subject: Subject, policy: Policy, on: date) -> SubjectQuality:
    sections = section_qualities(subject, policy, on)
    mean = sum((section.share for section in sections), ZERO) / len(sections)
    return SubjectQuality(
        uscc=subject.uscc, name=subject.name, as_of=subject.as_of, share=rounded(mean, 3), sections=sections
    )


def _world(case: Case) -> World:
    found = findings(case)
    return World(case, found, tally(found, coverage(found.lines), undisputed_score(case)))


def _ranked(world: World, rules: Rules, missing: Sequence[Hole]) -> Iterator[DataGap]:
    closing = _closing(world, rules, missing)
    rest = [_weighed(world, rules, missing, closing, hole) for hole in missing if hole not in closing]
    base, whole = (decide(world.filled(some), rules) for some in (closing, missing))
    # Where neither one alone can change the conclusion nor is needed for it, any of them may help the others.
    together = base is not whole and not any(item.decides for item in rest)
    yield from (_gap(hole, Matters.CONCLUDING, ZERO) for hole in closing)
    gaps = [_gap(item.hole, item.matters(together=together), item.gain) for item in rest]
    yield from sorted(gaps, key=lambda gap: (list(Matters).index(gap.matters), -gap.gain))


@dataclass(frozen=True)
class _Weighed:
    """A hole and what filling it does: points of the total, more coverage, another conclusion."""

    hole: Hole
    gain: Decimal
    covers: bool
    decides: bool

    def matters(self, *, together: bool) -> Matters:
        """Return how much the hole matters; `together` says that those that score may decide together."""
        scores = self.gain > 0 or self.covers
        if self.decides or (together and scores):
            return Matters.DECIDING
        return Matters.SCORING if scores else Matters.SHOWING


def _weighed(
    world: World, rules: Rules, missing: Sequence[Hole], closing: Sequence[Hole], hole: Hole
) -> _Weighed:
    base, there = world.filled(closing), world.filled([*closing, hole])
    whole, without = world.filled(missing), world.filled(other for other in missing if other is not hole)
    changes = decide(there, rules) is not decide(base, rules)
    needed = decide(without, rules) is not decide(whole, rules)
    gain = (total(there, rules.weights) or ZERO) - (total(base, rules.weights) or ZERO)
    return _Weighed(hole, max(ZERO, gain), there.coverage > base.coverage, changes or needed)


def _closing(world: World, rules: Rules, missing: Sequence[Hole]) -> list[Hole]:
    """Return what stops a conclusion: what has to be known, and, where that is not enough, what lifts the coverage."""
    closing = [hole for hole in missing if hole.closes]
    if decide(world.filled(closing), rules) is None:
        closing += [hole for hole in missing if hole.lines and not hole.closes]
    return closing


def _gap(hole: Hole, sort: Matters, gain: Decimal) -> DataGap:
    more = f"；综合得分最多提高 {number(gain, 1)} 分" if gain else ""
    return DataGap(
        matters=sort,
        what=hole.what,
        clause=hole.clause,
        why=hole.why + more,
        gain=gain,
        about=hole.about,
        asks=hole.asks,
    )


def _shown(subjects: Iterable[SubjectQuality], judged: Sequence[DataGap]) -> Iterator[DataGap]:
    """Yield what the sections lack besides, in the order of the report, but nothing that is asked for already."""
    asked = {ask for gap in judged for ask in gap.asks}
    for subject in subjects:
        for section in subject.sections:
            for aspect in section.aspects:
                more = tuple(ask for ask in aspect.asks if ask not in asked)
                asked |= set(more)
                if more:
                    yield DataGap(
                        matters=Matters.SHOWING,
                        what=f"{section.title}：{aspect.name}",
                        why=aspect.text,
                        asks=more,
                    )
