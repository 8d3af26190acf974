"""The lists: those compared with, and a graph and a table of related parties on them where something was found."""

from collections.abc import Iterator, Sequence

from reportgen.assess.wording import day
from reportgen.document.content import Block, Figure, Paragraph
from reportgen.document.relation_graph import Party, relation_graph
from reportgen.document.tables import Cell, Column, Table, first, or_none, table
from reportgen.project.applicant import ComparedList
from reportgen.subject.model import Listing, Related, Subject
from reportgen.subject.records import NATURES, Nature

_NAMED = 6
"""So many lists are named; all of them stand in the request."""
_NOTE = (
    "名单与关联方的统一社会信用代码相同，或由本机构人员核实确认；仅有名称相同而未确认的不列。"
    "关联方的情形不计分，不作为否决项；自然人只列职务信息。"
)


def listings(subject: Subject) -> Iterator[Block]:
    """Yield the graph and the table of a subject's related parties on lists; nothing where none is."""
    if not any(item.listings for item in subject.related):
        return
    parties = sorted(map(_party, subject.related), key=lambda party: (not party.adverse, not party.lists))
    yield Figure("关联关系与名单", relation_graph(subject.name, parties))
    yield first(_table(subject))


def compared(lists: Sequence[ComparedList]) -> Iterator[Block]:
    """Yield with which lists the applicant was compared, by the days they were collected; nothing without any."""
    if not lists:
        return
    named = "、".join(f"{one.name}（{day(one.collected_on)}采集）" for one in lists[:_NAMED])
    more = f"等 {len(lists)} 份名单" if len(lists) > _NAMED else ""
    yield Paragraph(
        f"申请人及其一步以内的关联方已与{named}{more}交叉比对；仅有名称相同而未经核实确认的，不列示，不计分。",
        "note",
    )


def _party(item: Related) -> Party:
    kinds = tuple(dict.fromkeys(listing.kind.value for listing in item.listings))
    return Party(item.name, item.relation, kinds, any(map(_adverse, item.listings)))


def _adverse(listing: Listing) -> bool:
    return NATURES[listing.kind] is Nature.ADVERSE


def _table(subject: Subject) -> Table:
    found = [(item, listing) for item in subject.related for listing in item.listings]
    ordered = sorted(
        found, key=lambda pair: (not _adverse(pair[1]), -pair[1].listed_on.toordinal(), pair[0].id)
    )
    rows = [
        (
            Cell(item.name, note=f"{item.relation}{'　' + item.uscc if item.uscc else ''}"),
            _list(listing),
            f"{day(listing.listed_on)}至{day(listing.until)}"
            if listing.until
            else f"{day(listing.listed_on)}起",
            or_none(listing.basis),
            listing.authority,
        )
        for item, listing in ordered
    ]
    columns = [
        Column("关联方", 26),
        Column("名单", 24),
        Column("期间", 16),
        Column("依据", 18, whole=True),
        Column("认定机关", 16, whole=True),
    ]
    origins = dict.fromkeys(f"{one.source}（{day(one.collected_on)}采集）" for _, one in ordered)
    return table("关联方在名单上的情形", columns, rows, source="数据来源：" + "；".join(origins), note=_NOTE)


def _list(listing: Listing) -> Cell:
    check = listing.verification
    found = f"{day(check.on)}核实：{check.how}" if check else "代码相同"
    # A tag warns: what speaks for the party has none.
    if _adverse(listing):
        return Cell(listing.list, tag=listing.kind if listing.kind != listing.list else "", note=found)
    return Cell(listing.list, note=f"{listing.kind}；{found}")
