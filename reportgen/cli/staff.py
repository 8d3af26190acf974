"""`reportgen staff …`: who prepares, reviews and issues for the agency, and each one's own record."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import DAY, echo_json, json_option, now, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of, text_of
from reportgen.registry import staff
from reportgen.store import people
from reportgen.store.people import Action, StaffEntry

if TYPE_CHECKING:
    from reportgen.store.tables import StaffRecordRow, StaffRow

_KINDS = tuple(str(kind) for kind in StaffEntry)


@click.group("staff", cls=Group)
def command() -> None:
    """登记编制、复核、签发人员与各人的信用记录；登记了人员的机构，只有在任且未停职的可以署名。"""


@command.command("add")
@click.argument("name", metavar="姓名")
@click.option("--post", required=True, metavar="岗位", help="如 编制、复核、签发")
@click.option("--since", type=DAY, required=True, metavar="日期", help="到任之日")
@desk_options
def add(name: str, post: str, since: date, office: Path | None, login: str, as_json: bool) -> None:
    """登记一名人员；姓名只存于机构的数据库与所署的报告。"""
    with press_of(office, login) as press:
        desk = press.desk(now())
        press.act(Action.OFFICE, lambda session: staff.add(session, name, post, since, desk))
    echo_json({"name": name}) if as_json else say(f"{name}　{post}　自 {since} 在任")


@command.command("leave")
@click.argument("name", metavar="姓名")
@click.option("--on", type=DAY, required=True, metavar="日期", help="在任的最后一日")
@desk_options
def leave(name: str, on: date, office: Path | None, login: str, as_json: bool) -> None:
    """登记一名人员离任；不删除，其记录都留着。"""
    with press_of(office, login) as press:
        desk = press.desk(now())
        press.act(Action.OFFICE, lambda session: staff.leave(session, name, on, desk))
    echo_json({"name": name}) if as_json else say(f"{name}　在任至 {on}")


@command.command("record")
@click.argument("name", metavar="姓名")
@click.option("--on", type=DAY, required=True, metavar="日期", help="事情发生之日")
@click.option("--kind", required=True, type=click.Choice(_KINDS), metavar="类别", help="、".join(_KINDS))
@click.option("--text", required=True, metavar="文件或文字", help="内容，只存于机构的数据库")
@desk_options
def record(name: str, on: date, kind: str, text: str, office: Path | None, login: str, as_json: bool) -> None:
    """在一名人员的信用记录中记一笔；停职的自该日起不得署名，复职的恢复。"""
    entry, said = StaffEntry(kind), text_of(text)
    with press_of(office, login) as press:
        desk = press.desk(now())
        press.act(Action.OFFICE, lambda session: staff.note(session, name, on, entry, said, desk))
    echo_json({"name": name, "on": on, "kind": kind}) if as_json else say(f"{name}　{on}　{kind}　已记入")


@command.command("list")
@office_option
@json_option
def list_(office: Path | None, as_json: bool) -> None:
    """列出人员，标明今日可否署名。"""
    today = now().date()
    with press_of(office) as press:
        found = press.store.read(people.listed_staff)
        absent = press.store.read(lambda session: people.unqualified(session, [r.name for r in found], today))
    if as_json:
        echo_json([_data(row, row.name not in absent) for row in found])
        return
    for row in found:
        say(f"{_line(row)}　{'不得署名' if row.name in absent else '可署名'}")
    say(f"共 {len(found)} 名")


@command.command("show")
@click.argument("name", metavar="姓名")
@office_option
@json_option
def show(name: str, office: Path | None, as_json: bool) -> None:
    """显示一名人员的信用记录，最早的在前。"""
    with press_of(office) as press:
        found = press.store.read(lambda session: people.record_of(session, name))
    if as_json:
        echo_json([_entry(row) for row in found])
        return
    for row in found:
        say(f"{row.on}　{row.kind}　{row.text}")
    say(f"共 {len(found)} 条")


def _line(row: "StaffRow") -> str:
    return f"{row.name}　{row.post}　{row.since} 至 {row.until or '今'}"


def _data(row: "StaffRow", signs: bool) -> dict[str, object]:
    return {**row.model_dump(exclude={"id"}), "signs": signs}


def _entry(row: "StaffRecordRow") -> dict[str, object]:
    return row.model_dump(exclude={"id", "staff_id"})
