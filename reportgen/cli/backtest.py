"""`reportgen backtest`: how well the finance warning's card would have told failures, beside Z''."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import east_asian_width

import click

from reportgen.assess.backtest import Backtest, Group, Power, backtest
from reportgen.assess.scorecard import load_card
from reportgen.cli.common import FILE, json_option
from reportgen.cli.help import Command


@click.command("backtest", cls=Command)
@click.argument("file", type=FILE, metavar="CSV文件")
@click.option(
    "--label", required=True, metavar="列名", help="标签列：1、true 或 是 为失败，0、false 或 否 为未失败"
)
@click.option("--card", type=FILE, metavar="文件", help="评分卡文件，默认为随程序发布的财务预警评分卡")
@json_option
def command(file: Path, label: str, card: Path | None, as_json: bool) -> None:
    """用一份企业比率表检验财务预警评分卡与 Z''：AUC、KS、预测与实际失败率。

    列名同公开数据集；多余的列不看，没有的列和空格按未知计，标签为空的行不计入并报数。
    """
    result = backtest(file, label, load_card(card) if card else load_card())
    click.echo(result.model_dump_json(indent=2) if as_json else "\n".join(_report(result)))


def _report(found: Backtest) -> Iterator[str]:
    yield f"{found.file}：企业 {found.companies} 家，失败 {found.failures} 家，评分卡 {found.card}"
    if found.unlabelled:
        yield f"另有 {found.unlabelled} 行标签为空，不计入"
    if found.absent:
        yield f"文件没有这些列，按未知计：{'、'.join(found.absent)}"
    yield (
        f"比率覆盖率平均 {found.coverage:.1%}，全部比率已知 {found.complete} 家，"
        f"达到给出等级的覆盖率 {found.covered} 家"
    )
    yield from ("", f"评分卡　{_power(found.points)}", "按预测失败率由低至高分组")
    yield from _table(found.deciles)
    yield from ("按预警等级（等级界限为本机构设定）", *_table(found.bands), "")
    if found.altman is None:
        yield f"Z''　{found.note}"
        return
    yield from (f"Z''（缺值取中位数）　{_power(found.altman)}", "按 Z'' 区间", *_table(found.zones))


def _power(power: Power) -> str:
    interval = power.interval
    ends = (
        f"（95% 区间 {interval.low:.3f} 至 {interval.high:.3f}）"
        if interval
        else "（失败或未失败过少，无区间）"
    )
    return f"AUC {power.auc:.3f}{ends}　KS {power.ks:.3f}"


def _table(groups: Sequence[Group]) -> Iterator[str]:
    predicted = any(group.predicted is not None for group in groups)
    heads = ("组", "企业", "失败", *(("预测",) if predicted else ()), "实际")
    yield "".join(map(_cell, heads))
    for group in groups:
        shares = ((group.predicted,) if predicted else ()) + (group.observed,)
        cells = (group.name, str(group.companies), str(group.failures), *map(_share, shares))
        yield "".join(map(_cell, cells))


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.2%}"


def _cell(text: str) -> str:
    width = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return " " * max(10 - width, 1) + text
