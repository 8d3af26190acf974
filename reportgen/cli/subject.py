"""`reportgen subject …`."""

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
from reportgen.cli.pull import command as pull
from reportgen.cli.quality import (
    measured_by_options,
    project_asked,
    quality_data,
    quality_of,
    say_quality,
)
from reportgen.cli.register import desk_options, press_of
from reportgen.cli.told import findings_data, learned_data, say_findings, say_learned
from reportgen.cli.workbook import Told, marked_option, told_by, write_template
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.changes import changes
from reportgen.subject.conflicts import Conflict, conflicts
from reportgen.subject.delivery import Delivery
from reportgen.subject.identifiers import uscc_fault
from reportgen.subject.model import COLLECTIONS, Subject
from reportgen.subject.warnings import Caution, warnings
from reportgen.subject.wording import differences, words

if TYPE_CHECKING:
    from reportgen.store.facts import Known

_SHOWN = 12
"""How many characters of a hash are shown."""


@click.group("subject", cls=Group)
def command() -> None:
    """检查、导入、查阅与比较主体。"""


command.add_command(pull)


@command.command("check")
@click.argument("words", nargs=-1, required=True, metavar="主体…")
@measured_by_options
@marked_option
@json_option
def check(
    words: tuple[str, ...],
    project: str,
    lot: str,
    as_of: date | None,
    office: Path | None,
    marked: Path | None,
    as_json: bool,
) -> None:
    """检查主体文件、工作簿或 CSV 文件夹（或库内的统一社会信用代码）；有误时逐处列出路径与位置，退出码 3。

    无误的，按报告各部分评定数据是否齐全，列出缺件与应索取、应查询的材料；给出 --project 的，按对该项目的重要程度排列。
    """
    asked = project_asked(project, lot, office)
    told = list(zip(words, _told(words, marked, office), strict=True))
    whole = {one.item.uscc: one.item for _, one in told if isinstance(one.item, Subject)}
    results = [
        (
            _summary(word, one.item),
            one,
            quality_of(one.item, asked, as_of) if isinstance(one.item, Subject) else None,
        )
        for word, one in told
    ]
    if as_json:
        echo_json(
            [
                {**summary, **findings_data(*_findings(one.item, whole)), "quality": quality_data(quality)}
                for summary, one, quality in results
            ]
        )
        return
    for summary, one, quality in results:
        click.echo("、".join(f"{key} {value}" for key, value in summary.items()))
        if isinstance(one.item, Subject):
            say_findings(one.item, *_findings(one.item, whole), one.place)
            say_quality(quality)


def _told(words: tuple[str, ...], marked: Path | None, office: Path | None) -> list[Told]:
    """Return what files tell, and what the office knows by a USCC, in the order of the words."""
    known = {word for word in words if not Path(word).exists() and not uscc_fault(word)}
    files = iter(told_by([Path(word) for word in words if word not in known], marked))
    return [Told(subject_of(word, office)) if word in known else next(files) for word in words]


@command.command("template")
@click.argument("subject", default="", metavar="[主体]")
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="文件", help="工作簿（.xlsx），或写成 CSV 的文件夹"
)
@office_option
def template(subject: str, output: Path, office: Path | None) -> None:
    """写出主体的工作簿样表，带说明、单位、下拉选项与示例；给出主体的，填入其各项情况。"""
    for path in write_template(output, subject_of(subject, office) if subject else None):
        say(f"已写入 {path}")


@command.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="主体文件…")
@marked_option
@desk_options
def import_(
    files: tuple[Path, ...], marked: Path | None, office: Path | None, login: str, as_json: bool
) -> None:
    """把主体文件、工作簿或 CSV 文件夹导入机构的数据库，各存一版；任一文件有误则一概不导入，内容相同的不另存。

    一个来源的报送（文件写 source 而不写 sources）只替换该来源此前所述，其余照旧；各来源所述不一致的逐项列出。
    事实有变化的，所涉的已出具报告标为需更新。说明见 docs/evidence.md。
    """
    from reportgen.registry.deliveries import enter
    from reportgen.store.people import Action

    told = [one.item for one in told_by(files, marked)]
    with press_of(office, login) as press:
        desk = press.desk(now())
        learned = press.act(Action.IMPORT, lambda session: [enter(session, item, desk) for item in told])
    if as_json:
        echo_json([learned_data(item) for item in learned])
        return
    for item in learned:
        say_learned(item)


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
@click.argument("after", required=False, metavar="[主体]")
@click.option("--from", "since", type=DAY, metavar="日期", help="比较的起点：该日终了时所知")
@click.option("--to", "until", type=DAY, metavar="日期", help="比较的终点：该日终了时所知；不给则为现在所知")
@office_option
@json_option
def diff(
    before: str, after: str | None, since: date | None, until: date | None, office: Path | None, as_json: bool
) -> None:
    """比较两个主体文件，或文件与库内的主体，或一个主体在两个日期所知：逐项列出新增、删除与变更的事实。"""
    if (after is None) == (since is None) or (since is None and until is not None):
        raise click.UsageError("给出两个主体，或一个主体与 --from（可加 --to）")
    old = subject_of(before, office, Then(known_at=since))
    new = subject_of(after or before, office, Then(known_at=until))
    found = changes(old, new)
    if as_json:
        echo_json([{**c.model_dump(mode="json"), "words": words(c, old, new)} for c in found])
        return
    for line in differences(found, old, new):
        say(line)


def _summary(word: str, told: Subject | Delivery) -> dict[str, object]:
    facts = dict(told.facts())
    sources = [told.source] if isinstance(told, Delivery) else told.sources
    known = {source.id: source for source in sources}
    return {
        "文件": Path(word).name,
        "名称": told.name,
        "统一社会信用代码": told.uscc,
        **({"来源": told.source.name} if isinstance(told, Delivery) else {}),
        "事实": len(facts),
        "未核实": sum(not fact.counts(known[fact.source]) for fact in facts.values()),
        "信用记录": len(told.records),
        "提示": "代码校验位正确不等于主体存在",
    }


def _findings(
    told: Subject | Delivery, whole: dict[str, Subject]
) -> tuple[tuple[Conflict, ...], tuple[Caution, ...]]:
    """Return what to look at in a subject, beside the others that are checked with it."""
    if not isinstance(told, Subject):
        return (), ()
    return conflicts(told), warnings(told, whole.get, today=now().date())


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
