"""`reportgen grade`: the 综合信用等级 in the terminal or as JSON, or issued as a certificate, by an agency whose filing
allows it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from reportgen.assess.grade import GradeAssessment, GradeTerm, grade, grading_policy
from reportgen.assess.wording import day
from reportgen.cli.common import DAY, echo_json, now, office_of, subject_of, working
from reportgen.cli.help import Command
from reportgen.cli.register import desk_options, press_of
from reportgen.cli.reusable import authorisation_option, output_option, tell
from reportgen.cli.safe import safe
from reportgen.document.issuer import Agency, GradingFiling, grading_filing, issuer_of
from reportgen.errors import ExitCode
from reportgen.subject.base import is_long_term

_SHOWN = 10
"""How many records the terminal lists; the JSON holds all."""


@click.command("grade", cls=Command)
@click.argument("word", metavar="主体")
@click.option(
    "--region",
    required=True,
    metavar="代码",
    help="按哪一地区的规则评定，供该地区的事项使用；六位行政区划代码",
)
@click.option("--years", type=int, metavar="年数", help="有效期的年数，默认取规则包的第一个")
@click.option("--on", type=DAY, metavar="日期", help="评定日，默认今天")
@authorisation_option(required=False)
@click.option("--supersedes", default="", metavar="编号", help="出具证书：替代主体现有的哪一份")
@output_option
@desk_options
def command(
    word: str,
    on: date | None,
    **words: Any,  # noqa: ANN401 - click's own values
) -> None:
    """评定主体的综合信用等级；证据不足时列出缺件清单，退出码 4。

    给出 --authorisation 的，按今天评定并出具证书：登记、编号、签名，有效期内可重复使用，不核销。信息没有变化而
    再次申请的，仍是同一份；信息有变化的，用 --supersedes 另行评定，原证书即不再有效。
    """
    if words["authorisation"]:
        _issued(word, on, words)
        return
    if words["supersedes"] or words["output"]:
        raise click.UsageError("--supersedes 与 -o 须和 --authorisation 一起给出")
    _shown(word, on or now().date(), words)


def _issued(word: str, on: date | None, words: dict[str, Any]) -> None:
    from reportgen.reusable import GradeRequest, issue_grade

    if on is not None:
        raise click.UsageError("证书按今天评定，不能给出 --on")
    office, moment = words["office"], now()
    policy = grading_policy(words["region"], moment.date())
    with press_of(office, words["login"]) as press, working("正在评定与排印"):
        asked = GradeRequest(subject_of(word, office), policy, words["years"], words["supersedes"])
        done = issue_grade(asked, words["authorisation"], office_of(office), moment, press, words["output"])
    tell(done, f"综合信用等级证书（{done.said} 级）", words["as_json"])


def _shown(word: str, on: date, words: dict[str, Any]) -> None:
    if is_long_term(on):
        raise click.UsageError(f"--on 的值不对：{on} 表示长期，不是评定日")
    office = words["office"]
    agency = issuer_of(office_of(office)).agency
    subject = subject_of(word, office)
    filing = grading_filing(agency, subject, on)
    found = grade(subject, grading_policy(words["region"], on), on, words["years"])
    if words["as_json"]:
        echo_json(_data(found, agency, filing))
    else:
        click.echo("\n".join(safe(line) for line in _lines(found, agency, filing)))
    click.get_current_context().exit(ExitCode.DONE if found.grade else ExitCode.INSUFFICIENT)


def _data(found: GradeAssessment, agency: Agency, filing: GradingFiling) -> dict[str, object]:
    return {
        "sentence": found.sentence,
        **found.model_dump(mode="json"),
        "agency": agency.name,
        "sample": agency.sample,
        "filing": filing.model_dump(mode="json"),
    }


def _lines(found: GradeAssessment, agency: Agency, filing: GradingFiling) -> Iterator[str]:
    if agency.sample:
        yield "【样例】"
    yield found.sentence
    yield f"{found.name}（{found.uscc}）　评定日 {day(found.on)}　数据截止日 {day(found.as_of)}"
    for reason in found.reasons[:_SHOWN]:
        yield f"  · {reason.text}" + ("【异议中】" if reason.disputed else "")
    if len(found.reasons) > _SHOWN:
        yield f"  · 以上为 {len(found.reasons)} 条中的 {_SHOWN} 条，其余见 --json"
    yield from (f"  注 {note}" for note in found.notes)
    yield from (f"  缺 {gap.what}：{gap.why}。{gap.how}" for gap in found.gaps)
    for field in found.fields:
        yield f"{field.name}（{field.quality}）"
        yield from (f"  {finding.name}　{finding.text}" for finding in field.findings)
    if found.term:
        yield _validity(found.term, found.on)
    yield f"依据 {'、'.join(found.cites)}"
    yield f"规则包 {found.pack.title} {found.pack.sha256[:12]}（{found.pack.effect}）"
    yield f"评定机构 {agency.name}，等级评定备案 {filing.filing_number}（{filing.authority}）"
    yield found.notice


def _validity(term: GradeTerm, on: date) -> str:
    return f"有效期 {day(term.since)}至{day(term.until)}（含首尾两日），状态 {term.state(on)}"
