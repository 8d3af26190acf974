"""`reportgen agency …`: the agency's filing, and the end of it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import DAY, echo_json, json_option, now, office_of, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of

if TYPE_CHECKING:
    from reportgen.store.tables import AgencyRow


@click.group("agency", cls=Group)
def command() -> None:
    """查阅机构的备案，登记备案失去之日。"""


@command.command("show")
@office_option
@json_option
def show(office: Path | None, as_json: bool) -> None:
    """显示机构与备案：取自 reportgen.toml，失去之日取自登记簿。"""
    from reportgen.document.issuer import issuer_of
    from reportgen.store.agency import described, in_force

    given = issuer_of(office_of(office)).agency
    with press_of(office) as press:
        row = press.store.read(lambda session: described(session, given))
    holds = in_force(row, now().date())
    if as_json:
        echo_json({**row.model_dump(exclude={"id"}), "in_force": holds})
        return
    _tell(row, holds)


@command.command("lose")
@click.option("--on", type=DAY, required=True, metavar="日期", help="自该日起没有备案")
@desk_options
def lose(on: date, office: Path | None, login: str, as_json: bool) -> None:
    """登记备案失去之日：自该日起不再出具；换了备案（reportgen.toml 的备案编号）才恢复。

    已出具的报告不因此失效，自该日起出具的一并列出，请逐份核对，应撤销的用 reportgen revoke。
    """
    from reportgen.document.issuer import issuer_of
    from reportgen.registry import office as room
    from reportgen.store.people import Action

    given = issuer_of(office_of(office)).agency
    with press_of(office, login) as press:
        desk = press.desk(now())
        row = press.act(Action.OFFICE, lambda session: room.lose_filing(session, given, on, desk))
        after = press.store.read(lambda session: room.issued_since(session, on))
    if as_json:
        echo_json({"filing_number": row.filing_number, "lost_on": on, "issued_since": after})
        return
    say(f"备案 {row.filing_number} 已登记自 {on} 起失去，其后不再出具")
    for number in after:
        say(f"{number}　出具在后", 1)


def _tell(row: "AgencyRow", holds: bool) -> None:
    say(f"{row.name}（{row.uscc}）")
    say(f"备案 {row.filing_number}　{row.filing_authority}", 1)
    say(f"有效期 {row.filing_since} 至 {row.filing_until}　{'有效' if holds else '不在有效期，不得出具'}", 1)
    if row.filing_lost_on:
        say(f"自 {row.filing_lost_on} 起失去", 1)
