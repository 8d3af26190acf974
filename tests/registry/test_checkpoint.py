"""Signed checkpoints on both databases: what was signed cannot be taken back, and what was not can."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlmodel import col, select

from reportgen.errors import ReportgenError
from reportgen.registry.audit import CHECKPOINTS, verify, vouch
from reportgen.registry.chain import AuditResult, What
from reportgen.registry.checkpoint import Line, Statement, checkpoint, digest_of, due
from reportgen.registry.events import Link, event_hash
from reportgen.registry.signer import KEY_FILE, Signer, office_signer, signed_by, trusted_keys
from reportgen.registry.tables import CheckpointLineRow, CheckpointRow
from reportgen.store.engine import Store
from tests.registry.lives import NOW
from tests.registry.tampering import KEY, LENGTH, STREAMS, Force, append, fill, forced

EVENING = NOW.replace(hour=18, minute=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an office folder with its key."""
    office_signer(tmp_path / "office")
    return tmp_path / "office"


@pytest.fixture
def signed(store: Store, folder: Path) -> Store:
    """Return the register with three chains of five events under two checkpoints, and one event after."""
    fill(store)
    checkpoint(store, EVENING, office_signer(folder))
    append(store, LENGTH + 1)
    checkpoint(store, EVENING + timedelta(days=1), office_signer(folder))
    append(store, LENGTH + 2)
    return store


def audited(store: Store, folder: Path, known: str = "") -> AuditResult:
    return verify(store, KEY, trusted_keys(folder), known)


def named(store: Store, folder: Path) -> dict[tuple[str, int], What]:
    return {(found.stream, found.seq): found.what for found in audited(store, folder).findings}


def test_a_checkpoint_signs_every_chain_and_the_next_only_what_changed(signed: Store, folder: Path) -> None:
    rows = signed.read(lambda s: list(s.exec(select(CheckpointRow).order_by(col(CheckpointRow.id))).all()))
    lines = signed.read(
        lambda s: list(s.exec(select(CheckpointLineRow).order_by(col(CheckpointLineRow.id))).all())
    )
    assert [(row.id, row.streams, row.events) for row in rows] == [(1, 3, 15), (2, 3, 16)]
    assert [(line.checkpoint, line.stream, line.events) for line in lines] == [
        *((1, stream, LENGTH) for stream in STREAMS),
        (2, "office", LENGTH + 1),
    ]
    result = audited(signed, folder)
    assert result.sound
    assert (result.checkpoints, result.digest) == (2, rows[1].digest)
    assert result.signed_at == "2026-11-23T18:00:00"


def test_anybody_can_recompute_a_checkpoint(store: Store, folder: Path) -> None:
    append(store, 1)
    row = checkpoint(store, EVENING, office_signer(folder))
    (head,) = (line.head for line in store.read(lambda s: s.exec(select(CheckpointLineRow)).all()))
    said = f'\n["office",1,"{head}"]'
    assert row.digest == hashlib.sha256(said.encode()).hexdigest() == digest_of("", [Line("office", 1, head)])
    text = f'["reportgen checkpoint v1",1,"2026-11-22T18:00:00",1,1,"{row.digest}","{row.key_id}"]'
    assert Statement(1, row.at.isoformat(), 1, 1, row.digest, row.key_id).signed() == text
    assert signed_by(trusted_keys(folder), row.key_id, text, row.signature)
    assert not signed_by(trusted_keys(folder), row.key_id, text + " ", row.signature)


def test_a_quiet_day_is_signed_as_well(signed: Store, folder: Path) -> None:
    checkpoint(signed, EVENING + timedelta(days=2), office_signer(folder))
    quiet = checkpoint(signed, EVENING + timedelta(days=3), office_signer(folder))
    assert (quiet.id, quiet.events) == (4, 17)
    assert audited(signed, folder).sound


def test_an_empty_register_is_signed(store: Store, folder: Path) -> None:
    row = checkpoint(store, EVENING, office_signer(folder))
    assert (row.streams, row.events) == (0, 0)
    assert audited(store, folder).sound


def test_a_checkpoint_is_due_once_a_day(store: Store, folder: Path) -> None:
    assert due(store, EVENING.date())
    checkpoint(store, EVENING, office_signer(folder))
    assert not due(store, EVENING.date())
    assert due(store, date(2026, 11, 23))


def test_checkpoints_at_once_do_not_split_the_line(store: Store, folder: Path) -> None:
    fill(store)
    signer = office_signer(folder)

    def work(number: int) -> None:
        append(store, number)
        checkpoint(store, EVENING, signer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    result = audited(store, folder)
    assert result.sound
    assert result.checkpoints == 24


def _roll_back(force: Force, to: int = 3) -> None:
    force.delete("office", to + 1, 99)
    force.set_end("office")


def _rewrite(force: Force) -> None:
    """Do what whoever has the database and its key can do: alter an event and chain all after it anew."""
    previous = ""
    asked = "SELECT seq, tag, actor, data FROM event WHERE stream = 'office' ORDER BY seq"
    for seq, tag, actor, data in force(asked).all():
        said = '{"files":9}' if seq == 2 else data
        at = f"2026-11-22T09:30:0{seq}"
        new = event_hash(Link("office", seq, tag, at, actor, said, previous), KEY)
        force(
            "UPDATE event SET data = :d, previous = :p, hash = :h WHERE stream = 'office' AND seq = :n",
            d=said,
            p=previous,
            h=new,
            n=seq,
        )
        previous = new
    force.set_end("office")


def _forget_report(force: Force) -> None:
    force.delete("report:1", 1, LENGTH)
    force("DELETE FROM party WHERE report_id = 1")
    force("DELETE FROM rests_on WHERE report_id = 1")
    force("DELETE FROM report WHERE id = 1")


def _empty(force: Force) -> None:
    force.delete("office", 1, 99)
    force("DELETE FROM stream")


TAMPERED: dict[str, tuple[Callable[[Force], object], dict[tuple[str, int], What]]] = {
    "chain and its row rolled back together": (
        _roll_back,
        {("office", 5): What.ROLLED_BACK, ("office", 6): What.ROLLED_BACK},
    ),
    "chain rewritten with the key": (
        _rewrite,
        {("office", 5): What.ROLLED_BACK, ("office", 6): What.ROLLED_BACK},
    ),
    "report gone with all its rows": (_forget_report, {("report:1", 5): What.ROLLED_BACK}),
    "stream emptied": (
        _empty,
        {("office", 5): What.ROLLED_BACK, ("office", 6): What.ROLLED_BACK},
    ),
    "digest": (
        lambda f: f("UPDATE checkpoint SET digest = :d WHERE id = 1", d="0" * 64),
        {(CHECKPOINTS, 1): What.CHECKPOINT, (CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "moment": (
        lambda f: f("UPDATE checkpoint SET at = '2026-11-22 18:00:01.000000' WHERE id = 1"),
        {(CHECKPOINTS, 1): What.CHECKPOINT},
    ),
    "count": (
        lambda f: f("UPDATE checkpoint SET events = 14 WHERE id = 2"),
        {(CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "signature": (
        lambda f: f("UPDATE checkpoint SET signature = 'x' WHERE id = 2"),
        {(CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "key": (
        lambda f: f("UPDATE checkpoint SET key_id = :k WHERE id = 2", k="0" * 64),
        {(CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "first checkpoint removed": (
        lambda f: (
            f("DELETE FROM checkpoint WHERE id = 1"),
            f("DELETE FROM checkpoint_line WHERE checkpoint = 1"),
        ),
        {(CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "last signature removed": (
        lambda f: f("DELETE FROM checkpoint WHERE id = 2"),
        {(CHECKPOINTS, 2): What.CHECKPOINT},
    ),
    "line removed": (
        lambda f: f("DELETE FROM checkpoint_line WHERE stream = 'report:2'"),
        {(CHECKPOINTS, 1): What.CHECKPOINT},
    ),
    "line shortened": (
        lambda f: f("UPDATE checkpoint_line SET events = 4 WHERE stream = 'report:2'"),
        {(CHECKPOINTS, 1): What.CHECKPOINT, ("report:2", 4): What.ROLLED_BACK},
    ),
    "line moved": (
        lambda f: f("UPDATE checkpoint_line SET checkpoint = 2 WHERE stream = 'report:2'"),
        {(CHECKPOINTS, 1): What.CHECKPOINT, (CHECKPOINTS, 2): What.CHECKPOINT},
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_a_checkpoint_signed_cannot_be_taken_back(
    signed: Store, owner: Store, folder: Path, name: str
) -> None:
    tamper, expected = TAMPERED[name]
    with forced(owner) as force:
        tamper(force)
    assert named(signed, folder) == expected


def test_a_finding_says_when_and_what(signed: Store, owner: Store, folder: Path) -> None:
    with forced(owner) as force:
        _roll_back(force)
    assert [found.text for found in audited(signed, folder).findings] == [
        "与签名的检查点不符：检查点 1 签署时有 5 条，今缺该条",
        "与签名的检查点不符：检查点 2 签署时有 6 条，今缺该条",
    ]


def test_what_came_after_the_last_checkpoint_can_be_taken_back(
    signed: Store, owner: Store, folder: Path
) -> None:
    """This is the limit that docs/audit.md states; signing more often narrows it."""
    with forced(owner) as force:
        _roll_back(force, LENGTH + 1)
    assert audited(signed, folder).sound


def test_a_register_rolled_back_as_a_whole_is_found_by_a_digest_kept_elsewhere(
    signed: Store, owner: Store, folder: Path
) -> None:
    kept = audited(signed, folder).digest
    assert audited(signed, folder, kept).sound
    with forced(owner) as force:
        _roll_back(force, LENGTH)
        force("DELETE FROM checkpoint WHERE id = 2")
        force("DELETE FROM checkpoint_line WHERE checkpoint = 2")
    assert audited(signed, folder).sound
    assert [(f.stream, f.what) for f in audited(signed, folder, kept).findings] == [
        (CHECKPOINTS, What.ROLLED_BACK)
    ]


def test_nothing_is_signed_that_an_audit_finds_broken(signed: Store, owner: Store, folder: Path) -> None:
    assert vouch(signed, EVENING + timedelta(days=2), KEY, folder).id == 3
    with forced(owner) as force:
        force.delete("office", 2)
    with pytest.raises(ReportgenError) as caught:
        vouch(signed, EVENING + timedelta(days=3), KEY, folder)
    assert caught.value.code == "E0501"
    assert [str(fault) for fault in caught.value.faults] == ["office 第 2 条：事件被删除：缺第 2 条"]
    assert audited(signed, folder).checkpoints == 3


def test_a_checkpoint_of_a_stranger_is_named(signed: Store, folder: Path, tmp_path: Path) -> None:
    checkpoint(signed, EVENING + timedelta(days=2), office_signer(tmp_path / "stranger"))
    assert named(signed, folder) == {(CHECKPOINTS, 3): What.CHECKPOINT}
    assert named(signed, tmp_path / "nobody") == {(CHECKPOINTS, n): What.CHECKPOINT for n in (1, 2, 3)}


def test_the_key_is_made_once_and_read_by_its_owner_alone(folder: Path) -> None:
    first = office_signer(folder)
    assert office_signer(folder).key_id == first.key_id
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert set(trusted_keys(folder)) == {first.key_id}
    assert "PRIVATE" not in "".join(path.read_text() for path in folder.glob("*.pub"))
    assert repr(first) == "Signer()"


def test_many_that_make_the_key_at_once_make_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = {signer.key_id for signer in pool.map(lambda _: office_signer(tmp_path), range(16))}
    assert set(trusted_keys(tmp_path)) == keys
    assert len(keys) == 1


def test_an_older_key_still_vouches_for_what_it_signed(signed: Store, folder: Path) -> None:
    (folder / KEY_FILE).rename(folder / "checkpoint.key.2026")
    checkpoint(signed, EVENING + timedelta(days=2), office_signer(folder))
    assert len(trusted_keys(folder)) == 2
    assert audited(signed, folder).sound


@pytest.mark.parametrize("name", [KEY_FILE, "checkpoint-0.pub"])
@pytest.mark.parametrize("kind", ["empty", "rsa", "folder"])
def test_a_file_that_is_no_key_is_said_so(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if kind == "folder":
        path.mkdir()
    else:
        key = generate_private_key(65537, 1024)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(pem if kind == "rsa" else b"")
    with pytest.raises(ReportgenError) as caught:
        office_signer(tmp_path)
        trusted_keys(tmp_path)
    assert caught.value.code == ("E0901" if kind == "folder" else "E0910")
    assert "BEGIN" not in str(caught.value)


def test_a_signer_tells_nothing_of_its_key() -> None:
    assert repr(Signer(Ed25519PrivateKey.generate())) == "Signer()"
