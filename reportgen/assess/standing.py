"""信誉: on no list the tender names, under no ban from the matter, no bribery in the years asked.

Only a record of a public source, or one that somebody checked, may bar. What others say leaves the
question open; where it is disputed besides, it decides nothing but keeps the conclusion at 一般.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import Measured
from reportgen.assess.model import Verdict
from reportgen.project.requirements import StandingRequirement
from reportgen.subject.model import Subject
from reportgen.subject.records import (
    NOTHING_TO_FULFIL,
    PUBLIC_RECORDS,
    CreditRecord,
    RecordKind,
    RecordState,
)
from reportgen.subject.window import Placing, add_months


@dataclass(frozen=True)
class Hit:
    """A record that would bar, if it is true."""

    subject: Subject
    record: CreditRecord

    @property
    def proven(self) -> bool:
        """Say whether the record comes from a public source or was checked."""
        return self.subject.proven(self.record)

    @property
    def disputed(self) -> bool:
        """Say whether the subject disputes the record."""
        return self.record.state is RecordState.DISPUTED

    @property
    def evidence(self) -> str:
        """Return the record's evidence name."""
        return ref(self.subject, self.record)


def standing(case: Case, asked: StandingRequirement) -> Measured:
    """信誉: a defaulter's closed case (终本, 和解) is no automatic bar."""
    hits = sorted(_hits(case, asked), key=lambda hit: not hit.proven)
    proven = [hit for hit in hits if hit.proven]
    claims = [hit for hit in hits if not hit.proven and not hit.disputed]
    missing = (*_unchecked(claims), *_unknown(case, asked))
    verdict = Verdict.UNMET if proven else Verdict.UNPROVEN if missing else Verdict.MET
    return Measured(
        verdict=verdict,
        name="信誉",
        required=_asked_text(case, asked),
        actual=_hits_text(hits, looked_up=not missing),
        missing=missing if verdict is Verdict.UNPROVEN else (),
        evidence=tuple(hit.evidence for hit in hits),
        gate=asked.hard,
        disputed=bool(proven) and all(hit.disputed for hit in proven),
        doubts=tuple(hit.evidence for hit in hits if not hit.proven and hit.disputed),
    )


def _hits(case: Case, asked: StandingRequirement) -> Iterator[Hit]:
    since = _bribery_since(case, asked)
    for subject, placed in case.placed:
        record = placed.record
        bars = _barred(record, asked, case.judged_on) or banned(case, record)
        # A tender may ask about bribery before the look-back; what is withheld stays unasked.
        old = placed.placing is Placing.TOO_OLD
        if (placed.used and bars) or ((placed.used or old) and _bribed(record, since)):
            yield Hit(subject, record)


def banned(case: Case, record: CreditRecord) -> bool:
    """Say whether a record holds a ban from the project's matter that runs at the deadline."""
    named = record.ban is not None and case.project.matter in record.ban.scope
    return named and record.banned(case.judged_on)


def _barred(record: CreditRecord, asked: StandingRequirement, on: date) -> bool:
    listed = {
        RecordKind.DEFAULTER: asked.defaulter and record.closure is None,
        RecordKind.SERIOUS_LIST: asked.serious_lists,
        RecordKind.ABNORMAL_LIST: asked.abnormal_list,
    }
    return listed.get(record.kind, False) and record.in_force(on)


def _bribery_since(case: Case, asked: StandingRequirement) -> date | None:
    years = asked.no_bribery_years
    return add_months(case.judged_on, -12 * years) if years else None


def _bribed(record: CreditRecord, since: date | None) -> bool:
    crime = record.kind is RecordKind.CRIMINAL and record.bribery
    return crime and since is not None and record.determined_on >= since


def _unchecked(claims: list[Hit]) -> Iterator[str]:
    for hit in claims:
        yield f"{hit.subject.name}“{hit.record.number or hit.record.title}”的公共来源或核实记录"


def _unknown(case: Case, asked: StandingRequirement) -> Iterator[str]:
    since = _bribery_since(case, asked)
    for subject in case.subjects:
        if not case.lists(subject, PUBLIC_RECORDS):
            yield f"{subject.name}的公共信用信息查询结果"
        # A 公共信用信息报告 collects no judgments: that it holds none proves nothing.
        if since is not None and not case.convictions_looked_up(subject, since):
            yield f"{subject.name}近 {asked.no_bribery_years} 年无行贿犯罪记录的查询结果（裁判文书）"


def _asked_text(case: Case, asked: StandingRequirement) -> str:
    lists = [
        *(["失信被执行人"] if asked.defaulter else []),
        *(["严重失信主体名单"] if asked.serious_lists else []),
        *(["经营异常名录"] if asked.abnormal_list else []),
    ]
    bribery = f"近 {asked.no_bribery_years} 年无行贿犯罪记录" if asked.no_bribery_years else ""
    parts = ("未被列入" + "、".join(lists) if lists else "", f"未被禁止参加{case.project.matter}", bribery)
    return "；".join(part for part in parts if part)


def _hits_text(hits: list[Hit], *, looked_up: bool) -> str:
    if not hits:
        return "未发现" if looked_up else "尚未查全"
    hit = hits[0]
    record = hit.record
    told = [record.number or record.title]
    told += [] if record.kind in NOTHING_TO_FULFIL else [record.fulfilment]
    told += [] if hit.proven else ["出自公共来源以外"]
    first = f"{hit.subject.name}：{record.kind}（{'，'.join(told)}）"
    return first if len(hits) == 1 else f"{first}等 {len(hits)} 条"
