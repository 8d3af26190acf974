"""核销清单 and 核销凭证: which reports of a project were used when, and that one of them was, signed as reports are.

Each says where the register stood, so that it can be held against the register later: the end of each report's chain
of events, and the last signed checkpoint.
"""

from collections.abc import Iterator, Sequence

from reportgen.assess.wording import day
from reportgen.document.compared import Party, Place
from reportgen.document.comparison import Part, Section, Sheet
from reportgen.document.compose import drawn_seal, moment
from reportgen.document.content import Block, Letter, Pair, Paragraph
from reportgen.document.issuer import Issuer
from reportgen.document.tables import NONE, Cell, Column, table
from reportgen.document.used import Checkpoint, Line, UseList, Voucher

USES, VOUCHER = "核销清单", "核销凭证"
_SHORT = 12
_FORGOTTEN = "（名称已删除）"
_NO_CHECKPOINT = "登记簿还没有签署过检查点"
_READ = (
    "本清单照登记簿列出本项目已出具的信用报告及其核销情况。一份报告只能由所载使用单位、为所载项目核销一次；"
    "查阅、下载、核验都不是核销。",
)
_LIMITS = (
    "本清单只说截至时刻的登记簿；此后的核销、撤回与撤销，以登记簿为准。没有列入的单位，本清单不说明其是否参加、是否申请过报告。",
    "“事件链”为该报告在登记簿中的事件条数与末条散列值，连同检查点的摘要，供日后与登记簿核对；散列值只印前 12 位，"
    "全文载于所附 uses.json。",
)
_VOUCHED = (
    "上列信用报告已由使用单位为所载项目核销，特此证明。一份报告只能核销一次，不得再用于其他项目，也不得由其他单位使用。",
)


def sheet(found: UseList, issuer: Issuer) -> Sheet:
    """Return a list as it is printed, lot by lot."""
    lots = found.lots or (("", ""),)
    return Sheet(
        title=USES,
        agency=found.agency.name,
        sample=found.sample,
        number=found.number,
        project=f"{found.project.name}（{found.project.id}）",
        about=tuple(_about(found)),
        paragraphs=_READ,
        sections=tuple(_section(lot, name, found.reports) for lot, name in lots),
        closing=_LIMITS,
        running_use=f"{USES}：记载截至时刻的核销情况，不是信用报告",
        date_line=day(found.as_of.date()),
        seal=drawn_seal(issuer),
    )


def letter(found: Voucher, issuer: Issuer) -> Letter:
    """Return a voucher as it is printed."""
    return Letter(
        title=VOUCHER,
        agency=found.agency.name,
        sample=found.sample,
        number=found.number,
        to=_name(found.report.recipient),
        about=tuple(_vouched(found)),
        paragraphs=_VOUCHED,
        tables=(),
        closing=(
            f"本凭证只说截至 {moment(found.as_of)} 的登记簿：此后核销被撤回、报告被撤销的，以登记簿为准，可在"
            f" {issuer.verify.address} 核验本文件。事件链末条与检查点的摘要，供日后与登记簿核对。",
        ),
        running_use=f"{VOUCHER}：证明一份信用报告的一次核销，不是信用报告",
        date_line=day(found.as_of.date()),
        seal=drawn_seal(issuer),
    )


def _about(found: UseList) -> Iterator[Pair]:
    project, used = found.project, sum(line.used_at is not None for line in found.reports)
    yield Pair("清单编号", found.number)
    yield Pair("项目", _project(project))
    if found.lots:
        yield Pair("标段", "、".join(f"{lot}（{name}）" for lot, name in found.lots))
    yield Pair("招标人" if project.agent else "招标人（主管部门）", _named(project.owner))
    if project.agent:
        yield Pair("代理机构", _named(project.agent))
    if found.recipient:
        yield Pair("使用单位", f"{_named(found.recipient)}；只列为该单位出具的报告")
    yield Pair(_opening(project), project.closes)
    yield Pair("截至时刻", f"{moment(found.as_of)}（北京时间）")
    yield Pair("所列报告", f"{len(found.reports)} 份，其中已核销 {used} 份")
    yield Pair("登记簿检查点", _checkpoint(found.checkpoint))


def _vouched(found: Voucher) -> Iterator[Pair]:
    line = found.report
    lot = f"，标段 {line.lot}" if line.lot else ""
    yield Pair("凭证编号", found.number)
    yield Pair("报告编号", line.number)
    yield Pair("申请人", "、".join(map(_named, line.applicant)))
    yield Pair("结论", line.conclusion)
    yield Pair("项目", f"{_project(found.project)}{lot}")
    yield Pair(_opening(found.project), found.project.closes)
    yield Pair("使用单位", _named(line.recipient))
    yield Pair("用途", line.purpose)
    yield Pair("核销时间", f"{moment(line.used_at)}（北京时间）" if line.used_at else NONE)
    yield Pair("报告文件 SHA-256", _halved(line.sha256))
    yield Pair("报告的事件链", f"{line.events} 条，末条的散列值 {_halved(line.head)}")
    yield Pair("登记簿检查点", _checkpoint(found.checkpoint))


def _halved(digest: str) -> str:
    """Return a digest in two halves, for it may stand in no line as a whole."""
    half = len(digest) // 2
    return f"{digest[:half]} {digest[half:]}"


def _project(project: Place) -> str:
    return f"{project.name}（{project.id}，第 {project.round} 轮）"


def _opening(project: Place) -> str:
    """Return what the day is called from which anybody may know: 开标 is at 投标截止 (招标投标法 34)."""
    return f"开标（{project.closes_by}）" if project.closes_by == "投标截止时间" else project.closes_by


def _checkpoint(last: Checkpoint | None) -> str:
    return f"第 {last.id} 个，{moment(last.at)}签署，摘要 {_halved(last.digest)}" if last else _NO_CHECKPOINT


def _section(lot: str, name: str, reports: Sequence[Line]) -> Section:
    own = [line for line in reports if line.lot == lot]
    blocks: tuple[Block, ...] = (
        (_uses(own),) if own else (Paragraph("截至时刻，登记簿中没有为此出具的报告。"),)
    )
    return Section(f"标段 {lot}：{name}" if lot else "", (Part("uses", "", blocks),))


def _uses(lines: Sequence[Line]) -> Block:
    several = len({line.recipient.uscc for line in lines}) > 1
    purposes = dict.fromkeys(line.purpose for line in lines)
    # What is the same in every row is said once, below them.
    alone = len(purposes) == 1
    rows = [
        (
            Cell(line.number),
            Cell("、".join(map(_name, line.applicant))),
            Cell("、".join(party.uscc for party in line.applicant)),
            Cell(line.conclusion),
            _use(line, several),
            *(() if alone else (Cell(line.purpose),)),
            Cell(line.sha256[:_SHORT]),
            Cell(line.head[:_SHORT], note=f"{line.events} 条"),
        )
        for line in lines
    ]
    note = f"各份报告的用途均为：{lines[0].purpose}。" if alone else ""
    caption = f"信用报告的核销（共 {len(lines)} 份，按报告编号排列）"
    return table(caption, _columns(alone), rows, note=note)


def _columns(alone: bool) -> list[Column]:
    widths = (17, 19, 13, 10, 24, 8.5, 8.5) if alone else (17.5, 16, 13.5, 9, 11.5, 14.5, 9, 9)
    heads = ["报告编号", "单位名称", "统一社会信用代码", "结论", "核销", "用途", "文件 SHA-256", "事件链"]
    if alone:
        heads.remove("用途")
    ids = {"报告编号", "统一社会信用代码", "文件 SHA-256", "事件链"}
    return [
        Column(head, width, "id" if head in ids else "text")
        for head, width in zip(heads, widths, strict=True)
    ]


def _use(line: Line, several: bool) -> Cell:
    whose = f"使用单位：{_name(line.recipient)}" if several else ""
    if line.used_at is None:
        return Cell("未核销", tag="" if line.usable else line.state, note=whose)
    used = f"{moment(line.used_at)}　{line.used_by}"
    return Cell(
        "已核销", tag=line.state if line.revoked_at else "", note="；".join(filter(None, (used, whose)))
    )


def _name(party: Party) -> str:
    return party.name or _FORGOTTEN


def _named(party: Party) -> str:
    return f"{_name(party)}（{party.uscc}）"
