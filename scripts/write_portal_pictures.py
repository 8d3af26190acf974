"""Draw the pictures of docs/portal.md: the portal of a synthetic office in Chromium, on a desk and on a phone.

    python -m scripts.write_portal_pictures

Look at each picture before it is kept. Every subject, project and agency is synthetic; each page says so.
"""

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import structlog
import time_machine
from click.testing import CliRunner
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import select

from reportgen import counter
from reportgen.cli import cli
from reportgen.intake.columns.subject import SUBJECT
from reportgen.registry import lifecycle, objections
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.lifecycle import Use, consume
from reportgen.registry.numbers import verification_code
from reportgen.registry.tables import ReportRow
from reportgen.registry.words import Reason
from reportgen.settings import asset_dir, read_office
from reportgen.sheets.template import as_workbook
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.facts import subject_at
from reportgen.web.app import create_app
from reportgen.zone import now
from tests.listing import row, write_list
from tests.web.applied import submitted
from tests.web.browser import DESK, PHONE, Visit, visiting
from tests.web.portal import Portal, hashed
from tests.web.serving import serving

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "portal"
SAMPLES = asset_dir("sample_subjects")
SMALL, HIGHWAY, LARGE = "JCYP-FJ-2026-0233", "YHJC-GL-2026-0187", "JCTL-FJ-2026-0241"
BUILDER, DISPUTED, EXPIRED = "91990102MA9C2K077N", "91990300MA9C8R554Y", "91990121MA9CDE476U"
ROAD, LACKING = "9199010070C4K1180N", "91990122MA9CAQ616G"
SCHOOL, AGENT, ROADS = "129901024KH7058200", "91990103MA9C0B354H", "129901004KH702160R"
NAMES = {
    BUILDER: "霁川朴厝建筑有限公司",
    ROAD: "昀海岑峤路桥工程有限公司",
    SCHOOL: "霁川市云屏区教育局",
    LACKING: "石漫榆塬建筑工程有限公司",
    AGENT: "霁川衡笺工程管理咨询有限公司",
}
STAFF = {
    "maker": ("编制员甲", "CLERK"),
    "checker": ("复核员乙", "REVIEWER"),
    "signer": ("签发员丙", "ISSUER"),
    "head": ("管理员", "ADMIN CLERK REVIEWER ISSUER AUDITOR"),
}
MADE, ASKED, OPENED = "2026-11-20 09:30:00+08:00", "2026-11-23 10:05:00+08:00", "2026-12-10 10:20:00+08:00"
_COLOURS = 64
_FILES = {"workbook": ("主体.xlsx", "上传并检查"), "altered": ("信用报告.pdf", "核验文件")}
_LOGINS = {BUILDER: "builder", ROAD: "road", LACKING: "waiting"}


@dataclass(frozen=True)
class Sight:
    """A picture of a page: who looks, where, in which window; `file` is what is handed in there for a check.

    `path` may name the office's applications and numbers in braces.
    """

    who: str
    path: str
    size: tuple[int, int] = DESK
    file: str = ""


BEFORE: Mapping[str, Sight] = {
    "home": Sight("", "/", (1280, 760)),
    "bidder": Sight("builder", "/bidder", PHONE),
    "gaps": Sight(
        "builder",
        f"/bidder/apply/facts?project={LARGE}&round=1&recipient={AGENT}&payer={AGENT}",
        (1280, 1180),
    ),
    "progress": Sight("builder", "/bidder/applications/{builderJCYP-FJ-2026-0233}", PHONE),
    "workbook": Sight("builder", "/bidder/uploads", file="workbook"),
    "queue": Sight("head", "/agency"),
    "application": Sight("checker", "/agency/applications/{builderJCTL-FJ-2026-0241}", (940, 1350)),
    "hits": Sight("checker", "/agency/hits"),
    "usage": Sight("head", "/agency/usage"),
}
"""What is seen while the tender is open."""
AFTER: Mapping[str, Sight] = {
    "committee": Sight("school", f"/committee/project?project={SMALL}&round=1"),
    "committee-phone": Sight("school", f"/committee/project?project={SMALL}&round=1", PHONE),
    "certificate": Sight("school", f"/committee/certificate?project={SMALL}&round=1"),
    "paper": Sight("", "/v/{genuine}/{code}", PHONE),
    "altered": Sight("", "/", file="altered"),
}
"""What is seen once it is past."""


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with office() as (portal, address):
        _draw(portal, address, BEFORE)
        later(portal)
        _draw(portal, address, AFTER)


@contextmanager
def office() -> Iterator[tuple[Portal, str]]:
    """Yield the portal of an office at work while a tender is open, and its address."""
    with TemporaryDirectory() as name, time_machine.travel(MADE, tick=False) as clock:
        folder = Path(name) / "office"
        _office(folder)
        os.environ["REPORTGEN_OFFICE"] = str(folder)
        app = create_app(read_office(folder / "reportgen.toml"))
        with structlog.testing.capture_logs() as log, TestClient(app) as client, serving(app) as address:
            portal = Portal(client, folder, clock, log)
            _people(portal)
            clock.move_to(ASKED)
            _applications(portal)
            _objection(portal)
            yield portal, address


def later(portal: Portal) -> None:
    """Let the tender be past: one report used, one revoked."""
    portal.clock.move_to(OPENED)
    house, numbers = portal.house, _numbers(portal)
    use, desk = Use(SMALL, 1, "", SCHOOL), house.desk_of("school").desk(now())
    house.store.write(lambda s: consume(s, numbers[BUILDER], use, desk))
    head = house.desk_of("head").desk(now())
    house.store.write(lambda s: lifecycle.revoke(s, numbers[EXPIRED], Reason.REQUESTED, head))


def words(portal: Portal) -> dict[str, str]:
    """Return what the paths of sights may name."""
    rows = portal.house.store.read(lambda s: s.exec(select(ApplicationRow)).all())
    keys = {f"{_LOGINS[row.uscc]}{row.project}": row.key for row in rows}
    number = _numbers(portal)[DISPUTED]
    return {**keys, "genuine": number, "code": verification_code(portal.house.press.secret, number)}


def shot(visit: Visit, sight: Sight, files: Mapping[str, bytes]) -> bytes:
    """Return a picture of a sight as PNG."""
    visit.page.set_viewport_size({"width": sight.size[0], "height": sight.size[1]})
    visit.open(sight.path)
    if sight.file:
        name, button = _FILES[sight.file]
        visit.choose("file", name, files[sight.file])
        visit.press(button)
    visit.page.wait_for_load_state("networkidle")
    return visit.page.screenshot()


def _office(folder: Path) -> None:
    """Make an office that has issued reports for one project and knows the bidders of two others."""
    _run("init", folder)
    settings = folder / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[web]\nsecure = false\n", "utf-8")
    for file in ("01-highway-builder", "02-small-housing-builder", "08-repaired-and-disputed"):
        _run("subject", "import", SAMPLES / "subjects" / f"{file}.yaml", "--office", folder)
    for file in ("10-evidence-lacking", "13-expired-qualification"):
        _run("subject", "import", SAMPLES / "subjects" / f"{file}.yaml", "--office", folder)
    for file in ("housing-small", "highway-works", "housing-large", "goods-procurement"):
        _run("project", "import", SAMPLES / "projects" / f"{file}.yaml", "--office", folder)
    listed = row(name="双鹤槭垣建筑工程有限公司", uscc="")
    found = write_list(folder.parent / "list.csv", listed)
    words = ("--source", "样本市人力资源局网站", "--collected-on", "2026-11-19")
    _run("list", "import", found, *words, "--office", folder)
    for uscc, recipient in ((BUILDER, SCHOOL), (DISPUTED, SCHOOL), (EXPIRED, SCHOOL)):
        more = ("--project", SMALL, "--recipient", recipient, "--authorisation", "样例授〔2026〕1号")
        _run("issue", uscc, *more, "--office", folder)


def _run(*words: object) -> None:
    CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def _people(portal: Portal) -> None:
    """Give the office its staff, its bidders and those who run a tender, one of them still waiting."""
    store = portal.house.store
    for login, (name, roles) in STAFF.items():
        _account(portal, Opening(login, AccountKind.AGENCY, "", "", name))
        store.write(lambda s, login=login, name=name: people.add_user(s, login, name))  # type: ignore[misc]
        for role in roles.split():
            store.write(lambda s, login=login, role=role: people.grant(s, login, role))  # type: ignore[misc]
    kinds = {SCHOOL: AccountKind.RECIPIENT}
    for login, uscc in (("builder", BUILDER), ("road", ROAD), ("school", SCHOOL)):
        kind = kinds.get(uscc, AccountKind.BIDDER)
        _account(portal, Opening(login, kind, uscc, NAMES[uscc], "经办人"))
    waiting = Opening(
        "waiting", AccountKind.BIDDER, LACKING, NAMES[LACKING], "经办人", "received/a.pdf", "0" * 64
    )
    store.write(lambda s: accounts.open_account(s, waiting, hashed(), now()))


def _account(portal: Portal, asked: Opening) -> None:
    store = portal.house.store
    made = store.write(lambda s: accounts.open_account(s, asked, hashed(), now()))
    if asked.kind is not AccountKind.AGENCY:
        store.write(lambda s: accounts.decide(s, made.id or 0, AccountState.ACTIVE, "head", now()))


def _applications(portal: Portal) -> None:
    """Send in applications and let some go on: one is in the queue, one waits for its review."""
    house = portal.house
    sent = {
        "road": {
            "project": HIGHWAY,
            "lot": "1",
            "recipient": ROADS,
            "recipient_name": "霁川市公路建设管理中心",
        },
        "waiting": {"project": SMALL},
        "builder": {"project": LARGE, "recipient": AGENT, "recipient_name": NAMES[AGENT], "payer": AGENT},
        "again": {"project": SMALL, "recipient": AGENT, "recipient_name": NAMES[AGENT], "payer": AGENT},
    }
    subjects = {"road": ROAD, "waiting": LACKING}
    days = {"road": 0, "waiting": 1, "builder": 2, "again": 3}
    made = {
        name: submitted(
            house.press,
            given.pop("project"),
            subjects.get(name, BUILDER),
            account=_id(portal, name if name in subjects else "builder"),
            due_at=now().replace(hour=17, minute=0) + timedelta(days=days[name]),
            **given,
        )
        for name, given in sent.items()
    }
    for key in (made["again"], made["builder"]):
        counter.prepare(house.desk_of("maker"), house.office, key, now())
    counter.review(house.desk_of("checker"), house.office, made["again"], now())
    counter.send(house.desk_of("signer"), house.office, made["again"], 10, now())


def _id(portal: Portal, login: str) -> int:
    found = portal.house.store.read(lambda s: accounts.by_login(s, login))
    return found.id or 0 if found else 0


def _objection(portal: Portal) -> None:
    """Have a subject doubt one of its records."""
    store, desk = portal.house.store, portal.house.desk_of("builder").desk(now())
    fact = store.read(lambda s: subject_at(s, DISPUTED)).records[0].id
    grounds = "处罚决定书已于2026年6月被复议机关撤销，附行政复议决定书。"
    store.write(lambda s: objections.receive(s, DISPUTED, fact, grounds, desk))


def _numbers(portal: Portal) -> dict[str, str]:
    rows = portal.house.store.read(lambda s: s.exec(select(ReportRow)).all())
    return {row.applicant: row.number for row in rows if row.number}


def _files(portal: Portal) -> dict[str, bytes]:
    """Return what is handed in: a workbook with two mistakes, and a report of which one byte is another."""
    subject = portal.house.store.read(lambda s: subject_at(s, BUILDER))
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(SUBJECT, subject.model_dump())))
    book["股东"]["D2"], book["资质许可"]["G2"] = "大约一半", "2027年2月30日"
    held = io.BytesIO()
    book.save(held)
    number = _numbers(portal)[BUILDER]
    issued = portal.house.store.read(lambda s: lifecycle.by_number(s, number))
    report = bytearray(portal.house.press.content(issued))
    report[len(report) // 2] ^= 1
    return {"workbook": held.getvalue(), "altered": bytes(report)}


def _draw(portal: Portal, address: str, sights: Mapping[str, Sight]) -> None:
    named, files = words(portal), _files(portal)
    for name, sight in sights.items():
        with visiting(address, sight.size) as visit:
            if sight.who:
                visit.sign_in(sight.who)
            picture = shot(visit, replace(sight, path=sight.path.format(**named)), files)
        Image.open(io.BytesIO(picture)).quantize(_COLOURS).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
