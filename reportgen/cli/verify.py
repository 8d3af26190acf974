"""`reportgen verify`: whether a report is genuine, whole, in force and for the project in question."""

import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.certify import points
from reportgen.certify.facts import Asked, RegisterFacts, Trust
from reportgen.certify.folding import Point, Verdict, fold, gravest
from reportgen.certify.inspection import LARGEST, number_of
from reportgen.certify.likeness import Place
from reportgen.certify.verify import Examined, Verification, examine, judge
from reportgen.cli.aside import aside
from reportgen.cli.common import FILE, echo_json, json_option, now, office_option, store_of, whole_project_of
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.paragraph import Paragraph
from reportgen.errors import ReportgenError, printable
from reportgen.errors.entry import ExitCode
from reportgen.files import unreadable
from reportgen.settings import Office, find_office, has_database

if TYPE_CHECKING:
    from rich.table import Table

    from reportgen.certify.manifest import Manifest
    from reportgen.registry.verification import Paper

Key = tuple[str, str]
Books = Sequence[RegisterFacts | None]
Answer = Callable[[], Books]
_MARKS = {True: "✓", False: "✗", None: "—"}
_COLOURS = {True: "green", False: "red", None: "yellow"}
_TONES = {Verdict.GENUINE: True, Verdict.USED: True, Verdict.UNCHECKED: None}
_PUBLIC_KEY = b"-----BEGIN PUBLIC KEY-----"


@click.command("verify", cls=Command)
@click.argument("files", nargs=-1, type=FILE, metavar="[文件…]")
@click.option("--project", metavar="项目", help="要用于哪个项目：编号，或项目文件")
@click.option("--round", "round_", type=click.IntRange(min=1), metavar="轮次", help="项目的轮次")
@click.option("--lot", metavar="标段", help="标段编号")
@click.option("--manifest", type=FILE, metavar="文件", help="核验清单，不连登记簿时对照；公钥由 --trust 给出")
@click.option(
    "--trust", "trusted", type=FILE, multiple=True, metavar="文件或文件夹",
    help="所信任的根证书与清单公钥，可多次给出；不给则用机构文件夹的 trust",
)  # fmt: skip
@click.option("--number", metavar="编号", help="核验纸面：报告编号，与 --code 一起给出")
@click.option("--code", metavar="核验码", help="核验纸面：封面的核验码")
@office_option
@json_option
def command(files: tuple[Path, ...], office: Path | None, as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """核验报告：是否真实、未被改动、现在可否使用、是否为所问的项目出具。

    给出文件，或凭纸面上的编号与核验码。退出码：0 真实（含已用于本项目），5 不真实，6 已撤销、过期或不是为
    所问的项目出具，10 签名未见改动而没有登记簿或清单可对照；多份文件取最严重的。说明见 docs/verification.md。
    """
    on_paper = words["number"] is not None or words["code"] is not None
    if on_paper == bool(files) or (on_paper and None in {words["number"], words["code"]}):
        raise click.UsageError("给出文件，或同时给出 --number 与 --code")
    asked = _asked(words["project"], words["round_"], words["lot"], office)
    exit_code = (
        _paper(words, asked, office, as_json) if on_paper else _files(files, asked, office, as_json, words)
    )
    click.get_current_context().exit(exit_code)


def _asked(project: str | None, round_: int | None, lot: str | None, office: Path | None) -> Asked | None:
    if project is None:
        if round_ is not None or lot is not None:
            raise click.UsageError("--round 与 --lot 须和 --project 一起给出")
        return None
    if Path(project).is_file():
        named = whole_project_of(project, office)
        return Asked(named.id, round_ or named.round, lot)
    return Asked(project, round_, lot)


def _files(
    files: Sequence[Path], asked: Asked | None, folder: Path | None, as_json: bool, words: dict[str, Any]
) -> ExitCode:
    office = find_office(folder)
    if folder is not None and office is None:
        raise ReportgenError("E0357", folder=folder)
    at, keys = now(), [_key(path) for path in files]
    trust = _trust(words["trusted"], office)
    if words["manifest"]:
        manifest = _manifest(words["manifest"], words["trusted"], office)
        asked = asked or Asked(manifest.project.id, manifest.project.round)
        answer = _of_manifest(manifest, keys)
    else:
        answer = _of_register(office, keys, at)
    seen = [_examined(path, trust, at) for path in files]
    done = [
        (path, _judged(path, said, book, asked, at))
        for path, said, book in zip(files, seen, answer(), strict=True)
    ]
    if as_json:
        echo_json([_plain(path, found) for path, found in done])
    elif len(done) == 1:
        _tell(*done[0])
    else:
        for path, found in done:
            _line(path, found)
    return gravest(found.exit_code for _, found in done)


def _key(path: Path) -> Key:
    """Return by what a book is asked about a file: its hash, and the number it bears."""
    try:
        data = _bytes(path)
    except ReportgenError:
        return "", ""
    return hashlib.sha256(data).hexdigest(), number_of(data)


def _of_manifest(manifest: "Manifest", keys: Sequence[Key]) -> Answer:
    from reportgen.certify.manifest import facts_of

    return lambda: [facts_of(manifest, sha256, number) for sha256, number in keys]


def _of_register(office: Office | None, keys: Sequence[Key], at: datetime) -> Answer:
    """Return what waits for the register's answers: it is asked while the signatures are checked."""
    if office is None or not has_database(office):
        return lambda: [None] * len(keys)
    folder = office.folder

    def ask() -> Books:
        from reportgen.registry.verification import facts

        with store_of(folder) as store:
            return store.read(lambda session: [facts(session, *key, at) for key in keys])

    return aside(ask)


def _examined(path: Path, trust: Trust, at: datetime) -> Examined | ReportgenError:
    """Return what a file says; one that cannot be read must not keep the others from being checked."""
    try:
        return examine(_bytes(path), trust, at)
    except ReportgenError as error:
        return error


def _judged(
    path: Path,
    said: Examined | ReportgenError,
    book: RegisterFacts | None,
    asked: Asked | None,
    at: datetime,
) -> Verification | ReportgenError:
    return said if isinstance(said, ReportgenError) else judge(_bytes(path), said, book, asked, at)


def _trust(given: Sequence[Path], office: Office | None) -> Trust:
    if given:
        return Trust.read(*given)
    return Trust.of_office(office.folder) if office else Trust()


def _manifest(path: Path, trusted: Sequence[Path], office: Office | None) -> "Manifest":
    from reportgen.certify.manifest import read_manifest
    from reportgen.certify.manifest_key import keys_of, office_keys

    inside = [file for place in trusted for file in (sorted(place.iterdir()) if place.is_dir() else [place])]
    keys = dict(keys_of(*(file for file in inside if _public_key(file))))
    return read_manifest(_bytes(path), keys | dict(office_keys(office.folder) if office else {}))


def _public_key(path: Path) -> bool:
    return path.is_file() and _PUBLIC_KEY in _bytes(path)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(path, error) from error


def _paper(words: dict[str, Any], asked: Asked | None, folder: Path | None, as_json: bool) -> ExitCode:
    from reportgen.registry.verification import paper

    at, number = now(), words["number"].strip().upper()
    with store_of(folder) as store:
        found = store.read(lambda session: paper(session, number, words["code"], at))
    book = found.book
    own = Place(book.project, book.round, book.lot)
    told = [points.state(book, at.date(), held=True), points.place(own, asked, book.kind)]
    verdict = fold(told, used=book.used)
    if as_json:
        echo_json({**_paper_data(found), "points": [_point(point) for point in told]})
    else:
        _tell_paper(found, told)
    return ExitCode.REFUSED_BY_STATE if verdict is Verdict.REFUSED else ExitCode.DONE


def _paper_data(found: "Paper") -> dict[str, object]:
    book = found.book
    return {
        "kind": found.kind,
        "number": book.number,
        "applicant": [asdict(party) for party in found.applicant],
        "project": book.project,
        "project_name": found.project_name,
        "round": book.round,
        "lot": book.lot,
        "conclusion": found.conclusion,
        "pages": found.pages,
        "issued_at": found.issued_at,
        "state": book.state,
    }


def _tell_paper(found: "Paper", told: Sequence[Point]) -> None:
    say(f"登记簿有这份{found.kind}。请与纸面逐项核对，任何一项不同，纸面就是改动或仿造的", bold=True)
    book = found.book
    lines = {
        "编号": book.number,
        "申请人" if book.project else "主体": "、".join(
            f"{party.name or '（名称已删除）'}（{party.uscc}）" for party in found.applicant
        ),
        "项目": f"{found.project_name}（{Place(book.project, book.round, book.lot)}）"
        if book.project
        else "",
        "结论" if book.project else "等级": found.conclusion,
        "页数": str(found.pages or ""),
        "出具": f"{found.issued_at:%Y-%m-%d %H:%M}",
    }
    for name, text in lines.items():
        if text:
            say(f"{name}　{text}", 1)
    for point in told:
        say(f"{_MARKS[point.ok]} {point.name}　{point.why}{_advice(point)}", 1, colour=_COLOURS[point.ok])


def _tell(path: Path, found: Verification | ReportgenError) -> None:
    if isinstance(found, ReportgenError):
        raise found
    from rich.console import Console

    say(found.sentence, bold=True, colour=_COLOURS[_TONES.get(found.verdict, False)])
    say(f"{path.name}　{found.number or '编号不明'}　SHA-256 {found.sha256}", 1)
    Console(soft_wrap=not sys.stdout.isatty()).print(_table(found))


def _table(found: Verification) -> "Table":
    from rich.table import Table

    table = Table()
    table.add_column("")
    table.add_column("核验项", no_wrap=True)
    table.add_column("说明")
    for point in found.points:
        text = Paragraph(printable(point.why + _advice(point)))
        table.add_row(_MARKS[point.ok], point.name, text, style=_COLOURS[point.ok])
    return table


def _advice(point: Point) -> str:
    return f"。{point.advice}" if point.advice else ""


def _line(path: Path, found: Verification | ReportgenError) -> None:
    if isinstance(found, ReportgenError):
        say(f"{_MARKS[False]} {path.name}　{found.entry.what}", colour=_COLOURS[False])
        return
    tone = _TONES.get(found.verdict, False)
    say(f"{_MARKS[tone]} {path.name}　{found.number}　{found.sentence}", colour=_COLOURS[tone])


def _plain(path: Path, found: Verification | ReportgenError) -> dict[str, object]:
    if isinstance(found, ReportgenError):
        return {"file": str(path), "exit": int(found.exit_code), "error": found.data()}
    return {
        "file": str(path),
        "exit": int(found.exit_code),
        "verdict": found.verdict,
        "sentence": found.sentence,
        "sample": found.sample,
        "number": found.number,
        "sha256": found.sha256,
        "points": [_point(point) for point in found.points],
    }


def _point(point: Point) -> dict[str, object]:
    return {"key": point.key, "name": point.name, "ok": point.ok, "why": point.why, "advice": point.advice}
