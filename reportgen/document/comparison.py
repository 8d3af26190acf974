"""比对汇总表: what a committee finds in the reports of a project, side by side, on landscape pages.

Applicants stand in columns, a few to a page, each group with its heads. Nothing adds up and nothing ranks:
the order is that of the reports' numbers, and the page says so.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportgen.assess.model import Verdict
from reportgen.assess.wording import day, number, percent
from reportgen.document.compared import Asked, Comparison, Judged, Lot, Party, Report
from reportgen.document.compose import drawn_seal, moment
from reportgen.document.content import Block, Pair, Paragraph, Seal
from reportgen.document.issuer import Issuer
from reportgen.document.judgement import MARKS
from reportgen.document.relations import Relation
from reportgen.document.tables import NONE, Cell, Column, Table, table
from reportgen.document.verdict import brief
from reportgen.policy.citation import Citation

TITLE = "比对汇总表"
_BESIDE, _IN_MATRIX = 5, 8
"""How many applicants stand beside each other: where there is much to say of each, and where a word is enough."""
_REASONS, _REASON = 2, 72
_TAIL = 6
_ERASED = "已依规删除"
_FORGOTTEN = "（名称已删除）"


@dataclass(frozen=True)
class Part:
    """A part of what is said of a lot; `kind` is its class in the style sheet."""

    kind: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """What the table says of one lot; the title is empty where the project has none."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything a 比对汇总表 prints."""

    title: str
    agency: str
    sample: bool
    number: str
    project: str
    about: tuple[Pair, ...]
    paragraphs: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    running_use: str
    date_line: str
    seal: Seal

    def drawings(self) -> dict[str, str]:
        """Return the table's drawings by file name."""
        return {"seal.svg": self.seal.svg}


def sheet(found: Comparison, issuer: Issuer, shelf: Mapping[str, Citation]) -> Sheet:
    """Return a comparison as it is printed; `shelf` holds the law that its relations point at."""
    project = found.project
    return Sheet(
        title=TITLE,
        agency=found.agency.name,
        sample=found.sample,
        number=found.number,
        project=f"{project.name}（{project.id}）",
        about=tuple(_about(found)),
        paragraphs=_HOW_TO_READ,
        sections=tuple(_section(lot, bool(lot.id), shelf) for lot in found.lots),
        closing=_LIMITS,
        running_use=f"{TITLE}：供评标委员会查对，不是信用报告，不计总分，不排名次",
        date_line=day(found.as_of.date()),
        seal=drawn_seal(issuer),
    )


_HOW_TO_READ = (
    "本表把本项目已出具的信用报告并列，供评标委员会查对。评价内容取自各报告出具时的评价，登记状态、出具后变化与文件核对"
    "取自截至时刻的登记簿；没有重新评价。",
    "各报告按报告编号排列，先后与高下无关；本表不计总分，不排名次。能力要素各列本报告的水平与机构方法的最低要求，"
    "只说明是否达到，不供在申请人之间比较高低。",
)
_LIMITS = (
    "本表只列登记簿中已经出具的报告；没有列入的单位，本表不说明其是否参加、是否申请过报告。关联提示之外的情况，"
    "以招标文件、投标文件与评标委员会的核实为准。",
    "本表所附 comparison.json 载有同样的内容，供程序读取。各报告的原文件与核验页面在同一文件夹，用法见核验页面。",
)


def _about(found: Comparison) -> Iterator[Pair]:
    project = found.project
    yield Pair("汇总表编号", found.number)
    again = f"，第 {project.round} 轮" if project.round > 1 else ""
    yield Pair("项目", f"{project.name}（{project.id}{again}）")
    if any(lot.id for lot in found.lots):
        yield Pair("标段", "、".join(f"{lot.id}（{lot.name}）" for lot in found.lots))
    yield Pair("招标人" if project.agent else "招标人（主管部门）", _named(project.owner))
    if project.agent:
        yield Pair("代理机构", _named(project.agent))
    yield Pair(project.closes_by, project.closes)
    yield Pair("截至时刻", f"{moment(found.as_of)}（北京时间）")
    yield Pair("所列报告", f"{len(found.reports)} 份")


def _named(party: Party) -> str:
    return f"{party.name or _FORGOTTEN}（{party.uscc}）"


def _section(lot: Lot, titled: bool, shelf: Mapping[str, Citation]) -> Section:
    title = f"标段 {lot.id}：{lot.name}" if titled else ""
    if not lot.reports:
        none = Paragraph("截至时刻，登记簿中没有为此出具的报告。")
        return Section(title, (Part("roster", "一览", (none,)),))
    heads = _heads(lot.reports)
    parts = (
        Part("roster", "一览", (_roster(lot.reports),)),
        Part("beside", "各报告对照", tuple(_beside(lot.reports, heads))),
        Part("matrix", "要求项逐项对照", tuple(_matrix(lot, heads))),
        Part("ties", "关联提示", tuple(_ties(lot, shelf))),
        Part("files", "报告文件", (_files(lot.reports),)),
    )
    return Section(title, parts)


def _heads(reports: Sequence[Report]) -> list[str]:
    """Return the head of each report's column: the applicant, with the end of the number where it has several."""
    names = [_applicant(report) for report in reports]
    several = {name for name, count in Counter(names).items() if count > 1}
    return [
        f"{name}（编号 …{report.number[-_TAIL:]}）" if name in several else name
        for name, report in zip(names, reports, strict=True)
    ]


def _applicant(report: Report) -> str:
    names = "、".join(partner.name or _FORGOTTEN for partner in report.applicant)
    return f"{names}（联合体）" if len(report.applicant) > 1 else names


def _roster(reports: Sequence[Report]) -> Table:
    columns = [
        Column("申请人", 31),
        Column("报告编号", 18, "id"),
        Column("结论", 14),
        Column("登记状态", 12),
        Column("文件核对", 25),
    ]
    rows = [
        (
            Cell(_applicant(report), note="、".join(partner.uscc for partner in report.applicant)),
            Cell(report.number),
            Cell(report.conclusion, tag=_disputed(report)),
            Cell(_state(report)),
            _finding(report),
        )
        for report in reports
    ]
    return table(f"已出具的信用报告（共 {len(reports)} 份，按报告编号排列）", columns, rows)


def _disputed(report: Report) -> str:
    return "异议中" if report.judged and report.judged.disputed else ""


def _state(report: Report) -> str:
    if report.revoked_at:
        return f"{report.state}（{day(report.revoked_at.date())}）"
    return f"{report.state}（{moment(report.used_at)}）" if report.used_at else report.state


def _finding(report: Report) -> Cell:
    return Cell(report.finding.says, tag="" if report.finding.sound else "须核实")


_Row = tuple[str, Callable[[Report], Cell]]


def _beside(reports: Sequence[Report], heads: Sequence[str]) -> Iterator[Table]:
    rows = list(_rows(reports))
    for group, caption in _groups(len(reports), _BESIDE, "报告、结论与状态"):
        columns = [Column("内容", 10), *_columns(heads[group], 90)]
        cells = [(Cell(name), *(tell(report) for report in reports[group])) for name, tell in rows]
        yield table(caption, columns, cells)


def _groups(total: int, size: int, caption: str) -> Iterator[tuple[slice, str]]:
    """Yield the groups, as even as can be, with their captions."""
    count = -(-total // size)
    ends = [round(index * total / count) for index in range(count + 1)]
    for index, (first, last) in enumerate(pairwise(ends), 1):
        which = f"（第 {index} 组，共 {count} 组：第 {first + 1} 至 {last} 份）" if count > 1 else ""
        yield slice(first, last), f"{caption}{which}"


def _columns(heads: Sequence[str], width: float) -> list[Column]:
    return [Column(head, width / len(heads)) for head in heads]


def _rows(reports: Sequence[Report]) -> Iterator[_Row]:
    yield "报告编号", lambda r: Cell(r.number, note=f"{moment(r.issued_at)}出具")
    if any(len(report.applicant) > 1 for report in reports):
        yield "成员与分工", _partners
    yield "使用单位", lambda r: Cell(r.recipient.name or _FORGOTTEN)
    yield "结论", lambda r: Cell(r.conclusion, tag=_disputed(r))
    yield "决定因素", _of_judged(_binding)
    yield "否决项", _of_judged(_gates)
    yield "必备要求", _of_judged(_hard)
    for name in dict.fromkeys(level.factor for r in reports if r.judged for level in r.judged.levels):
        yield f"{name}", _of_judged(lambda j, name=name: _level(j, name))  # type: ignore[misc]
    yield "证据覆盖率", _of_judged(lambda j: Cell(percent(j.coverage, 1)))
    yield "严重不良记录", _of_judged(_severe)
    yield "评价依据", _of_judged(lambda j: Cell(f"数据截至{day(j.as_of)}", note=f"{j.pack}，方法 {j.method}"))
    yield "有效期至", lambda r: Cell(day(r.valid_until))
    yield "登记状态", lambda r: Cell(_state(r))
    yield "出具后变化", _since
    yield "文件核对", _finding


def _of_judged(tell: Callable[[Judged], Cell]) -> Callable[[Report], Cell]:
    return lambda report: tell(report.judged) if report.judged else Cell(_ERASED)


def _partners(report: Report) -> Cell:
    if len(report.applicant) == 1:
        return Cell("单独参加")
    parts = [
        f"{p.name or _FORGOTTEN}"
        + (f" {percent(p.share)}" if p.share else "")
        + (f"（{p.work}）" if p.work else "")
        for p in report.applicant
    ]
    return Cell("；".join(parts))


def _binding(judged: Judged) -> Cell:
    shown = "；".join(brief(reason, _REASON) for reason in judged.reasons[:_REASONS])
    more = f"；另有 {len(judged.reasons) - _REASONS} 项" if len(judged.reasons) > _REASONS else ""
    basis = [judged.basis.value] if judged.basis else []
    return Cell(shown + more, note="：".join([*basis, *([judged.ground] if judged.ground else [])]))


def _gates(judged: Judged) -> Cell:
    tripped = [gate.title for gate in judged.gates if not gate.unproven]
    unproven = [gate.title for gate in judged.gates if gate.unproven]
    said = [f"触及：{'、'.join(tripped)}"] if tripped else ["未触及"]
    return Cell(said[0], note=f"未证实：{'、'.join(unproven)}" if unproven else "")


def _hard(judged: Judged) -> Cell:
    rest = [("不满足", judged.hard_unmet), ("未证实", judged.hard_unproven)]
    note = "，".join(f"{name} {count} 项" for name, count in rest if count)
    return Cell(f"满足 {judged.hard_met} / 共 {judged.hard} 项", note=note)


def _level(judged: Judged, name: str) -> Cell:
    found = next((level for level in judged.levels if level.factor == name), None)
    if found is None or found.level is None:
        return Cell("未评定")
    level, floor = number(found.level, 1), number(found.floor)
    if found.level < found.floor:
        return Cell(level, tag=f"低于 {floor}")
    return Cell(f"{level}（不低于 {floor}）")


def _severe(judged: Judged) -> Cell:
    parts = [f"不良记录共 {judged.adverse} 条"] if judged.adverse else []
    parts += [f"严重的有 {judged.severe_disputed} 条异议中"] if judged.severe_disputed else []
    return Cell(f"{judged.severe} 条", note="，".join(parts))


def _since(report: Report) -> Cell:
    said = "、".join(f"{change.word}（{day(change.at.date())}）" for change in report.changes)
    return Cell(said or "无", note=f"其后编号 {'、'.join(report.later)}" if report.later else "")


def _matrix(lot: Lot, heads: Sequence[str]) -> Iterator[Table]:
    rows = list(enumerate(lot.requirements))
    amended = len({item.id for item in lot.requirements}) < len(lot.requirements)
    note = "“—” 表示该报告所据的招标文件版本没有此项，或评价已依规删除。" if amended or _gone(lot) else ""
    for group, caption in _groups(len(lot.reports), _IN_MATRIX, "判定（* 为必备要求）"):
        columns = [Column("条款", 11), Column("要求", 21), *_columns(heads[group], 68)]
        cells = [
            (Cell(item.clause), Cell(_requirement(item)), *(_met(r, index) for r in lot.reports[group]))
            for index, item in rows
        ]
        yield table(caption, columns, cells, note=note)


def _gone(lot: Lot) -> bool:
    return any(report.judged is None for report in lot.reports)


def _requirement(item: Asked) -> str:
    return f"{item.name}{' *' if item.hard else ''}"


def _met(report: Report, index: int) -> Cell:
    found = [met for met in report.judged.requirements if met.asked == index] if report.judged else []
    if not found:
        return Cell(NONE)
    note = "异议中" if found[0].disputed else ""
    if found[0].verdict is Verdict.MET:
        return Cell(MARKS[Verdict.MET], note=note)
    # What is not met must be seen at a glance, in grey too: it stands as a tag.
    verdict = found[0].verdict
    return Cell(MARKS[verdict].removesuffix(verdict).strip(), tag=verdict, note=note)


def _ties(lot: Lot, shelf: Mapping[str, Citation]) -> Iterator[Block]:
    alone = len(lot.reports) == 1
    same = "同一标段" if lot.id else "本项目"
    yield Paragraph(
        f"下列事实由各报告所据的登记信息逐一比对{same}的申请人得出，供评标委员会核实，不是认定。姓名相同的，是否为同一人须另行核实；"
        "自然人只印姓名的首字。所列条款只为便于查对。"
    )
    if lot.unread:
        yield Paragraph(f"编号 {'、'.join(lot.unread)} 的报告所据信息{_ERASED}，没有比对。")
    rows = [_tie(relation) for relation in lot.relations]
    columns = [
        Column("情形", 13),
        Column("共同之处", 20),
        Column("涉及的申请人与所载内容", 46),
        Column("可查对的条款", 21),
    ]
    if not rows:
        yield Paragraph("只有一份报告，无从比对。" if alone else "没有发现所比对的各种情形。", "note")
        return
    yield table(f"关联提示（共 {len(rows)} 项）", columns, rows, note=_law_note(lot, shelf))


def _tie(relation: Relation) -> tuple[Cell, ...]:
    sides = "；".join(f"{side.name}：{side.says}" for side in relation.sides)
    numbers = "、".join(dict.fromkeys(number for side in relation.sides for number in side.reports))
    return (
        Cell(relation.tie),
        Cell(relation.shared, tag="" if relation.checked else "未核实"),
        Cell(sides, note=numbers),
        Cell(relation.law or NONE),
    )


def _law_note(lot: Lot, shelf: Mapping[str, Citation]) -> str:
    rules = {citation.label(): citation.rule for citation in shelf.values() if citation.printable}
    named = dict.fromkeys(relation.law for relation in lot.relations if relation.law)
    told = "；".join(f"{label}——{rules[label].rstrip('。')}" for label in named)
    return f"条款要点为本机构复述，以正式文本为准：{told}。" if told else ""


def _files(reports: Sequence[Report]) -> Table:
    rows = [
        (
            Cell(report.number),
            Cell(report.file or "没有文件"),
            Cell(NONE if report.pages is None else str(report.pages)),
            Cell(report.sha256),
        )
        for report in reports
    ]
    columns = [
        Column("报告编号", 20, "id"),
        Column("文件", 25, "id"),
        Column("页数", 7, "num"),
        Column("登记的 SHA-256", 48, "id"),
    ]
    return table("文件与登记的校验值", columns, rows, dense=True)
