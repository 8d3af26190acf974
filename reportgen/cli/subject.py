"""`reportgen subject …`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import (
    DAY,
    FILE,
    Then,
    echo_json,
    json_option,
    now,
    office_option,
    store_of,
    subject_of,
)
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.intake.files import load_subject
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.changes import FactChange, Sort, changes
from reportgen.subject.model import COLLECTIONS, Subject

if TYPE_CHECKING:
    from reportgen.store.facts import Imported, Known

_SHOWN = 12
"""How many characters of a hash are shown."""


@click.group("subject", cls=Group)
def command() -> None:
    """检查、导入、查阅与比较主体。"""


@command.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="主体文件…")
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """检查主体文件；有误时逐处列出路径与行号，退出码 3。"""
    results = [_summary(path) for path in files]
    if as_json:
        echo_json(results)
        return
    for result in results:
        click.echo("、".join(f"{key} {value}" for key, value in result.items()))


@command.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="主体文件…")
@desk_options
def import_(files: tuple[Path, ...], office: Path | None, login: str, as_json: bool) -> None:
    """把主体文件导入机构的数据库，各存一版；任一文件有误则一概不导入，内容相同的不另存。

    事实有变化的，所涉的已出具报告标为需更新。
    """
    from reportgen.registry.changes import learn
    from reportgen.store.people import Action

    subjects = [load_subject(path) for path in files]
    with press_of(office, login) as press:
        desk = press.desk(now())
        told = press.act(Action.IMPORT, lambda session: [learn(session, s, desk) for s in subjects])
    if as_json:
        echo_json([_told(item, marked) for item, marked in told])
        return
    for item, marked in told:
        say(f"{item.name}（{item.uscc}）　数据截止日 {item.as_of}　{_outcome(item)}")
        for number in marked:
            say(f"报告 {number} 标为需更新", 1)


@command.command("list")
@click.argument("text", default="", metavar="[名称或代码的一部分]")
@office_option
@json_option
def list_(text: str, office: Path | None, as_json: bool) -> None:
    """列出库内的主体：代码、名称、数据截止日、获知时间与版数；曾用名也可查找。"""
    from reportgen.store.facts import MOST, find_subjects

    with store_of(office) as store:
        found = store.read(lambda session: find_subjects(session, text))
    if as_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        say(_line(item))
    say(f"共 {len(found)} 个" if len(found) < MOST else f"只列出前 {MOST} 个，请给出更多的字")


@command.command("show")
@click.argument("subject", metavar="主体")
@click.option("--known-at", type=DAY, metavar="日期", help="该日终了时所知")
@click.option("--as-of", type=DAY, metavar="日期", help="该日的情况，其后发生的一概撤回")
@office_option
@json_option
def show(subject: str, known_at: date | None, as_of: date | None, office: Path | None, as_json: bool) -> None:
    """显示一个主体：库内的统一社会信用代码，或主体文件；--json 给出全部事实。"""
    found = subject_of(subject, office, Then(known_at, as_of))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in _shown(found):
        say(line)


@command.command("diff")
@click.argument("before", metavar="主体")
@click.argument("after", metavar="主体")
@office_option
@json_option
def diff(before: str, after: str, office: Path | None, as_json: bool) -> None:
    """比较两个主体文件，或文件与库内的主体：逐项列出新增、删除与变更的事实。"""
    found = changes(subject_of(before, office), subject_of(after, office))
    if as_json:
        echo_json([change.model_dump(mode="json") for change in found])
        return
    for line in _differences(found):
        say(line)


def _summary(path: Path) -> dict[str, object]:
    subject = load_subject(path)
    counts = Counter("采信" if subject.counts(fact) else "未核实" for _, fact in subject.facts())
    return {
        "文件": path.name,
        "名称": subject.name,
        "统一社会信用代码": subject.uscc,
        "事实": sum(counts.values()),
        "未核实": counts["未核实"],
        "信用记录": len(subject.records),
        "提示": "代码校验位正确不等于主体存在",
    }


def _told(item: "Imported", marked: list[str]) -> dict[str, object]:
    found = [change.model_dump(mode="json") for change in item.changes]
    return {**asdict(item), "counts": item.counts, "changes": found, "marked": marked}


def _outcome(item: "Imported") -> str:
    if not item.new:
        return "与库内相同，没有另存"
    if not item.counts:
        return f"已存，但早于库内的 {item.newest}，评价仍用后者"
    counts = Counter(change.sort for change in item.changes)
    differs = "、".join(f"{sort} {counts[sort]} 项" for sort in Sort if counts[sort])
    return f"已存，与前一版相比{differs}" if differs else "已存"


def _line(item: "Known") -> str:
    former = f"（曾用名 {'、'.join(item.former_names)}）" if item.former_names else ""
    known_at = item.known_at.isoformat(" ", "minutes")
    return f"{item.uscc}　{item.name}{former}　数据截止日 {item.as_of}　获知于 {known_at}　{item.versions} 版"


def _shown(subject: Subject) -> Iterator[str]:
    yield f"{subject.name}（{subject.uscc}）"
    if subject.former_names:
        yield f"曾用名 {'、'.join(subject.former_names)}"
    yield f"数据截止日 {subject.as_of}　登记状态 {subject.registration.standing}"
    held = {name: len(getattr(subject, name)) for name in ("sources", *COLLECTIONS)}
    yield "　".join(f"{name} {count}" for name, count in held.items() if count)
    for record in subject.records:
        yield f"  {record.id}　{record.determined_on}　{record.kind}【{record.state}】{record.title}"
    yield f"校验值 {sha256(canonical(subject))[:_SHOWN]}"


def _differences(found: tuple[FactChange, ...]) -> Iterator[str]:
    for change in found:
        place = f"{change.collection}.{change.fact}"
        if change.sort is not Sort.CHANGED:
            yield f"{change.sort} {place}"
        yield from (
            f"{change.sort} {place}.{f.path}：{_value(f.before)} → {_value(f.after)}" for f in change.fields
        )
    if not found:
        yield "没有差异"


def _value(value: object) -> str:
    return "（无）" if value in (None, "", []) else str(value)
