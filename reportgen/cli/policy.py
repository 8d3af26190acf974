"""`reportgen policy …`: rule packs listed, read, checked and compared."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from reportgen.cli.common import DAY, FILE, echo_json, json_option
from reportgen.cli.help import Group
from reportgen.cli.page import room, say
from reportgen.errors import Fault, ReportgenError, printable
from reportgen.policy.compare import Change, Sort, compare
from reportgen.policy.fairness import FairCheck, Outcome, self_check
from reportgen.policy.loader import PACKS, find_pack, load_pack, released, shelf, some_packs
from reportgen.policy.model import Policy
from reportgen.policy.review import PackReview, Review, review
from reportgen.policy.sheet import Item, Part, Sheet, policy_on, sheet

_LONG = 24
_SHORT_HASH = 12
_COLOURS = {Outcome.PASSED: "green", Outcome.REMARK: "yellow", Outcome.FAILED: "red"}
_MARKS = {Outcome.PASSED: "✓", Outcome.REMARK: "！", Outcome.FAILED: "✗"}


class _Side(click.ParamType[tuple[str, date | None]]):
    """A pack, and behind an @ the day on which it is compared."""

    name = "规则包"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, date | None]:
        """Return the pack and its day, None where none is written."""
        name, at, day = str(value).rpartition("@")
        return (name, DAY.convert(day, param, ctx)) if at else (str(value), None)


_SIDE = _Side()


@click.group("policy", cls=Group)
def command() -> None:
    """列出、阅读、检查与比较规则包；写法见 docs/policy.md。"""


@command.command("list")
@click.option("--folder", type=FILE, default=PACKS, metavar="文件夹", help="规则包所在的文件夹，默认为自带的")
@json_option
def list_packs(folder: Path, as_json: bool) -> None:
    """列出规则包：地区、基础、事项数、发布日、SHA-256 的前十二位与有效性。"""
    rows = [_row(path) for path in some_packs(folder)]
    if as_json:
        echo_json(rows)
        return
    _table(rows)
    for row in rows:
        click.echo()
        say(f"{row['name']}　{row['effect']}", dim=True)


@command.command("show")
@click.argument("name", metavar="规则包")
@click.option("--on", "day", type=DAY, metavar="日期", help="该日有效的内容；默认为最近一次变动之后")
@json_option
def show(name: str, day: date | None, as_json: bool) -> None:
    """列出规则包在某一日有效的全部内容、公平竞争自查与引据；规则包是名称或 .yaml 文件。"""
    policy = _policy(name, day)
    page, checks = sheet(policy), self_check(policy)
    if as_json:
        fairness = [check.model_dump(mode="json") for check in checks]
        echo_json(page.model_dump(mode="json") | {"fairness": fairness})
        return
    _head(page)
    for part in Part:
        if part is Part.CITATIONS:
            _fairness(checks)
        if part is not Part.PACK:
            _part(page, part)


@command.command("check")
@click.argument("folder", type=FILE, default=PACKS, metavar="[文件夹]")
@json_option
def check(folder: Path, as_json: bool) -> None:
    """检查文件夹内的全部规则包，默认为自带的；有误或自查不通过的退出码 3，只有提示的退出码 0。"""
    found = review(folder)
    if as_json:
        echo_json(found.model_dump(mode="json"))
    else:
        _review(found)
    if found.faults:
        raise ReportgenError("E0309", path=str(folder), faults=found.faults)
    failed = [
        Fault("E0342", pack.file, f"{c.checked}：{c.finding}") for pack in found.packs for c in pack.failures
    ]
    if failed:
        raise ReportgenError("E0342", path=str(folder), faults=failed)


@command.command("diff")
@click.argument("before", type=_SIDE, metavar="规则包[@日期]")
@click.argument("after", type=_SIDE, metavar="规则包[@日期]")
@click.option("--on", "day", type=DAY, metavar="日期", help="未用 @ 写明日期的，取该日有效的内容")
@json_option
def diff(
    before: tuple[str, date | None], after: tuple[str, date | None], day: date | None, as_json: bool
) -> None:
    """比较两个规则包，或一个规则包在两日的内容，例如 national@2026-03-31 national@2026-04-01。"""
    old, new = (sheet(_policy(name, own or day)) for name, own in (before, after))
    changes = compare(old, new)
    if as_json:
        sides = {
            side: {"name": s.name, "on": str(s.on), "sha256": s.sha256}
            for side, s in (("before", old), ("after", new))
        }
        echo_json(sides | {"changes": [change.model_dump(mode="json") for change in changes]})
        return
    say(f"{_side(old)} → {_side(new)}", bold=True)
    say(f"共 {len(changes)} 处不同" if changes else _same(old, new))
    for change in changes:
        _change(change)


def _policy(name: str, day: date | None) -> Policy:
    return policy_on(*load_pack(find_pack(name)), day)


def _same(old: Sheet, new: Sheet) -> str:
    return (
        "内容相同"
        if old.sha256 == new.sha256
        else "所比的日期内容相同；SHA-256 不同，其他日期的内容或文字有别"
    )


def _row(path: Path) -> dict[str, object]:
    pack, sha256 = load_pack(path)
    return {
        "name": pack.name,
        "file": path.name,
        "region": pack.region,
        "title": pack.title,
        "base": pack.base,
        "matters": len(pack.matters),
        "released": str(pack.released),
        "registered": path.stem in released(path.parent),
        "sha256": sha256,
        "effect": pack.effect,
    }


def _table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for head in ("名称", "地区", "标题", "基础", "事项", "发布日", "登记", "SHA-256"):
        table.add_column(head, no_wrap=head != "标题", overflow="fold")
    for row in rows:
        words = [str(row[key]) for key in ("name", "region", "title", "base", "matters", "released")]
        state = "已发布" if row["registered"] else "未发布"
        table.add_row(*map(printable, words), state, str(row["sha256"])[:_SHORT_HASH])
    # A pipe gets whole lines, whatever their length.
    Console(width=min(room(), 10_000)).print(table)


def _side(page: Sheet) -> str:
    return f"{page.title}（{page.name}）{page.on}"


def _head(page: Sheet) -> None:
    (item,) = page.part(Part.PACK)
    say(f"{page.title}　{page.name}", bold=True)
    _facts({label: text for label, text in item.facts.items() if label != "代号"}, 0)
    say(f"SHA-256：{page.sha256}")
    say(f"以下为 {page.on} 有效的内容，自所列日期起；［未核实］的不作为法律印出", colour="cyan")


def _part(page: Sheet, part: Part) -> None:
    items = page.part(part)
    if items:
        click.echo()
        say(f"{part}（{len(items)}）", bold=True)
    for item in items:
        _item(page, item)


def _item(page: Sheet, item: Item) -> None:
    say(item.title if item.title == item.id else f"{item.title}　{item.id}", 1, bold=True)
    _facts({label: text for label, text in item.facts.items() if text != item.title}, 2)
    grounds = "；".join(
        f"{ground}　{cite}" for ground, cite in zip(page.grounds(item), item.cites, strict=True)
    )
    if item.span:
        say(f"{item.span}　依据：{grounds}", 2, dim=True)


def _facts(facts: dict[str, str], depth: int) -> None:
    """Print facts, the short ones together, each sentence on a line of its own."""
    sentences = {label: text for label, text in facts.items() if len(text) > _LONG or "。" in text}
    short = "；".join(f"{label} {text}" for label, text in facts.items() if label not in sentences)
    if short:
        say(short, depth)
    for label, text in sentences.items():
        say(f"{label}：{text}", depth)


def _fairness(checks: Iterable[FairCheck]) -> None:
    click.echo()
    say("公平竞争自查（比照，非法定义务）", bold=True)
    known = shelf()
    for found in checks:
        say(f"{_MARKS[found.outcome]} {found.checked}：{found.finding}", 1, colour=_COLOURS[found.outcome])
        say(found.ground(known), 2, dim=True)


def _review(found: Review) -> None:
    say(f"载入 {len(found.packs)} 件，有误 {len(found.faults)} 处；载入的规则包每个值都有引据", bold=True)
    for pack in found.packs:
        _pack(pack)
    click.echo()
    say(f"已引用而未核实的引据 {len(found.unverified)} 条，从不作为法律印出", bold=True)
    for citation in found.unverified:
        say(f"{citation.label}　{citation.id}", 1)
        for place in citation.places:
            say(place, 2, dim=True)
    _names("已核实而没有第二人复核的引据", found.read_once)
    _names("没有规则包使用的引据", found.unused)


def _pack(pack: PackReview) -> None:
    click.echo()
    state = "已发布" if pack.registered else "未发布"
    since = f"{pack.complete_from} 起各值齐备" if pack.complete_from else "没有一日各值齐备"
    say(f"{pack.title}　{pack.file}", bold=True)
    say(f"发布日 {pack.released}（{state}）；{since}", 1)
    for remark in pack.remarks:
        say(f"！ {remark}", 1, colour="yellow")
    counts = (f"{o} {sum(c.outcome is o for c in pack.fairness)}" for o in Outcome)
    say(f"公平竞争自查：{'，'.join(counts)}", 1)
    for check in pack.fairness:
        if check.outcome is not Outcome.PASSED:
            say(
                f"{_MARKS[check.outcome]} {check.checked}：{check.finding}", 2, colour=_COLOURS[check.outcome]
            )


def _names(title: str, names: tuple[str, ...]) -> None:
    click.echo()
    say(f"{title} {len(names)} 条", bold=True)
    if names:
        say("、".join(names), 1, dim=True)


def _change(change: Change) -> None:
    click.echo()
    named = change.title if change.title == change.id else f"{change.title}　{change.id}"
    say(f"{change.part}　{change.sort}　{named}", bold=True)
    for d in change.differences:
        _turned(change, d.label, d.before, d.after)
    _turned(change, "起止", change.before_span, change.after_span)
    _turned(change, "依据", "；".join(change.before_grounds), "；".join(change.after_grounds))
    say(f"涉及：{'、'.join(change.matters) or '规则包的全部事项'}", 1, dim=True)


def _turned(change: Change, label: str, before: str, after: str) -> None:
    if change.sort is Sort.CHANGED and before != after:
        say(f"{label}：{before or '无'} → {after or '无'}", 1)
    elif before or after:
        say(f"{label}：{after or before}", 1)
