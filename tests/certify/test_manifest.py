"""A manifest says what the register says, to whoever has the key; any other bytes say nothing."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from reportgen.certify.facts import Source
from reportgen.certify.manifest import Manifest, facts_of, make_manifest, read_manifest
from reportgen.certify.manifest_key import ManifestKey, fingerprint, keys_of, office_key, office_keys
from reportgen.errors import ReportgenError
from tests.certify.listing import AS_OF, ENDING, LAST_DAY, OWNER, USABLE, USED, manifest

MADE = manifest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def key(folder: Path) -> ManifestKey:
    return office_key(folder)


@pytest.fixture(scope="module")
def data(key: ManifestKey) -> bytes:
    return make_manifest(MADE, key)


def refused(data: bytes, folder: Path) -> str:
    with pytest.raises(ReportgenError) as caught:
        read_manifest(data, office_keys(folder))
    assert (caught.value.code, int(caught.value.exit_code)) == ("E0504", 5)
    return caught.value.text()


def test_what_was_signed_is_read_again(folder: Path, data: bytes) -> None:
    assert read_manifest(data, office_keys(folder)) == MADE


def test_the_same_manifest_has_the_same_bytes(key: ManifestKey, data: bytes) -> None:
    assert make_manifest(manifest(), key) == data
    content, seal, rest = data.split(b"\n")
    assert content.startswith(b'{"agency":{"name":')
    assert seal.startswith(b'{"seal":{')
    assert rest == b""


def test_no_byte_of_it_can_be_changed(folder: Path, data: bytes) -> None:
    seal = data.index(b"\n")
    for at in (*range(0, seal, 7), *range(seal, len(data))):
        refused(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], folder)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n{}\n",
        b'{}\n{"seal":[]}\n',
        b"[" * 100_000,
        b"\xff\n\xff\n",
        b'{}\n{"seal":{"key_id":1}}\n',
        b'{}\n{"seal":{"key_id":"\\ud800","signature":""}}\n',
    ],
)
def test_what_is_no_manifest_is_refused(folder: Path, data: bytes) -> None:
    assert "不是清单" in refused(data, folder)


def test_nothing_can_be_taken_off_put_on_or_exchanged(folder: Path, key: ManifestKey, data: bytes) -> None:
    content, seal, _ = data.split(b"\n")
    other = make_manifest(manifest(USABLE), key)
    for forged in (
        data[:-1],
        data + b"\n",
        data + data,
        content + b"\n",
        seal + b"\n",
        content + b" \n" + seal + b"\n",
        other.split(b"\n")[0] + b"\n" + seal + b"\n",
    ):
        refused(forged, folder)


def test_another_office_cannot_sign_for_this_one(folder: Path, tmp_path: Path) -> None:
    forged = make_manifest(MADE, office_key(tmp_path))
    assert "不在所信任的公钥之中" in refused(forged, folder)
    assert read_manifest(forged, keys_of(*sorted((tmp_path / "keys").glob("*.pem")))) == MADE


def test_a_form_of_the_future_is_no_forgery_and_is_not_guessed_at(folder: Path, key: ManifestKey) -> None:
    class Later(Manifest):
        more: str = "x"

    assert "不是本程序认识的格式" in refused(make_manifest(Later(**dict(MADE)), key), folder)


def test_the_private_key_is_its_owners_alone(folder: Path, key: ManifestKey) -> None:
    private = folder / "keys" / "manifest.key"
    public = folder / "keys" / f"manifest-{key.key_id[:16]}.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700
    assert b"PUBLIC" in public.read_bytes()
    assert "PRIVATE" not in repr(key) + str(key)
    assert office_key(folder).key_id == key.key_id
    assert list(office_keys(folder)) == [key.key_id]


def test_a_former_key_stays_trusted_while_its_public_half_is_kept(tmp_path: Path) -> None:
    old = make_manifest(MADE, office_key(tmp_path))
    (tmp_path / "keys" / "manifest.key").unlink()
    new = make_manifest(MADE, office_key(tmp_path))
    assert old != new
    for data in (old, new):
        assert read_manifest(data, office_keys(tmp_path)) == MADE


def test_a_fingerprint_is_compared_in_groups(key: ManifestKey) -> None:
    groups = fingerprint(key.key_id).split(" ")
    assert [len(group) for group in groups] == [4] * 16
    assert "".join(groups).lower() == key.key_id


WRONG = {
    "nothing": b"",
    "no key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "another curve": generate_private_key(SECP384R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
    "another algorithm": Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
    "a public key": generate_private_key(SECP384R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_key_of_another_kind_is_refused_and_not_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys" / "manifest.key"
    path.parent.mkdir()
    path.write_bytes(content)
    for reads in (lambda: office_key(tmp_path), lambda: keys_of(path)):
        with pytest.raises(ReportgenError) as caught:
            reads()
        assert caught.value.code == "E0912"
        assert "BEGIN" not in caught.value.text()


def test_a_file_is_told_what_the_manifest_says_of_it() -> None:
    facts = facts_of(MADE, ENDING.sha256)
    assert (facts.source, facts.as_of, facts.agency) == (Source.MANIFEST, AS_OF, MADE.agency.name)
    assert (facts.number, facts.sha256, facts.state, facts.usable) == (
        ENDING.number,
        ENDING.sha256,
        "有效",
        True,
    )
    assert (facts.project, facts.round, facts.lot) == ("XM-2026-001", 1, "")
    assert (facts.recipient, facts.valid_until, facts.consumed_at) == (OWNER.uscc, LAST_DAY, None)
    assert [change.word for change in facts.changes] == ["需更新"]
    assert facts.later == ENDING.later
    assert facts_of(MADE, USED.sha256).consumed_at == USED.used_at


def test_an_altered_file_is_told_of_the_report_whose_number_it_bears() -> None:
    facts = facts_of(MADE, "0" * 64, USABLE.number)
    assert (facts.number, facts.sha256) == (USABLE.number, USABLE.sha256)
    assert facts_of(MADE, USED.sha256, USABLE.number).number == USED.number


def test_of_any_other_file_the_manifest_knows_only_its_own_project() -> None:
    for number in ("", "XY20261122ZZZZZZZZ-Z"):
        facts = facts_of(MADE, "0" * 64, number)
        assert (facts.number, facts.sha256, facts.usable) == ("", "", False)
        assert (facts.project, facts.round) == ("XM-2026-001", 1)
