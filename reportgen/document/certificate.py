"""综合信用等级证书: one page to be shown and framed, and behind it what the class rests on.

The pages list the first of many reasons and say so; the attached `grade.json` holds all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import pi, sin

from reportgen.assess.grade import GradeAssessment
from reportgen.assess.grade_fields import Finding
from reportgen.assess.wording import day
from reportgen.document.compose import drawn_seal, grouped, moment
from reportgen.document.content import Block, Pair, Paragraph, Seal
from reportgen.document.extract import guide, status_note
from reportgen.document.issuer import GradingFiling, Identity, Issuer
from reportgen.document.qr import qr_svg
from reportgen.document.tables import Cell, Column, Table, table
from reportgen.subject.base import Fact
from reportgen.subject.canonical import in_order
from reportgen.subject.model import Subject

_REASONS = 6
_TILE_MM = 9
_STEPS = 36


@dataclass(frozen=True)
class GradeInputs:
    """What a certificate is a pure function of, beside templates, fonts and library versions."""

    subject: Subject
    found: GradeAssessment
    filing: GradingFiling
    issuer: Issuer
    identity: Identity


@dataclass(frozen=True)
class Certificate:
    """Everything a certificate prints; `meaning` explains the class, `tag` is a state or nothing."""

    title: str
    agency: str
    sample: bool
    number: str
    code: str
    url: str
    running_project: str
    running_use: str
    name: str
    uscc: str
    grade: str
    meaning: str
    tag: str
    term: str
    about: tuple[Pair, ...]
    notice: str
    status_note: str
    date_line: str
    blocks: tuple[Block, ...]
    seal: Seal
    qr_svg: str

    def drawings(self) -> dict[str, str]:
        """Return the certificate's drawings by file name: those of its border have no text."""
        border = {"across.svg": _tile(), "down.svg": _tile(turned=True), "corner.svg": _corner()}
        return {"seal.svg": self.seal.svg, "qr.svg": self.qr_svg, **border}


def certificate(inputs: GradeInputs) -> Certificate:
    """Return the content of a certificate; raises ValueError where no class was given."""
    found, issuer, identity = inputs.found, inputs.issuer, inputs.identity
    if found.grade is None or found.term is None:
        raise ValueError("the assessment has no grade")
    return Certificate(
        title="综合信用等级证书",
        agency=issuer.agency.name,
        sample=issuer.agency.sample,
        number=identity.number,
        code=grouped(identity.code),
        url=identity.url,
        running_project=f"{found.name}（{found.uscc}）",
        running_use="有效期内可重复使用；不是信用报告，也不是信用评级",
        name=found.name,
        uscc=found.uscc,
        grade=found.grade,
        meaning=found.meaning,
        tag="异议中" if found.disputed else "",
        term=f"{day(found.term.since)}至{day(found.term.until)}",
        about=tuple(_about(inputs)),
        notice=found.notice,
        status_note=status_note(identity),
        date_line=day(identity.issued_at.date()),
        blocks=tuple(_blocks(inputs)),
        seal=drawn_seal(issuer),
        qr_svg=qr_svg(identity.url),
    )


def _about(inputs: GradeInputs) -> Iterator[Pair]:
    found, filing = inputs.found, inputs.filing
    yield Pair("评定日", f"{day(found.on)}，数据截止时间 {day(found.as_of)}")
    yield Pair("评定依据", "；".join(found.cites))
    yield Pair("评定备案", f"{filing.filing_number}（{filing.authority}），有效至{day(filing.until)}")


def _reasons(found: GradeAssessment) -> Table:
    # What was found absent stands before the records: it is one sentence, and they may be many.
    shown = sorted(found.reasons, key=lambda reason: bool(reason.evidence))[:_REASONS]
    more = f"（列 {len(shown)} 条，共 {len(found.reasons)} 条）" if len(found.reasons) > len(shown) else ""
    columns = [Column("序", 6), Column(f"决定等级的事实{more}", 94)]
    rows = [
        (Cell(str(index)), Cell(reason.text, tag="异议中" if reason.disputed else ""))
        for index, reason in enumerate(shown, 1)
    ]
    return table("评定理由", columns, rows, note="；".join(found.notes), dense=True)


def _blocks(inputs: GradeInputs) -> Iterator[Block]:
    yield _reasons(inputs.found)
    yield _fields(inputs)
    found = inputs.found
    yield Paragraph(
        f"按{found.pack.title}（{found.pack.name}，SHA-256 前 12 位 {found.pack.sha256[:12]}，{found.pack.effect}）"
        f"{day(found.pack.on)}的规定评定，评定方法版本 {found.method}。四级的含义：A 级有优良信誉信息且无不良行为信息，"
        "B 级两者皆无，C 级有不良行为信息，D 级有严重失信行为造成严重社会影响。全部理由与所据事实的编号见所附 grade.json。",
        "note",
    )
    how = guide(inputs.identity, ("主体名称", "统一社会信用代码", "等级", "页数"))
    columns = [Column("事项", 18, "head"), Column("内容", 82, "link")]
    rows = (*how, *_answering(inputs.issuer, inputs.identity))
    yield table("核验、异议与办理人员", columns, rows, dense=True)


def _answering(issuer: Issuer, identity: Identity) -> tuple[tuple[str, str], ...]:
    where, people = issuer.objection, issuer.staff
    return (
        ("异议", f"电话 {where.phone}，{where.address}；{where.days} 日内书面答复。"),
        ("异议邮箱", where.email),
        ("编制、复核、签发", "、".join((people.prepared_by, people.reviewed_by, people.issued_by))),
        ("出具", f"{moment(identity.issued_at)}，{issuer.agency.name}，电话 {issuer.agency.phone}"),
    )


def _fields(inputs: GradeInputs) -> Table:
    subject = in_order(inputs.subject)
    rows = [
        (
            Cell(field.name if index == 0 else ""),
            Cell(finding.name),
            Cell(finding.text, tag=_tag(finding.disputed)),
        )
        for field in inputs.found.fields
        for index, finding in enumerate(_together(field.findings))
    ]
    columns = [Column("三个信用度", 17), Column("方面", 15), Column("所见", 68)]
    names = {name for field in inputs.found.fields for finding in field.findings for name in finding.evidence}
    held = [fact for _, fact in subject.facts() if f"{subject.uscc}:{fact.id}" in names]
    note = "三个信用度只说明情况，不计分，也不单独决定等级。"
    return table("三个信用度", columns, rows, source=_sources(subject, held), note=note, dense=True)


def _together(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings, those of one and the same text as one, where the first of them stands."""
    names: dict[str, list[Finding]] = {}
    for finding in findings:
        names.setdefault(finding.text, []).append(finding)
    for same in names.values():
        yield same[0].model_copy(update={"name": "、".join(finding.name for finding in same)})


def _sources(subject: Subject, held: Iterable[Fact]) -> str:
    # There is no table of sources behind a certificate: all of them are named here.
    found = {fact.source: subject.source_of(fact) for fact in held}
    return "数据来源：" + "；".join(f"{s.name}（{s.origin}，{s.collected_on}采集）" for s in found.values())


def _tag(disputed: bool) -> str:
    return "异议中" if disputed else ""


def _tile(*, turned: bool = False) -> str:
    """Return a tile of the border: waves that meet those of the next tile, across or down the page."""
    lines = [_wave(high, part / 4, turned) for high in (3.4, 1.9) for part in range(4)]
    return _square("".join(f'<polyline points="{line}"/>' for line in lines))


def _wave(high: float, phase: float, turned: bool) -> str:
    points = (
        (_TILE_MM * step / _STEPS, _TILE_MM / 2 + high * sin(2 * pi * (step / _STEPS + phase)))
        for step in range(_STEPS + 1)
    )
    return " ".join(f"{y:.2f},{x:.2f}" if turned else f"{x:.2f},{y:.2f}" for x, y in points)


def _corner() -> str:
    middle = _TILE_MM / 2
    rings = "".join(f'<circle cx="{middle}" cy="{middle}" r="{r}"/>' for r in (3.6, 2.7, 1.8, 0.9))
    return _square(f'<rect width="{_TILE_MM}" height="{_TILE_MM}" fill="#ffffff" stroke="none"/>{rings}')


def _square(inside: str) -> str:
    size = f'width="{_TILE_MM}mm" height="{_TILE_MM}mm" viewBox="0 0 {_TILE_MM} {_TILE_MM}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<g fill="none" stroke="#1f3a5f" stroke-width="0.18" stroke-opacity="0.75">{inside}</g></svg>'
    )
