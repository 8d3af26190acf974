"""What is missing in a judgement, and the judgement as it would be were some of it there.

A hole is filled as favourably as can be: what it matters is the most that the evidence could change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reportgen.assess.accounts import filings
from reportgen.assess.asking import Ask, asks, brought, looked_up
from reportgen.assess.aspects import went
from reportgen.assess.case import Case, ref
from reportgen.assess.conclusion import Findings, Tally, gate_name, requirement_name
from reportgen.assess.coverage import coverage, lacking_years, stale_sources
from reportgen.assess.factors import derived, score_with
from reportgen.assess.model import ClauseResult, EvidenceFor, SimilarItem, Verdict
from reportgen.assess.similar import mean_score
from reportgen.assess.usage import untold
from reportgen.assess.wording import day
from reportgen.project.requirements import Factor
from reportgen.subject.base import Origin
from reportgen.subject.holdings import ContractStatus

_FULL = Decimal(100)
_BASIC = ("登记信息", "公共信用信息", "近三年财务报表", "数据时效")
"""What every report needs of each member, by the ends of the names of its lines."""


@dataclass(frozen=True)
class Hole:
    """Something missing: what, why it is asked for, for which clause, what to ask for, and what it would fill.

    `about` is the kind of its requirement, or the name of what every report needs; nothing where it is neither.
    `closes` names what it settles in a tally, `lines` places of coverage lines, `met` requirements by id,
    `full` lines of factors, `told` contracts by evidence name.
    """

    what: str
    why: str
    asks: tuple[Ask, ...]
    clause: str = ""
    about: str = ""
    closes: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()
    met: frozenset[str] = frozenset()
    full: frozenset[tuple[Factor, str]] = frozenset()
    told: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    """A case with its findings and their tally."""

    case: Case
    found: Findings
    parts: Tally

    def filled(self, holes: Iterable[Hole]) -> Tally:
        """Return the tally were all of some holes filled."""
        filled = list(holes)
        closes = {name for hole in filled for name in hole.closes}
        factors = self._factors(filled)
        return replace(
            self.parts,
            unproven=tuple(name for name in self.parts.unproven if name not in closes),
            factors=factors,
            similar=self._similar({name for hole in filled for name in hole.told}),
            coverage=self._coverage({place for hole in filled for place in hole.lines}, factors),
        )

    def _factors(self, filled: Sequence[Hole]) -> dict[Factor, Decimal | None]:
        met = {name for hole in filled for name in hole.met}
        full = {line for hole in filled for line in hole.full}
        weight = self.case.policy.weights.use
        return {
            result.factor: score_with(result, met, {n for f, n in full if f is result.factor}, weight)
            for result in self.found.factors
        }

    def _similar(self, told: set[str]) -> Decimal | None:
        counting = {ref(s, c) for s in self.case.subjects for c in s.contracts if s.counts(c)}
        rule = self.case.policy.similar

        def score(item: SimilarItem) -> Decimal | None:
            if item.evidence not in told:
                return item.score
            return min(_FULL, item.score + item.unknown * rule.unknown) if item.score is not None else _FULL

        items = [(i.evidence in counting | told, score(i)) for i in self.found.similar.items]
        return mean_score([(counts, value) for counts, value in items if value is not None])

    def _coverage(self, places: set[int], factors: dict[Factor, Decimal | None]) -> Decimal:
        scored = {factor.value for factor, score in factors.items() if score is not None}
        return coverage(
            [
                line.model_copy(update={"present": True})
                if place in places or (line.needed_for is EvidenceFor.FACTOR and line.name in scored)
                else line
                for place, line in enumerate(self.found.lines)
            ]
        )


def holes(world: World, clauses: Sequence[ClauseResult]) -> tuple[Hole, ...]:
    """Return everything missing in a judgement, what bars first, then the rest in the order of the report."""
    return (
        *_gates(world),
        *_basics(world),
        *_requirements(world),
        *_needs(world),
        *_uses(world),
        *_similar(world),
        *_clauses(clauses),
    )


def _gates(world: World) -> Iterator[Hole]:
    for gate in world.found.gates:
        if gate.claims or gate.missing:
            said = looked_up(f"{gate.reason.text}——公共来源的查询结果")
            yield Hole(
                what=f"否决项“{gate.title}”的查证",
                why=gate.reason.text,
                asks=asks(gate.missing) or (said,),
                clause=gate.reason.clause,
                about="gate",
                closes=frozenset({gate_name(gate)}),
            )


def _basics(world: World) -> Iterator[Hole]:
    papers = _basic_papers(world.case)
    for place, line in enumerate(world.found.lines):
        if line.needed_for is EvidenceFor.SUBJECT and not line.present:
            yield Hole(
                what=line.name,
                why=line.detail,
                asks=papers[line.name],
                about=next((name for name in _BASIC if line.name.endswith(name)), ""),
                closes=frozenset({line.name} if line.mandatory else ()),
                lines=frozenset({place}),
            )


def _basic_papers(case: Case) -> dict[str, tuple[Ask, ...]]:
    found: dict[str, tuple[Ask, ...]] = {}
    for subject in case.subjects:
        who = case.name_of(subject)
        old = [
            looked_up(f"{s.name}的最新查询结果")
            if s.origin is Origin.OFFICIAL
            else brought(f"{s.name}的最新材料")
            for s in stale_sources(case, subject)
        ]
        found |= {
            f"{who}登记信息": (looked_up(f"{who}登记机关公示的登记信息"),),
            f"{who}公共信用信息": (looked_up(f"{who}完整的公共信用信息查询结果"),),
            f"{who}近三年财务报表": asks(filings(lacking_years(case, subject), who)),
            f"{who}数据时效": tuple(old) or (looked_up(f"{who}各来源{day(subject.as_of)}以后的查询结果"),),
        }
    return found


def _requirements(world: World) -> Iterator[Hole]:
    lines = [i for i, line in enumerate(world.found.lines) if line.needed_for is EvidenceFor.REQUIREMENT]
    for place, item in zip(lines, world.found.requirements, strict=True):
        if item.verdict is Verdict.UNPROVEN:
            yield Hole(
                what=item.required,
                why=f"{'必备要求' if item.hard else '要求'}未证实：{item.actual}",
                asks=asks(item.missing) or (brought(f"证明“{item.required}”的材料"),),
                clause=item.clause,
                about=item.kind,
                closes=frozenset({requirement_name(item)} if item.hard else ()),
                lines=frozenset({place}),
                met=frozenset({item.id}),
            )


def _needs(world: World) -> Iterator[Hole]:
    for result in world.found.factors:
        if all(not line.requirement for line in result.need):
            for name, found in derived(world.case, result.factor):
                if found.verdict is Verdict.UNPROVEN:
                    why = f"{result.factor}按本机构方法看{name}，现有：{found.actual}"
                    yield Hole(name, why, asks(found.missing), full=frozenset({(result.factor, name)}))


def _uses(world: World) -> Iterator[Hole]:
    papers = untold(world.case)
    for result in world.found.factors:
        for line in result.use:
            if line.score != _FULL and papers.get(line.name):
                why = f"{result.factor}的运用，现有：{line.available}"
                full = frozenset({(result.factor, line.name)})
                yield Hole(line.name, why, asks(papers[line.name]), full=full)


def _similar(world: World) -> Iterator[Hole]:
    done = [i for i in world.found.similar.items if i.unknown and i.status != ContractStatus.ONGOING.value]
    if done:
        yield Hole(
            what="同类项目履约情况",
            why=f"{len(done)} 项同类项目的履约情况没有说全",
            asks=tuple(brought(went(item.name)) for item in done),
            about="同类项目履约情况",
            told=frozenset(item.evidence for item in done),
        )


def _clauses(clauses: Sequence[ClauseResult]) -> Iterator[Hole]:
    for item in clauses:
        if item.holds is Verdict.UNPROVEN and item.missing:
            why = f"招标文件的信用条款，不计入本机构评分：{item.finding}"
            yield Hole(item.text, why, asks(item.missing), item.clause)
