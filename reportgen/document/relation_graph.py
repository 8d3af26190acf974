"""The graph of relations: the subject in the middle, those one step from it on both sides, who is listed marked.

A name on a black list has a double frame and a heavy line, one on a red list a dashed frame; the list is written in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.document.chart_style import (
    GREY,
    INK,
    NORMAL,
    PALE,
    RED,
    SMALL,
    WHITE,
    WIDTH,
    Chart,
    Ink,
    Sheet,
    clean,
    cut,
)

MOST = 12
"""So many parties are drawn; the table tells of all."""
_BOX, _HIGH, _PITCH = 50.0, 13.8, 15.6
_TOP, _FOOT, _LINE = 1.0, 6.0, 3.6
_INSET = 0.7


@dataclass(frozen=True)
class Party:
    """A party one step from the subject: its name, what it is to it, the kinds of list it is on, whether one is black."""

    name: str
    relation: str
    lists: tuple[str, ...] = ()
    adverse: bool = False


def relation_graph(name: str, parties: Sequence[Party]) -> Chart:
    """Draw a subject and at most MOST parties, in the order given, to the right and to the left in turns.

    Raises ValueError without parties.
    """
    if not parties:
        raise ValueError("a graph of relations needs a party")
    drawn = parties[:MOST]
    foot = _TOP + _PITCH * ((len(drawn) + 1) // 2)
    sheet = Sheet(foot + _FOOT)
    middle = (_TOP + foot) / 2
    for side, own in enumerate((drawn[1::2], drawn[::2])):
        top = middle - _PITCH * len(own) / 2
        for index, party in enumerate(own):
            _party(sheet, party, side, top + _PITCH * (index + 0.5), middle)
    left = (WIDTH - _BOX) / 2
    sheet.bar((left, middle - _HIGH / 2), _BOX, _HIGH, Ink(fill=PALE, edge=INK, width=1.2))
    sheet.text((WIDTH / 2, middle), cut(name), anchor="center", size=NORMAL, bold=True)
    _legend(sheet, parties, foot + _FOOT / 2)
    return sheet.chart(_alt(name, parties))


def _party(sheet: Sheet, party: Party, side: int, y: float, middle: float) -> None:
    left = (WIDTH - _BOX) * side
    edge, centre = (left, (WIDTH + _BOX) / 2) if side else (_BOX, (WIDTH - _BOX) / 2)
    bend, heavy = (edge + centre) / 2, party.adverse
    sheet.line((centre, middle), (bend, middle), (bend, y), ink=GREY, width=0.6)
    sheet.line((bend, y), (edge, y), ink=RED if heavy else GREY, width=1.8 if heavy else 0.6)
    _frame(sheet, party, left, y - _HIGH / 2)
    lines = [(cut(party.name), NORMAL, INK, True), (cut(party.relation), SMALL, GREY, False)]
    if party.lists:
        lines.append((f"【{cut('、'.join(party.lists))}】", SMALL, RED if heavy else INK, True))
    for index, (text, size, ink, bold) in enumerate(lines):
        place = left + _BOX / 2, y + _LINE * (index - (len(lines) - 1) / 2)
        sheet.text(place, text, anchor="center", size=size, ink=ink, bold=bold)


def _frame(sheet: Sheet, party: Party, left: float, top: float) -> None:
    colour = RED if party.adverse else GREY
    dashed = bool(party.lists) and not party.adverse
    sheet.bar(
        (left, top),
        _BOX,
        _HIGH,
        Ink(fill=WHITE, edge=colour, width=1.2 if party.lists else 0.6, dashed=dashed),
    )
    if party.adverse:
        inner = Ink(edge=colour, width=0.6)
        sheet.bar((left + _INSET, top + _INSET), _BOX - 2 * _INSET, _HIGH - 2 * _INSET, inner)


def _legend(sheet: Sheet, parties: Sequence[Party], y: float) -> None:
    said = []
    if any(party.adverse for party in parties):
        said.append("双线框、粗线：在不良名单上")
    if any(party.lists and not party.adverse for party in parties):
        said.append("虚线框：在良好名单上")
    said += [f"另有 {len(parties) - MOST} 家未画，见表"] if len(parties) > MOST else []
    sheet.text((0, y), "；".join(said), ink=GREY)


def _alt(name: str, parties: Sequence[Party]) -> str:
    listed = [f"{clean(p.name)}（{clean(p.relation)}）在{'、'.join(p.lists)}上" for p in parties if p.lists]
    others = [f"{clean(p.name)}（{clean(p.relation)}）" for p in parties if not p.lists]
    also = f"；其余关联方：{'、'.join(others)}" if others else ""
    return (
        f"{clean(name)}的关联关系，一步以内 {len(parties)} 家：{'；'.join(listed) or '均无名单命中'}{also}。"
    )
