"""Contracts in hand: what they leave to do, and how much of it falls into the project's period (B of F1)."""

from reportgen.assess.case import Case
from reportgen.assess.funds import contract_years, falling, remaining
from reportgen.assess.wording import day, number
from reportgen.document.tables import NONE, Cell, Column, Table, source_note, standing_tag, table, wan
from reportgen.subject.holdings import ContractStatus
from reportgen.subject.model import Subject


def ongoing(case: Case, subject: Subject) -> Table:
    """Return the contracts in hand, those that load the project's period most first; sums in 万元."""
    length, _ = contract_years(case)
    items = [c for c in subject.contracts if c.status is ContractStatus.ONGOING]
    loads = {c.id: remaining(subject, c) * falling(c, case.judged_on, length) for c in items}
    items.sort(key=lambda c: (-loads[c.id], c.id))
    rows = [
        (
            Cell(c.name, tag=standing_tag(subject, c), note=f"{c.owner}；{c.role}"),
            wan(c.value * c.share),
            NONE if c.remaining is None else wan(c.remaining * c.share),
            day(c.ends_on),
            wan(loads[c.id]),
        )
        for c in items
    ]
    columns = [
        Column("在手合同", 31),
        Column("合同额（万元）", 17, "num"),
        Column("剩余（万元）", 16, "num"),
        Column("预计完工", 17),
        Column("合同期内（万元）", 19, "num"),
    ]
    note = f"“合同期内”为剩余部分按时间均匀分摊到本项目 {number(length)} 年之内的数额，剩余不明的按合同额计。"
    return table("在手合同", columns, rows, source=source_note(subject, items), note=note if items else "")
