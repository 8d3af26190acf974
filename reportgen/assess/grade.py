"""综合信用等级: the class A, B, C or D of a legal entity by 本溪 2017, 二 — never a 信用报告.

It has its own life: valid for years and reusable across departments, where a report is used once for
one project. A and B claim an absence, so they need a fresh closed list of records, a proven
registration and no claim left open; what is proven against the subject gives C or D without them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import model_validator

from reportgen.assess.case import ref
from reportgen.assess.grade_fields import Graded, GradeField, grade_fields
from reportgen.assess.model import Gap, PackIdentity
from reportgen.assess.wording import day
from reportgen.errors import ReportgenError
from reportgen.policy.citation import Citation
from reportgen.policy.loader import PACKS, around, most_local_first
from reportgen.policy.model import Policy
from reportgen.subject.base import Date, Model, require_order
from reportgen.subject.model import Standing, Subject
from reportgen.subject.records import CreditRecord, Grade, Nature, RecordState, Severity
from reportgen.subject.window import add_months

METHOD_VERSION = "1.0"
"""Version of the way to grade; it moves apart from that of the reports."""
NOTICE = (
    "综合信用等级在有效期内可由多个部门重复使用。它不是本机构为特定项目出具的、一次性使用的信用报告，"
    "也不是以 AAA 等符号表示的信用评级。"
)
_MEANING = {
    Grade.A: "有优良信誉信息记录，且无不良行为信息记录",
    Grade.B: "无优良信誉信息记录，且无不良行为信息记录",
    Grade.C: "有不良行为信息记录",
    Grade.D: "有严重失信行为造成严重社会影响的信息记录",
}
_RUNNING = {Standing.ACTIVE, Standing.MOVING, Standing.SUSPENDED}
_SEVERE = {Severity.SERIOUS, Severity.GRAVE}


class GradeState(StrEnum):
    """Where a grade stands in its life."""

    VALID = "有效"
    EXPIRED = "已过期"
    REVOKED = "已撤销"
    SUPERSEDED = "被替代"


class GradeTerm(Model):
    """From when to when a grade is valid, both days inclusive, and what ended it earlier."""

    since: Date
    until: Date
    revoked_on: Date | None = None
    superseded_on: Date | None = None

    def state(self, on: date) -> GradeState | None:
        """Return the state on a day, None before the issue; a revocation outweighs all else."""
        if on < self.since:
            return None
        if self.revoked_on is not None and self.revoked_on <= on:
            return GradeState.REVOKED
        if self.superseded_on is not None and self.superseded_on <= min(on, self.until):
            return GradeState.SUPERSEDED
        return GradeState.EXPIRED if on > self.until else GradeState.VALID

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("since", self.since, "until", self.until)
        require_order("since", self.since, "revoked_on", self.revoked_on)
        require_order("since", self.since, "superseded_on", self.superseded_on)
        return self


class GradeReason(Model):
    """A record, or a proven absence, that decides the class."""

    text: str
    evidence: tuple[str, ...] = ()
    disputed: bool = False


class GradeAssessment(Model):
    """The whole grading. Exactly one of `grade` and `gaps` is given; without a grade there is no term.

    `notes` say what did not decide, `cites` by which rules; nothing in it is a score.
    """

    uscc: str
    name: str
    on: date
    as_of: date
    pack: PackIdentity
    cites: tuple[str, ...]
    method: str = METHOD_VERSION
    grade: Grade | None
    disputed: bool
    reasons: tuple[GradeReason, ...]
    notes: tuple[str, ...]
    gaps: tuple[Gap, ...]
    fields: tuple[GradeField, ...]
    term: GradeTerm | None
    notice: str = NOTICE

    @property
    def sentence(self) -> str:
        """Return the grade as printed, marked 【异议中】 where it rests on disputed records alone."""
        if self.grade is None:
            return "证据不足，未评定综合信用等级"
        mark = "【异议中】" if self.disputed else ""
        return f"综合信用等级 {self.grade} 级{mark}（{self.meaning}）"

    @property
    def meaning(self) -> str:
        """Return what the class means, nothing where none was given."""
        return _MEANING[self.grade] if self.grade else ""


def grading_policy(region: str, on: date, folder: Path = PACKS) -> Policy:
    """Return the rules of the most local pack that grades in a region on a day; raises E0321 for none."""
    for pack, sha256 in most_local_first(region, folder):
        if any(item.applies(on) for item in pack.values.grading):
            return pack.on(on, sha256)
    raise ReportgenError("E0321", path="region", region=region, on=on)


def grade(subject: Subject, policy: Policy, on: date, years: int | None = None) -> GradeAssessment:
    """Return the 综合信用等级 of a subject on a day, valid for `years` (the policy's first where None).

    A pure function. Raises E0321 (the policy grades nobody), E0322 (validity not offered).
    """
    term = _term(policy, on, years)
    graded = Graded(subject, policy, on)
    records = _sorted(graded)
    gaps = () if records.bad else (*_basic_gaps(graded), *_claim_gaps(records.claims))
    found = None if gaps else _class(graded, records)
    decisive = _decisive(graded, found, records)
    return GradeAssessment(
        uscc=subject.uscc,
        name=subject.name,
        on=on,
        as_of=subject.as_of,
        pack=_pack(policy),
        cites=_cites(policy),
        grade=found,
        disputed=bool(decisive) and all(_disputed(record) for record in decisive),
        reasons=_reasons(graded, found, decisive),
        notes=tuple(_notes(graded, found, records)),
        gaps=gaps,
        fields=grade_fields(graded),
        term=term if found else None,
    )


def _term(policy: Policy, on: date, years: int | None) -> GradeTerm:
    """Return the validity: its last day is the same day of the last year, or that month's last."""
    if policy.grading is None:
        raise ReportgenError("E0321", path="region", region=policy.pack.region, on=on)
    offered = policy.grading.validity_years
    chosen = offered[0] if years is None else years
    if chosen not in offered:
        raise ReportgenError("E0322", path="years", years=chosen, offered="、".join(map(str, offered)))
    return GradeTerm(since=on, until=add_months(on, 12 * chosen))


@dataclass(frozen=True)
class _Records:
    """Proven honours that still hold, proven adverse records, and what others merely say against the subject."""

    good: tuple[CreditRecord, ...]
    bad: tuple[CreditRecord, ...]
    claims: tuple[CreditRecord, ...]


def _sorted(graded: Graded) -> _Records:
    proven = [record for record in graded.usable if graded.subject.proven(record)]
    favourable = (record for record in proven if record.nature is Nature.FAVOURABLE)
    return _Records(
        good=tuple(record for record in favourable if _holds(record, graded.on)),
        bad=tuple(record for record in proven if record.nature is Nature.ADVERSE),
        claims=tuple(r for r in graded.usable if r.nature is Nature.ADVERSE and r not in proven),
    )


def _holds(record: CreditRecord, on: date) -> bool:
    if record.removed_on is not None and record.removed_on <= on:
        return False
    dated = record.valid_from is not None or record.valid_until is not None
    return not dated or record.in_force(on)


def _class(graded: Graded, records: _Records) -> Grade:
    if records.bad:
        return Grade.D if any(_grave(graded, record) for record in records.bad) else Grade.C
    return Grade.A if records.good else Grade.B


def _grave(graded: Graded, record: CreditRecord) -> bool:
    """Say whether a record gives D: severe by document or rule, no person's word, with social impact."""
    return _severe(graded, record) and record.social_impact and not record.severity_manual


def _severe(graded: Graded, record: CreditRecord) -> bool:
    return graded.span.severity(record) in _SEVERE


def _decisive(graded: Graded, found: Grade | None, records: _Records) -> tuple[CreditRecord, ...]:
    """Return the records on which the class rests; a B rests on none."""
    if found is Grade.D:
        return tuple(record for record in records.bad if _grave(graded, record))
    return records.bad if found is Grade.C else records.good if found is Grade.A else ()


def _reasons(
    graded: Graded, found: Grade | None, decisive: Sequence[CreditRecord]
) -> tuple[GradeReason, ...]:
    start = day(graded.span.start)
    clean = GradeReason(text=f"公共信用信息已查全：自{start}起未见依规可用的不良行为信息")
    none = GradeReason(text="未见在有效期内的优良信誉信息")
    said = tuple(_reason(graded, record) for record in decisive)
    return {Grade.A: (*said, clean), Grade.B: (clean, none)}.get(found, said) if found else ()


def _reason(graded: Graded, record: CreditRecord) -> GradeReason:
    severity, source = graded.span.graded(record)
    degree = f"，{severity}（{source}）" if record.nature is Nature.ADVERSE and severity else ""
    impact = "，文书认定造成严重社会影响" if record.social_impact else ""
    return GradeReason(
        text=f"{_named(record)}{degree}{impact}",
        evidence=(ref(graded.subject, record),),
        disputed=_disputed(record),
    )


def _named(record: CreditRecord) -> str:
    return (
        f"{record.kind}（{record.authority}，{day(record.determined_on)}，{record.number or record.title}）"
    )


def _disputed(record: CreditRecord) -> bool:
    return record.state is RecordState.DISPUTED


def _notes(graded: Graded, found: Grade | None, records: _Records) -> Iterator[str]:
    good, bad = records.good, records.bad
    if found is not None:
        yield from _from_elsewhere(graded)
    if found is Grade.C:
        why = Counter(_why_no_d(record) for record in bad if _severe(graded, record))
        yield from (f"严重失信信息 {count} 条{text}，不评为 D 级" for text, count in why.items())
    if good and bad:
        yield f"另有优良信誉信息 {len(good)} 条，不抵消不良行为信息"
    if bad and records.claims:
        yield f"另有出自公共来源以外、尚未证实的不良信息 {len(records.claims)} 条，未据以评定"
    if bad and not graded.looked_up:
        yield "公共信用信息尚未查全，等级以已证实的不良行为信息评定"
    favourable = sum(1 for record in graded.usable if record.nature is Nature.FAVOURABLE)
    if favourable > len(good):
        yield f"未经证实或已不在有效期内的优良信誉信息 {favourable - len(good)} 条，未计入"
    if any(_disputed(record) for record in (*good, *bad)):
        yield "所列记录有异议在办理，异议成立的重新评定"


def _from_elsewhere(graded: Graded) -> Iterator[str]:
    # Refusing who is registered elsewhere would shut it out of the region's matters.
    registration, pack = graded.subject.registration, graded.policy.pack
    if pack.region not in around(registration.region):
        where = f"主体登记在{registration.authority}，不在{pack.title}的地区"
        yield f"{where}；等级照{pack.title}评定，只供该地区的事项使用"


def _why_no_d(record: CreditRecord) -> str:
    """Return why a severe record does not give D."""
    if not record.social_impact:
        return "未见认定造成严重社会影响的文书"
    return "认定造成严重社会影响，但严重程度为人工判定"


def _basic_gaps(graded: Graded) -> Iterator[Gap]:
    subject, found = graded.subject, graded.subject.registration
    if not subject.proven(found):
        yield Gap(what="登记信息", why="尚未由公共来源证实", how="请提供登记机关的公示信息，由本机构核实")
    elif found.standing not in _RUNNING:
        why = f"登记状态为{found.standing}，不是可评定的存续主体"
        yield Gap(what="登记状态", why=why, how="恢复登记并由公共来源证实后再申请评定")
    if not graded.looked_up:
        why = f"没有完整、在时效内且覆盖{day(graded.span.start)}以来的公共信用信息查询结果"
        yield Gap(what="公共信用信息", why=why, how="请提供完整的公共信用信息查询结果，由本机构核实")


def _claim_gaps(claims: Iterable[CreditRecord]) -> Iterator[Gap]:
    for record in claims:
        yield Gap(
            what=f"{_named(record)}的查证",
            why="出自公共来源以外，尚未证实",
            how="请提供公共来源的查询结果或核实记录",
        )


def _pack(policy: Policy) -> PackIdentity:
    pack = policy.pack
    return PackIdentity(
        name=pack.name, title=pack.title, sha256=policy.sha256, on=policy.day, effect=pack.effect
    )


def _cites(policy: Policy) -> tuple[str, ...]:
    """Return what is cited, the articles of one document together."""
    found: dict[tuple[str, str, bool], list[Citation]] = {}
    for name in ("grading", "look_back_years"):
        citation = policy.citation_of(name)
        found.setdefault((citation.document, citation.effect, citation.printable), []).append(citation)
    return tuple(_label(_together(same)) for same in found.values())


def _together(same: Sequence[Citation]) -> Citation:
    articles = dict.fromkeys(f"{citation.article}{citation.paragraph}" for citation in same)
    return same[0].model_copy(update={"article": "、".join(articles), "paragraph": ""})


def _label(citation: Citation) -> str:
    return citation.label() + ("" if citation.printable or citation.own else "（条文未核）")
