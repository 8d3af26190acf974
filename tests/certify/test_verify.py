"""The check of a file: every point by itself, and what the points come to together."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from reportgen.certify.facts import (
    EXPIRED,
    GRADE,
    RECORD,
    REPORT,
    REVOKED,
    USED,
    VALID,
    Asked,
    Change,
    RegisterFacts,
    Source,
    Trust,
)
from reportgen.certify.folding import EXITS, NAMES, Key, Point, Verdict, fold, gravest
from reportgen.certify.inspection import number_of
from reportgen.certify.likeness import TWIN_FILES
from reportgen.certify.signer import asn1_of
from reportgen.document import reusable_twin, twin
from reportgen.errors import ReportgenError
from reportgen.errors.entry import ExitCode
from reportgen.project.model import CHINA
from reportgen.registry.lifecycle import LABELS
from reportgen.registry.numbers import public_number
from reportgen.registry.tables import State
from tests.certify import paper, reports
from tests.certify.pki import NOW, local_stamper, pem, pki, trust
from tests.certify.reports import (
    LATER,
    NUMBER,
    PROJECT,
    checked,
    failed,
    held,
    nothing,
    open_points,
    point,
    small,
)
from tests.once import Once

YEARS = NOW + timedelta(days=365 * 5)
_SIGNED = {
    Key.FILE, Key.INTEGRITY, Key.CERTIFICATION, Key.COVERAGE, Key.TRUST, Key.VALIDITY, Key.STAMP, Key.SIGNER,
}  # fmt: skip


@pytest.fixture(scope="session")
def real(once: Once, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a sample report with its data, signed."""
    return reports.signed(reports.unsigned("goods-good", once, tmp_path_factory.mktemp("real")))


def test_a_report_that_the_register_holds_is_genuine() -> None:
    found = checked(small(), held(small()))
    assert (found.verdict, found.exit_code) == (Verdict.GENUINE, ExitCode.DONE)
    assert {p.key for p in found.points if p.ok} == {*_SIGNED, Key.HASH, Key.STATE}
    assert [p.key for p in found.points] == list(Key)
    assert "真实，可用于所载项目" in found.sentence
    assert found.number == NUMBER


def test_a_test_certificate_is_called_a_sample() -> None:
    found = checked(small(), held(small()))
    assert found.sample
    assert found.sentence.startswith("样例（测试")


def test_pyhanko_comes_to_the_same() -> None:
    context = ValidationContext(
        trust_roots=[asn1_of(pki().own.root.certificate)], moment=LATER.replace(tzinfo=CHINA)
    )
    (signature,) = PdfFileReader(BytesIO(small())).embedded_signatures
    assert asyncio.run(async_validate_pdf_signature(signature, context)).bottom_line


def test_it_may_be_asked_where_an_event_loop_runs() -> None:
    async def ask() -> Verdict:
        return checked(small(), held(small())).verdict

    assert asyncio.run(ask()) is Verdict.GENUINE


@pytest.mark.parametrize("signer", ["ecdsa", "rsa"])
def test_either_kind_of_key_is_understood(signer: str) -> None:
    holder = pki().rsa if signer == "rsa" else pki().own.signing
    assert not failed(checked(reports.signed(paper.typeset(2), pki().signing(holder))))


def test_without_a_book_an_unaltered_signature_is_unchecked() -> None:
    found = checked(small())
    assert (found.verdict, found.exit_code) == (Verdict.UNCHECKED, ExitCode.UNCHECKED)
    assert {p.key for p in found.points if p.ok} == {*_SIGNED - {Key.SIGNER}}
    assert "签名未见改动，但没有登记簿或核验清单可对照" in found.sentence


def test_without_roots_nothing_is_said_to_be_trusted() -> None:
    found = checked(small(), trust=Trust())
    assert found.verdict is Verdict.UNCHECKED
    assert {Key.TRUST, Key.STAMP} <= open_points(found)
    assert checked(small(), held(small()), trust=Trust()).verdict is Verdict.GENUINE


def test_a_file_that_the_register_does_not_know_is_not_genuine() -> None:
    found = checked(small(), nothing())
    assert (found.verdict, failed(found)) == (Verdict.NOT_GENUINE, {Key.HASH})
    assert "没有这份文件" in point(found, Key.HASH).why


def test_another_file_of_a_known_number_was_altered() -> None:
    found = checked(small(), held(small(), sha256="0" * 64))
    assert (found.verdict, failed(found)) == (Verdict.NOT_GENUINE, {Key.HASH})
    assert NUMBER in point(found, Key.HASH).why
    assert point(found, Key.STATE).ok is None


def test_what_an_office_without_a_key_issued_is_genuine_by_its_register() -> None:
    data = paper.typeset(2)
    found = checked(data, held(data))
    assert (found.verdict, failed(found)) == (Verdict.GENUINE, set())
    assert open_points(found) >= _SIGNED
    assert checked(data).verdict is Verdict.NOT_GENUINE
    assert "没有电子签名" in checked(data, nothing()).sentence


@pytest.mark.parametrize(
    ("state", "usable", "word"),
    [("已撤销", False, "已撤销"), ("已过期", False, "已过期"), ("作废", False, "作废")],
)
def test_a_report_that_may_not_be_used_is_refused_in_the_registers_word(
    state: str, usable: bool, word: str
) -> None:
    found = checked(small(), held(small(), state=state, usable=usable))
    assert (found.verdict, found.exit_code) == (Verdict.REFUSED, ExitCode.REFUSED_BY_STATE)
    assert failed(found) == {Key.STATE}
    assert word in found.sentence


def test_a_report_is_good_on_its_last_day_and_expired_on_the_next() -> None:
    book = held(small(), valid_until=LATER.date())
    assert checked(small(), book).verdict is Verdict.GENUINE
    assert "已过期" in checked(small(), book, at=LATER + timedelta(days=1)).sentence


@pytest.mark.parametrize("state", USED)
def test_a_used_report_is_genuine_and_says_so(state: str) -> None:
    book = held(small(), state=state, usable=False, consumed_at=LATER)
    found = checked(small(), book, asked=Asked(PROJECT, 1, ""))
    assert (found.verdict, found.exit_code) == (Verdict.USED, ExitCode.DONE)
    assert found.sentence.endswith("真实，已用于本项目")
    assert checked(small(), book).sentence.endswith("真实，已用于所载项目")
    assert f"{LATER:%Y-%m-%d}" in point(found, Key.STATE).why


def test_a_used_report_stays_what_it_is_after_its_last_day() -> None:
    book = held(small(), state="已核销", usable=False, valid_until=LATER.date())
    assert checked(small(), book, at=LATER + timedelta(days=99)).verdict is Verdict.USED


def test_what_changed_since_issue_is_shown_and_bars_nothing() -> None:
    book = held(small(), changes=(Change("异议中", LATER), Change("被替代", LATER)), later=("XY-2",))
    found = checked(small(), book)
    assert found.verdict is Verdict.GENUINE
    for word in ("异议中", "被替代", "XY-2"):
        assert word in point(found, Key.STATE).why


@pytest.mark.parametrize(
    "asked", [Asked(PROJECT), Asked(PROJECT, 2), Asked(PROJECT, 2, "A"), Asked(PROJECT, None, "A")]
)
def test_what_is_not_asked_does_not_matter(asked: Asked) -> None:
    book = held(small(), round=2, lot="A")
    assert checked(small(), book, asked=asked).sentence.endswith("真实，可用于本项目")


@pytest.mark.parametrize(
    "asked", [Asked("OTHER"), Asked(PROJECT, 1), Asked(PROJECT, 2, "B"), Asked(PROJECT, 2, "")]
)
@pytest.mark.parametrize("state", ["有效", "已核销"])
def test_a_report_of_another_project_round_or_lot_is_refused(asked: Asked, state: str) -> None:
    book = held(small(), state=state, round=2, lot="A")
    found = checked(small(), book, asked=asked)
    assert (found.verdict, failed(found)) == (Verdict.REFUSED, {Key.PLACE})
    assert f"{PROJECT} 第 2 轮 A 标段" in found.sentence


def test_a_certificate_that_expired_since_leaves_a_stamped_signature_genuine() -> None:
    found = checked(small(), held(small(), valid_until=None), at=YEARS)
    assert (found.verdict, failed(found)) == (Verdict.GENUINE, set())
    assert "不影响此前的签名" in point(found, Key.VALIDITY).why


def test_without_a_stamp_nothing_proves_that_it_was_signed_in_time() -> None:
    data = small(pki().unstamped())
    assert point(checked(data), Key.VALIDITY).ok
    late = checked(data, at=YEARS)
    assert {Key.VALIDITY, Key.STAMP} <= open_points(late)
    assert late.verdict is Verdict.UNCHECKED


def test_a_stamp_of_an_unknown_authority_proves_no_time() -> None:
    data = small(pki().signing(stamper=local_stamper(pki().stranger)))
    assert "时间未经证实" in point(checked(data), Key.STAMP).why
    assert {Key.VALIDITY, Key.STAMP} <= open_points(checked(data, at=YEARS))
    both = trust(pki().own.root, pki().stranger.root)
    assert point(checked(data, trust=both, at=YEARS), Key.VALIDITY).ok


def test_an_agency_may_change_its_name() -> None:
    assert failed(checked(small(), held(small(), agency="新名"))) == {Key.SIGNER}


@pytest.mark.parametrize(
    "book",
    [
        nothing(source=Source.MANIFEST, project="OTHER"),
        nothing(source=Source.MANIFEST, project="JCCG-2026-HW-0352", round=2),
        nothing(source=Source.MANIFEST, project="JCCG-2026-HW-0352", lots=("B",)),
    ],
    ids=["project", "round", "lot"],
)
def test_a_manifest_says_nothing_of_a_report_that_it_does_not_cover(real: bytes, book: RegisterFacts) -> None:
    found = checked(real, book)
    assert (found.verdict, failed(found)) == (Verdict.UNCHECKED, set())
    lot = book.lots[0] if book.lots else None
    refused = checked(real, book, asked=Asked(book.project, book.round, lot))
    assert (refused.verdict, failed(refused)) == (Verdict.REFUSED, {Key.PLACE})


def test_a_manifest_that_covers_a_report_and_lists_it_not_calls_it_false(real: bytes) -> None:
    book = nothing(source=Source.MANIFEST, project="JCCG-2026-HW-0352")
    assert failed(checked(real, book)) == {Key.HASH}
    assert failed(checked(small(), nothing(source=Source.MANIFEST, project="OTHER"))) == {Key.HASH}


def test_the_data_of_a_real_report_say_what_its_pages_say(real: bytes) -> None:
    found = checked(real)
    assert point(found, Key.TWIN).ok
    assert found.number == number_of(real)


@pytest.mark.parametrize("name", ["highway-lot2-joint", "service-rare-characters", "housing-disputed"])
def test_joint_ventures_rare_characters_and_marks_are_compared_as_well(
    name: str, once: Once, tmp_path: Path
) -> None:
    data = reports.unsigned(name, once, tmp_path)
    assert point(checked(data, held(data)), Key.TWIN).ok


def test_the_data_are_read_under_the_name_that_they_are_written_under() -> None:
    names = (twin.TWIN_FILE, reusable_twin.RECORD_FILE, reusable_twin.GRADE_FILE)
    assert dict(zip(names, (REPORT, RECORD, GRADE), strict=True)) == TWIN_FILES


def test_the_words_of_a_state_are_the_registers_own() -> None:
    assert tuple(LABELS[s] for s in (State.ISSUED, State.EXPIRED, State.REVOKED)) == (VALID, EXPIRED, REVOKED)
    assert (LABELS[State.CONSUMED], LABELS[State.ARCHIVED]) == USED


def test_a_number_is_found_as_the_register_makes_it() -> None:
    number = public_number(b"secret of a test, 32 bytes long..", "request", NOW.date())
    assert number_of(f"信用报告　{number}".encode()) == number
    assert number_of(b"%PDF-1.7") == ""


def test_every_point_has_a_name_and_every_verdict_an_exit_code() -> None:
    assert set(NAMES) == set(Key)
    assert set(EXITS) == set(Verdict)


Points = st.fixed_dictionaries({key: st.sampled_from([True, False, None]) for key in Key})


@given(Points, st.booleans())
def test_genuine_needs_the_books_own_bytes_and_nothing_against(
    oks: dict[Key, bool | None], used: bool
) -> None:
    verdict = fold([Point(key, ok, "") for key, ok in oks.items()], used=used)
    good = bool(oks[Key.HASH]) and False not in oks.values()
    assert (verdict in {Verdict.GENUINE, Verdict.USED}) == good
    if used and good:
        assert verdict is Verdict.USED


@given(Points, st.sampled_from(list(Key)))
def test_one_more_point_against_it_never_helps(oks: dict[Key, bool | None], key: Key) -> None:
    def exit_code(given: dict[Key, bool | None]) -> ExitCode:
        return EXITS[fold([Point(key, ok, "") for key, ok in given.items()], used=False)]

    worse = exit_code({**oks, key: False})
    assert gravest([worse, exit_code(oks)]) == worse


def test_of_several_files_a_forgery_weighs_most() -> None:
    order = [
        ExitCode.NOT_GENUINE,
        ExitCode.REFUSED_BY_STATE,
        ExitCode.BAD_INPUT,
        ExitCode.UNCHECKED,
        ExitCode.DONE,
    ]
    for index, worst in enumerate(order):
        assert gravest(order[index:]) is worst
    assert gravest([]) is ExitCode.DONE


@pytest.mark.parametrize("form", ["pem", "der", "folder"])
def test_roots_are_read_from_files_and_folders(form: str, tmp_path: Path) -> None:
    root = pki().own.root.certificate
    der = pki().trust.roots[0]
    (tmp_path / "root.pem").write_bytes(der if form == "der" else pem([root, root]))
    (tmp_path / "note.txt").write_text("no certificate")
    (tmp_path / "manifest.pem").write_bytes(b"-----BEGIN PUBLIC KEY-----")
    assert Trust.read(tmp_path if form == "folder" else tmp_path / "root.pem") == pki().trust


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(b"nothing")
    with pytest.raises(ReportgenError, match="E0301"):
        Trust.read(tmp_path)
    with pytest.raises(ReportgenError, match="E0302"):
        Trust.read(tmp_path / "nowhere.pem")


def test_a_check_loads_no_signer_signing_loads_no_http_client_and_both_leave_pyhanko_whole() -> None:
    program = """
import sys
import reportgen.certify.verify, pyhanko.sign.validation.pdf_embedded
assert "pyhanko.sign.signers.pdf_cms" not in sys.modules
import reportgen.certify.sign
assert "pyhanko.sign.signers.pdf_cms" in sys.modules and "aiohttp" not in sys.modules
import pyhanko.sign
from pyhanko.sign import PdfSigner, signers
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.api import TimeStamper as first
from pyhanko.sign.validation import validate_pdf_signature
assert pyhanko.sign.validation.validate_pdf_signature is validate_pdf_signature
assert signers.PdfSigner is PdfSigner and TimeStamper is first and issubclass(HTTPTimeStamper, first)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
