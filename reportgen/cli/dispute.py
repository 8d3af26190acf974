"""`reportgen dispute …`: objections of subjects to what the office holds of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import echo_json, json_option, now, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, press_of, text_of
from reportgen.registry import objections
from reportgen.registry.objections import Ending
from reportgen.registry.words import ENDINGS
from reportgen.store.people import Action

if TYPE_CHECKING:
    from datetime import date

    from reportgen.registry.tables import ObjectionRow

_ENDINGS = {ending.lower(): ending for ending in Ending}
_HELP = "、".join(f"{word}（{ENDINGS[ending]}）" for word, ending in _ENDINGS.items())


@click.group("dispute", cls=Group)
def command() -> None:
    """受理、列出与办结异议；只有主体本人可以提出。"""


@command.command("open")
@click.argument("uscc", metavar="代码")
@click.argument("fact", metavar="信息编号")
@click.option("--grounds", required=True, metavar="文件或文字", help="主体的理由")
@desk_options
def open_(uscc: str, fact: str, grounds: str, office: Path | None, login: str, as_json: bool) -> None:
    """受理一件异议：该条信息与依据它的报告当日标明异议中，照常使用。"""
    said = text_of(grounds)
    with press_of(office, login) as press:
        desk = press.desk(now())
        case = press.act(Action.DISPUTE, lambda session: objections.receive(session, uscc, fact, said, desk))
    if as_json:
        echo_json(_data(case, desk.at.date()))
        return
    say(f"异议 {case.id}　已受理　{uscc}　{fact}")
    say(f"{_answer_by(case)}，书面答复主体", 1)


@command.command("list")
@office_option
@json_option
def list_(office: Path | None, as_json: bool) -> None:
    """列出未办结的异议，最先到期的在前；逾期的标明。"""
    today = now().date()
    with press_of(office) as press:
        cases = press.store.read(objections.due)
    if as_json:
        echo_json([_data(case, today) for case in cases])
        return
    for case in cases:
        late = objections.overdue(case, today)
        mark = "【逾期】" if late else ""
        say(f"{mark}异议 {case.id}　{case.uscc}　{case.fact}", colour="red" if late else None)
        say(f"收到 {at(case.received_at)}　{_answer_by(case)}", 1)
    say(f"共 {len(cases)} 件")


@command.command("close")
@click.argument("case_id", type=int, metavar="异议")
@click.option("--ending", required=True, type=click.Choice(tuple(_ENDINGS)), metavar="结果", help=_HELP)
@click.option("--answer", required=True, metavar="文件或文字", help="给主体的书面答复")
@click.option("--statement", default="", metavar="文件或文字", help="维持时附注于该条信息的主体声明")
@desk_options
def close(
    case_id: int, ending: str, answer: str, statement: str, office: Path | None, login: str, as_json: bool
) -> None:
    """办结一件异议：更正或删除的，依据该条信息的报告标明需更新；维持的，可附注主体的声明。"""
    end = _ENDINGS[ending]
    texts = text_of(answer), text_of(statement) if statement else ""
    with press_of(office, login) as press:
        desk = press.desk(now())
        case = press.act(
            Action.DISPUTE,
            lambda session: objections.close(session, case_id, end, texts[0], desk, texts[1]),
        )
    if as_json:
        echo_json(_data(case, desk.at.date()))
        return
    say(f"异议 {case.id}　已办结：{ENDINGS[end]}　{case.uscc}　{case.fact}")
    say(_NEXT[end], 1)


_NEXT = {
    Ending.CORRECTED: "请用 reportgen subject import 导入更正后的信息；依据它的报告已标明需更新",
    Ending.DELETED: "该条信息已从各版事实中删除，只留校验值；依据它的报告已标明需更新，签发中的号码作废",
    Ending.KEPT: "该条信息维持不变，主体的声明附注其后；没有声明的不附注",
}


def _answer_by(case: "ObjectionRow") -> str:
    return f"答复期限 {case.answer_by}" + ("（暂按：该年节假日尚未公布）" if case.provisional else "")


def _data(case: "ObjectionRow", today: "date") -> dict[str, object]:
    # The subject's grounds may name persons: they are read in the office's database.
    said = case.model_dump(exclude={"grounds"})
    return {**said, "overdue": objections.overdue(case, today)}
