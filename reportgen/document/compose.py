"""Composing a report's content from the judgement, the binding, the issuer and the identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment
from reportgen.assess.wording import day, money
from reportgen.document import facts, judgement
from reportgen.document.capitals import capitals
from reportgen.document.content import (
    Block,
    Clause,
    Content,
    Heading,
    Pair,
    Paragraph,
    Seal,
    Section,
)
from reportgen.document.issuer import Binding, Identity, Issuer, Stage
from reportgen.document.own_look import BASIS
from reportgen.document.qr import qr_svg
from reportgen.document.record_files import RECORDS_CSV, RECORDS_JSON
from reportgen.document.seal import seal_strings, seal_svg
from reportgen.document.sections import records_closed, sections
from reportgen.document.space import cover_class, running
from reportgen.document.tables import Column, Table, first, looked_up, rest, table
from reportgen.document.verdict import ids, verdict
from reportgen.subject.records import Head

_SOURCES = 40
_DECLARED = (
    "accuracy",
    "duty",
    "reference",
    "single-use",
    "method-limit",
    "fair",
    "repaired",
    "duty-information",
    "objection",
    "complaint",
    "false-status",
)


@dataclass(frozen=True)
class Inputs:
    """What a report is a pure function of, beside templates, fonts and library versions."""

    case: Case
    assessment: Assessment
    binding: Binding
    issuer: Issuer
    identity: Identity


def compose(inputs: Inputs) -> Content:
    """Return the content of a report; reads no clock and no database."""
    case, agency, identity = inputs.case, inputs.issuer.agency, inputs.identity
    return Content(
        title="信用报告",
        agency=agency.name,
        sample=agency.sample,
        draft=identity.stage is Stage.DRAFT,
        joint=case.applicant.joint,
        number=identity.number,
        code=grouped(identity.code),
        url=identity.url,
        language="zh-CN",
        running_project=running(case.project.name, f"（{ids(case)}）"),
        running_use=running(f"仅供{inputs.binding.recipient.name}", "用于本项目一次"),
        cover=(cover := tuple(_cover(inputs))),
        cover_class=cover_class([pair.value for pair in cover]),
        date_line=day(identity.issued_at.date()),
        clauses=(*_clauses(case), *_own_clauses(inputs.issuer)),
        filing=(*filing(inputs.issuer), Pair("互认", _recognition(case, inputs.issuer))),
        staff=tuple(staff(inputs.issuer, identity)),
        objection=tuple(objection(inputs.issuer)),
        status_note=_status(identity),
        verdict=verdict(inputs),
        sections=tuple(_sections(inputs)),
        seal=drawn_seal(inputs.issuer),
        qr_svg=qr_svg(identity.url),
    )


def drawn_seal(issuer: Issuer) -> Seal:
    """Return the agency's seal as drawn on a document, or its own picture; a sample agency's is drawn and says 样例."""
    agency, design = issuer.agency, issuer.seal
    ring, size = design.name or agency.name, design.diameter_mm
    alt = f"{ring}{design.label}" + ("（样例）" if agency.sample else "")
    if issuer.own_seal and not agency.sample:
        return Seal(svg=issuer.own_seal, alt=alt, strings=(), diameter_mm=size)
    texts = ring, design.label, design.number
    return Seal(
        svg=seal_svg(*texts, sample=agency.sample, diameter_mm=size),
        alt=alt,
        strings=seal_strings(*texts, sample=agency.sample),
        diameter_mm=size,
    )


def grouped(code: str) -> str:
    """Return a code in groups of four, easier to read and type from paper."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def moment(value: datetime) -> str:
    """Return a time as 2026年11月21日 09:30."""
    return f"{day(value.date())} {value:%H:%M}"


def _cover(inputs: Inputs) -> Iterator[Pair]:
    case, project, binding = inputs.case, inputs.case.project, inputs.binding
    lead = case.applicant.lead
    yield Pair("申请人", case.applicant.name, strong=True)
    yield Pair("统一社会信用代码", "、".join(s.uscc for s in case.applicant.subjects))
    yield Pair(
        "申请角色", f"{project.role}" + (f"（联合体，牵头人 {lead.name}）" if case.applicant.joint else "")
    )
    yield Pair("项目名称", project.name, strong=True)
    lot = f"标段 {project.lot.id}：{project.lot.name}" if project.lot else "不分标段"
    yield Pair(
        "项目编号与标段",
        f"{project.id}　{lot}　第 {project.round} 次招标" if project.is_tender else project.id,
    )
    yield Pair("事项", f"{project.matter}（{project.category}）")
    yield Pair("项目金额", f"{money(project.value)}（{capitals(project.value)}）")
    yield Pair("使用单位", f"{binding.recipient.name}（{binding.recipient.uscc}）")
    yield Pair("用途", binding.purpose)
    deadline = moment(project.bid_deadline) if project.bid_deadline else day(project.judged_on)
    yield Pair(project.judged_by, deadline)
    yield Pair("数据截止时间", day(inputs.assessment.as_of))
    yield Pair("有效期至", f"{day(inputs.identity.valid_until)}，一次性使用", strong=True)


def _clauses(case: Case) -> Iterator[Clause]:
    for name in _DECLARED:
        statement = case.policy.printed(case.project.matter).get(name)
        if statement is not None:
            yield Clause(statement.text, case.policy.citation(statement.cite).label())


def _own_clauses(issuer: Issuer) -> Iterator[Clause]:
    # After the statements of law, none of which an agency can change.
    yield from (Clause(text, BASIS) for text in issuer.look.declaration)


def filing(issuer: Issuer) -> Iterator[Pair]:
    """Yield who issues a document, with its 备案."""
    agency = issuer.agency
    yield Pair("出具机构", agency.name)
    yield Pair("统一社会信用代码", agency.uscc)
    yield Pair("备案编号", agency.filing_number)
    yield Pair("备案机关", agency.filing_authority)
    yield Pair("备案有效期", f"{day(agency.filing_since)}至{day(agency.filing_until)}")
    yield Pair("备案查询", agency.public_list)
    yield Pair("地址", agency.address)
    yield Pair("电话", agency.phone)
    yield Pair("网址", agency.website)


def _recognition(case: Case, issuer: Issuer) -> str:
    # Digits three to eight of the code are the region of registration.
    here, there = issuer.agency.uscc[2:8], case.project.region
    if here[:4] == there[:4]:
        return "机构与项目同在一地，不涉及互认"
    entry = case.policy.recognition(here)
    if entry is None:
        return "规则包没有载明项目所在地与本机构登记地互认；是否采用由使用单位决定，对各地机构应一视同仁"
    return f"项目所在地认可{entry.title}的机构（{case.policy.citation(entry.cite).label()}）"


def staff(issuer: Issuer, identity: Identity) -> Iterator[Pair]:
    """Yield who answers for a document, and when it was issued."""
    yield Pair("编制", issuer.staff.prepared_by)
    yield Pair("复核", issuer.staff.reviewed_by)
    yield Pair("签发", issuer.staff.issued_by)
    yield Pair("出具时间", moment(identity.issued_at))


def objection(issuer: Issuer) -> Iterator[Pair]:
    """Yield where objections go."""
    yield Pair("异议受理电话", issuer.objection.phone)
    yield Pair("电子邮箱", issuer.objection.email)
    yield Pair("书面地址", issuer.objection.address)
    yield Pair("答复期限", f"{issuer.objection.days} 日内书面答复")


def _status(identity: Identity) -> str:
    if identity.stage is Stage.DRAFT:
        return "本件为草稿，供内部复核，不得对外使用。"
    missing = [
        text for done, text in ((identity.registered, "登记"), (identity.signed, "电子签名")) if not done
    ]
    if missing:
        return f"本件未办理{'和'.join(missing)}，仅用于演示版式与评价内容，不能核验，不得用于任何项目。"
    return ""


def _sections(inputs: Inputs) -> Iterator[Section]:
    body = tuple(sections(inputs.case, inputs.assessment))
    sources = Section("b", "附录 B", "数据来源与时点", tuple(_sources(inputs.case)))
    left = tuple(rest(b) for s in (*body, sources) for b in s.blocks if isinstance(b, Table) and b.left)
    title = "信用记录与其他明细" if left else "信用记录明细"
    records = looked_up(judgement.annex(inputs.assessment), records_closed(inputs.case, Head.JUDGMENT))
    yield from body
    yield Section("a", "附录 A", title, (records, *left))
    yield sources
    yield from _annexes(inputs)


def _sources(case: Case) -> Iterator[Block]:
    hidden = frozenset(p.record.id for _, p in case.placed if not p.used)
    for subject in case.applicant.subjects:
        if case.applicant.joint:
            yield Heading(f"{case.name_of(subject)} {subject.name}")
        yield first(facts.sources(subject, hidden), _SOURCES)
        yield first(facts.verifications(subject, hidden), _SOURCES)


def _annexes(inputs: Inputs) -> Iterator[Section]:
    rows = [(name, text) for name, text in _TERMS]
    yield Section(
        "c",
        "附录 C",
        "术语",
        (table("本报告用语", [Column("术语", 20, "head"), Column("含义", 80)], rows, dense=True),),
    )
    yield Section("d", "附录 D", "核验指引", tuple(_guide(inputs)))


_TERMS = (
    (
        "具备信用能力",
        "未触及否决项，必备要求全部满足，综合得分、各能力要素、信用记录与证据覆盖率均达到本机构设定的分数线。",
    ),
    (
        "信用能力一般",
        "未触及否决项，经核实没有不满足法律或招标文件（申报条件）所定的必备要求，但有达不到“具备”条件之处。",
    ),
    ("不具备信用能力", "触及法定否决项，或经核实不满足招标文件（申报条件）的必备要求。"),
    (
        "未证实",
        "现有证据既不能证明满足，也不能证明不满足；判定上不按满足计，也不按不满足计。"
        "计算能力要素得分时只计已证实的部分，所以得分低不等于不满足。",
    ),
    ("否决项", "单独决定不具备信用能力的事实，只以法律规定或招标文件为据。"),
    (
        "投标能力",
        "A·N·M − B：A 为回溯期内最高年产值，N 为合同年数，M 为倍数，B 为合同期内须完成的在手合同额。",
    ),
    ("证据覆盖率", "作出判断所需证据中已经取得且可以采信的比例。"),
    ("【异议中】", "报告主体对该信息提出异议，尚在核查；照常使用并予标注。"),
    ("【未核实】", "自主申报而未经核实的事实，列示但不采信。"),
    ("一次性使用", "报告只供所列使用单位为所列项目使用一次，使用后登记核销。"),
)


_OFFLINE = (
    "开标后机构可交付核验清单与核验页面，在不能上网的计算机上使用。清单公钥指纹（SHA-256）：{fingerprint}，"
    "与页面所显示的逐组比对，一致方可采信。"
)

_ATTACHED = f"{RECORDS_CSV} 与 {RECORDS_JSON} 附在本文件之内，在阅读软件的附件栏取出；只有打印件的，可向使用单位索取原文件。"


def _guide(inputs: Inputs) -> Iterator[Block]:
    identity = inputs.identity
    if not (identity.registered and identity.signed):
        yield Paragraph("本件未登记或未签名，下列方法只用于说明，核验不会返回有效结果。", "note")
    rows = [
        ("扫码", "用手机扫描封面二维码，核对打开的网址与下列网址一致。"),
        ("网址", identity.url),
        ("编号与核验码", f"报告编号 {identity.number}，核验码 {grouped(identity.code)}。"),
        ("核对内容", "核对网页显示的申请人、统一社会信用代码、项目、结论与页数，与本件逐项一致。"),
        ("文件核验", "持有原 PDF 文件的，在核验网址上传该文件；改动任何一个字节都会被指出。"),
        (
            "使用",
            "使用单位在核验通过后办理核销。同一使用单位为本项目再次核销的，系统答复已用于本项目与首次核销的时间，"
            "不再核销；为其他项目、其他标段或由其他单位核销的，系统予以拒绝并记录。",
        ),
    ]
    if len(inputs.assessment.record.items) > judgement.ANNEX:
        rows.insert(-1, ("所附文件", _ATTACHED))
    if identity.fingerprint:
        rows.insert(-1, ("离线核验", _OFFLINE.format(fingerprint=identity.fingerprint)))
    yield table("核验方法", [Column("方法", 18, "head"), Column("做法", 82, "link")], rows)
