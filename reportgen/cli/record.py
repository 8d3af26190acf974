"""`reportgen record`: a 信用记录, the facts about one subject, through the register of the office."""

from pathlib import Path

import click

from reportgen.cli.common import FILE, now, office_of, subject_of, working
from reportgen.cli.help import Command
from reportgen.cli.register import desk_options, press_of
from reportgen.cli.reusable import authorisation_option, output_option, tell
from reportgen.files import PRIVATE, write_whole
from reportgen.subject.model import Subject


@click.command("record", cls=Command)
@click.argument("word", metavar="主体")
@authorisation_option(required=True)
@output_option
@click.option(
    "--omissions", type=FILE, metavar="文件", help="把未列示的记录及理由写入该文件，只供审计与主体本人查阅"
)
@desk_options
def command(
    word: str,
    authorisation: str,
    output: Path | None,
    omissions: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """出具一份信用记录：一个主体的登记、资质与各类信用信息，只列事实，不评分、不作结论。

    不绑定项目，有效期内可重复使用，不核销。同一主体的信息没有变化的，当日再次申请仍是同一份。
    """
    from reportgen.reusable import issue_record

    with press_of(office, login) as press, working("正在排印"):
        subject = subject_of(word, office)
        done = issue_record(subject, authorisation, office_of(office), now(), press, output)
    if omissions is not None:
        write_whole(omissions, _left_out(subject), PRIVATE)
    tell(done, "信用记录", as_json)


def _left_out(subject: Subject) -> bytes:
    import json

    from reportgen.assess.extract import extract_omissions, extract_policy

    on = now().date()
    left = extract_omissions(subject, extract_policy(subject.registration.region, on), on)
    listed = [omission.model_dump(mode="json") for omission in left]
    return json.dumps(listed, ensure_ascii=False, indent=2).encode()
