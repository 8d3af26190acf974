"""信用记录 as a document: one subject's facts under their heads, each table with its sources, and no judgement.

Every record that may be shown is shown; beyond `MOST` the pages list the newest and say so, and the attached
`record.json` holds all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.assess.extract import Extract, ExtractItem
from reportgen.assess.wording import day, money
from reportgen.document import facts
from reportgen.document.compose import drawn_seal, filing, grouped, objection, staff
from reportgen.document.content import Block, Clause, Heading, Pair, Paragraph, Seal, Section
from reportgen.document.issuer import Identity, Issuer
from reportgen.document.qr import qr_svg
from reportgen.document.tables import NONE, Cell, Column, Table, looked_up, or_none, source_note, table
from reportgen.policy.citation import OWN
from reportgen.subject.base import Fact
from reportgen.subject.canonical import in_order
from reportgen.subject.model import Subject
from reportgen.subject.records import Fulfilment, Head, RecordState

MOST = 300
"""How many records the pages list."""
_CONTENT = 160
_LONG = 40
"""Beyond so many rows a table is set closer."""
_SHORT = {Head.JUDGMENT: "司法"}


@dataclass(frozen=True)
class ExtractInputs:
    """What a 信用记录 is a pure function of, beside templates, fonts and library versions."""

    subject: Subject
    found: Extract
    issuer: Issuer
    identity: Identity


@dataclass(frozen=True)
class ExtractContent:
    """Everything a 信用记录 prints."""

    title: str
    agency: str
    sample: bool
    number: str
    code: str
    url: str
    running_project: str
    running_use: str
    cover: tuple[Pair, ...]
    counts: tuple[Pair, ...]
    counts_note: str
    date_line: str
    clauses: tuple[Clause, ...]
    filing: tuple[Pair, ...]
    staff: tuple[Pair, ...]
    objection: tuple[Pair, ...]
    status_note: str
    sections: tuple[Section, ...]
    seal: Seal
    qr_svg: str

    def drawings(self) -> dict[str, str]:
        """Return the document's drawings by file name."""
        return {"seal.svg": self.seal.svg, "qr.svg": self.qr_svg}


def extract_content(inputs: ExtractInputs) -> ExtractContent:
    """Return the content of a 信用记录; reads no clock and no database."""
    found, issuer, identity = inputs.found, inputs.issuer, inputs.identity
    subject = in_order(inputs.subject)
    return ExtractContent(
        title="信用记录",
        agency=issuer.agency.name,
        sample=issuer.agency.sample,
        number=identity.number,
        code=grouped(identity.code),
        url=identity.url,
        running_project=f"{found.name}（{found.uscc}）",
        running_use="只列事实，不作评分与结论；不是信用报告",
        cover=tuple(_cover(subject, found)),
        counts=tuple(Pair(_SHORT.get(c.head, c.head), str(c.total)) for c in found.counts),
        counts_note=_counts_note(found),
        date_line=day(identity.issued_at.date()),
        clauses=tuple(_clauses(found)),
        filing=tuple(filing(issuer)),
        staff=tuple(staff(issuer, identity)),
        objection=tuple(objection(issuer)),
        status_note=status_note(identity),
        sections=tuple(_sections(subject, inputs)),
        seal=drawn_seal(issuer),
        qr_svg=qr_svg(identity.url),
    )


def status_note(identity: Identity) -> str:
    """Return what an unsigned document says of itself on its face; nothing where it is signed."""
    return "" if identity.signed else "本件未办理电子签名：出具机构没有签名证书，真伪以登记簿为准。"


def _cover(subject: Subject, found: Extract) -> Iterator[Pair]:
    registration = subject.registration
    yield Pair("主体名称", found.name, strong=True)
    yield Pair("统一社会信用代码", found.uscc, strong=True)
    yield Pair("主体类别与状态", f"{subject.kind}（{registration.kind}），{registration.standing}")
    yield Pair("法定代表人", registration.legal_representative)
    yield Pair("数据截止时间", day(found.as_of))
    yield Pair("列示范围", f"{day(found.start)}至{day(found.on)}，以及更早而仍有效、仍未履行或尚未审结的")
    yield Pair("有效期至", f"{day(found.valid_until)}，期内可重复使用", strong=True)


def _counts_note(found: Extract) -> str:
    total = len(found.items)
    disputed, unchecked = (sum(getattr(c, name) for c in found.counts) for name in ("disputed", "unchecked"))
    marks = "".join(
        f"，其中【{name}】{count} 条"
        for name, count in (("异议中", disputed), ("未核实", unchecked))
        if count
    )
    return f"共列示记录 {total} 条{marks}。" + _completeness(found)


def _completeness(found: Extract) -> str:
    if found.complete:
        return "公共信用信息已查全。"
    return "公共信用信息尚未查全，未列出的不等于没有。"


def _clauses(found: Extract) -> Iterator[Clause]:
    yield Clause(
        "本记录汇集截至数据截止时间已经取得的事实，逐条写明来源，不评分、不评级，不作任何结论。", OWN
    )
    yield Clause(
        "本记录不绑定项目，在有效期内可重复使用。它不是信用报告：需要就特定项目的信用能力作出结论的，另行申请信用报告。",
        OWN,
    )
    yield Clause(
        f"列示{day(found.start)}以来决定或认定的记录，以及更早而仍有效、义务仍未履行或尚未审结的记录。",
        found.look_back_rule,
    )
    yield Clause(
        "主体提出异议、尚在核查的标明【异议中】；自主申报而未经核实的标明【未核实】。两者都照原样列示。", OWN
    )
    yield Clause(
        f"行政许可、行政处罚等信息作出后公开之前有时滞，本机构按 {found.publicity_lag} 个工作日提示："
        "数据截止时间之前不久作出的，可能尚未列入。",
        OWN,
    )
    yield from (Clause(clause.text, clause.basis) for clause in found.clauses)


def _sections(subject: Subject, inputs: ExtractInputs) -> Iterator[Section]:
    yield Section("s1", "1", "信息概要", tuple(_summary(inputs.found)))
    yield Section("s2", "2", "基本信息与资质许可", tuple(_basics(subject)))
    yield Section("s3", "3", "信用记录", tuple(_records(subject, inputs.found)))
    yield Section("s4", "4", "数据来源与时点", tuple(_sources(subject, inputs.found)))
    how = guide(inputs.identity, ("主体名称", "统一社会信用代码", "页数"))
    columns = [Column("方法", 18, "head"), Column("做法", 82, "link")]
    yield Section("s5", "5", "核验指引", (table("核验方法", columns, how),))


def _summary(found: Extract) -> Iterator[Block]:
    rows = [(c.head, str(c.total), str(c.disputed), str(c.unchecked)) for c in found.counts]
    total = (sum(getattr(c, name) for c in found.counts) for name in ("total", "disputed", "unchecked"))
    columns = [
        Column("类别", 34, "head"),
        Column("列示（条）", 22, "num"),
        Column("异议中（条）", 22, "num"),
        Column("未核实（条）", 22, "num"),
    ]
    yield table("各类记录条数", columns, [*rows, ("合计", *map(str, total))], note=_completeness(found))
    left = [(item.reason, str(item.count), item.rule or NONE) for item in found.left_out]
    columns = [Column("情形", 34, "head"), Column("条数", 16, "num"), Column("依据", 50)]
    withheld = "已修复、已撤销、依规不公示、公示期已满与查询期限已满的信息依规不展示，也不统计其数量。"
    if left:
        yield table("未列示的记录", columns, left, note=withheld)
    else:
        yield Paragraph(f"没有因早于列示范围而未列示的记录。{withheld}")


def _basics(subject: Subject) -> Iterator[Block]:
    # What a report says of its score is said of none here.
    yield replace(facts.registration(subject), note="")
    yield looked_up(facts.qualifications(subject), subject.closed("qualifications"))


def _records(subject: Subject, found: Extract) -> Iterator[Block]:
    shown = found.items[:MOST]
    if len(found.items) > MOST:
        yield Paragraph(
            f"共 {len(found.items)} 条，以下列最近的 {MOST} 条，全部见本文件所附 record.json（机器可读数据）。"
        )
    for count in found.counts:
        own = [item for item in shown if item.head is count.head]
        if own:
            yield _head(subject, count.head, own, count.total)
    empty = "、".join(_SHORT.get(c.head, c.head) for c in found.counts if not c.total)
    if empty:
        yield Paragraph(f"截至数据截止时间，下列各类没有可列示的记录：{empty}。{_completeness(found)}")


def _head(subject: Subject, head: Head, items: Sequence[ExtractItem], total: int) -> Table:
    caption = f"{_SHORT.get(head, head)}（{total} 条" + (
        f"，列最近 {len(items)} 条）" if len(items) < total else "）"
    )
    columns = [
        Column("类型与名称", 27),
        Column("决定或认定机关", 18),
        Column("日期", 15.5),
        Column("内容与期限", 39.5),
    ]
    source = source_note(subject, _facts(subject, items))
    return table(caption, columns, map(_row, items), source=source, dense=len(items) > _LONG)


def _row(item: ExtractItem) -> tuple[Cell, ...]:
    name = item.title if item.title.startswith(item.kind) else f"{item.kind}：{item.title}"
    tags = [text for text, holds in (("异议中", _disputed(item)), ("未核实", not item.checked)) if holds]
    return (
        Cell(name, tag="、".join(tags), note=item.number),
        Cell(item.authority),
        Cell(day(item.determined_on)),
        Cell(or_none(_brief(item.content)), note="；".join(_terms(item))),
    )


def _disputed(item: ExtractItem) -> bool:
    return item.state is RecordState.DISPUTED


def _brief(text: str) -> str:
    return text if len(text) <= _CONTENT else text[: _CONTENT - 1] + "…"


def _terms(item: ExtractItem) -> Iterator[str]:
    done = item.fulfilment not in {Fulfilment.UNKNOWN, Fulfilment.NOT_NEEDED}
    dated = item.valid_from or item.valid_until
    parts = (
        ("", "、".join(item.measures)),
        ("文书载明程度：", item.severity),
        ("结果：", item.grade),
        ("金额：", None if item.amount is None else money(item.amount)),
        ("履行：", item.fulfilment if done else None),
        ("", item.closure),
        ("有效期：", f"{day(item.valid_from)}至{day(item.valid_until)}" if dated else None),
        ("公示至", day(item.publicity_until) if item.publicity_until else None),
        ("主体声明：", _brief(item.statement)),
    )
    return (f"{name}{text}" for name, text in parts if text)


def _facts(subject: Subject, items: Sequence[ExtractItem]) -> list[Fact]:
    names = {item.evidence.partition(":")[2] for item in items}
    return [record for record in subject.records if record.id in names]


def _sources(subject: Subject, found: Extract) -> Iterator[Block]:
    told: list[Fact] = [subject.registration, *subject.qualifications, *_facts(subject, found.items)]
    names = {fact.id for fact in told}
    hidden = frozenset(fact.id for _, fact in subject.facts() if fact.id not in names)
    yield facts.sources(subject, hidden)
    checked = facts.verifications(subject, hidden)
    if checked.rows:
        yield checked
    yield Heading("所依据的规则")
    pack = found.pack
    yield Paragraph(
        f"可否列示按 {pack.title} {day(pack.on)}的规定判断（规则包 {pack.name}，SHA-256 前 12 位 {pack.sha256[:12]}，"
        f"{pack.effect}）。",
        "note",
    )


def guide(identity: Identity, compared: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return how a document that is bound to no project is verified, and what is compared: names and texts."""
    return (
        ("扫码或上网", "用手机扫描首页二维码，打开的网址须与下一行一致；也可直接访问。"),
        ("网址", identity.url),
        ("编号与核验码", f"编号 {identity.number}，核验码 {grouped(identity.code)}。"),
        ("核对内容", f"网页显示的{'、'.join(compared)}与状态，须与本件逐项一致。"),
        ("文件核验", "持有原 PDF 文件的，在核验网址上传该文件；改动任何一个字节都会被指出。"),
        ("使用", "本件不办理核销，每次使用之前都应核验：出具之后可能被撤销、被替代或需要更新。"),
    )
