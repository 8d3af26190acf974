"""`reportgen key …`, and what `init` and `doctor` have to do with keys, as a person meets them."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from reportgen.certify.keys import in_force, open_signing
from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.project.model import CHINA
from reportgen.settings import OFFICE_FILE, Office, asset_dir, find_office
from tests.certify import tsa
from tests.certify.pki import NAME, NOW, local_stamper, pem, pki

PASSWORD = "correct horse"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("OFFICE", "DATABASE_URL", "KEY_PASSWORD", "KEY_PASSWORD_FILE"):
        monkeypatch.delenv(f"REPORTGEN_{name}", raising=False)
    with time_machine.travel(NOW.replace(tzinfo=CHINA), tick=False):
        yield


@pytest.fixture(scope="module")
def initial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office as `init` leaves it."""
    folder = tmp_path_factory.mktemp("made") / "office"
    with time_machine.travel(NOW.replace(tzinfo=CHINA), tick=False):
        done = CliRunner().invoke(cli, ["init", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return an office without a key that trusts the own root."""
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.pem").write_bytes(pem([pki().own.root.certificate]))
    sample = asset_dir("sample_subjects") / "office" / OFFICE_FILE
    (tmp_path / OFFICE_FILE).write_bytes(sample.read_bytes())
    return tmp_path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["key", *map(str, words)])


def refused(*words: str | Path) -> ReportgenError:
    error = run(*words).exception
    assert isinstance(error, ReportgenError)
    return error


def office_in(folder: Path) -> Office:
    office = find_office(folder)
    assert office is not None
    return office


def last_moment(folder: Path) -> datetime:
    """Return until when an office's certificate is in force."""
    signing = open_signing(office_in(folder), NOW)
    assert signing is not None
    return in_force(signing.signer.certificate)[1].replace(tzinfo=CHINA)


def test_a_new_office_signs_at_once_with_a_key_that_calls_itself_a_test(initial: Path) -> None:
    signing = open_signing(office_in(initial), NOW)
    assert signing is not None
    assert signing.signer.test
    assert signing.stamper is not None
    said = (initial / OFFICE_FILE).read_text("utf-8")
    assert said.count("[signing]") == said.count("[timestamp]") == 1
    assert "# [signing]" not in said


def test_the_packaged_sample_office_shows_how_and_has_no_key() -> None:
    folder = asset_dir("sample_subjects") / "office"
    said = (folder / OFFICE_FILE).read_text("utf-8")
    assert "# [signing]" in said
    assert "# [timestamp]" in said
    assert "signing" not in office_in(folder).data


def test_nobody_else_reads_the_keys(initial: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (initial / "keys").iterdir()}
    assert modes == {"signing.p12": 0o600, "signing.password": 0o600, "tsa.p12": 0o600}
    assert stat.S_IMODE((initial / "keys").stat().st_mode) == 0o700


def test_a_test_key_is_made_where_there_is_none(bare: Path) -> None:
    done = run("create-test", "--office", bare)
    assert done.exit_code == 0, done.output
    assert "样例" in done.output
    settings = done.stdout.partition("reportgen.toml 中应有：\n")[2]
    with (bare / OFFICE_FILE).open("a", encoding="utf-8") as file:
        file.write(settings)
    signing = open_signing(office_in(bare), NOW)
    assert signing is not None
    assert signing.signer.key_id in done.output


def test_no_key_is_overwritten(initial: Path) -> None:
    before = (initial / "keys" / "signing.p12").read_bytes()
    assert refused("create-test", "--office", initial).code == "E0810"
    assert (initial / "keys" / "signing.p12").read_bytes() == before


def given(folder: Path, password: str = PASSWORD) -> tuple[Path, Path]:
    """Return a file as a certification authority hands it out, and its password's."""
    own, secret, file = pki().own, folder / "agency.password", folder / "agency.p12"
    secret.write_text(f"{password}\n")
    file.write_bytes(own.signing.pkcs12(own.root.certificate, PASSWORD.encode()))
    return file, secret


def test_a_key_is_brought_in_and_named_by_its_id(bare: Path) -> None:
    file, secret = given(bare)
    done = run("import", file, "--password-file", secret, "--office", bare, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    (kept,) = map(Path, told["files"])
    assert kept.name == f"signing-{told['key_id'][:12]}.p12"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with (bare / OFFICE_FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n{told["settings"]}\n[timestamp]\npolicy = "off"\n')
    signing = open_signing(office_in(bare), NOW)
    assert signing is not None
    assert signing.signer.key_id == told["key_id"]


def test_the_password_may_come_from_the_environment(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = given(bare)
    monkeypatch.setenv("REPORTGEN_KEY_PASSWORD", PASSWORD)
    done = run("import", file, "--office", bare)
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output


def test_certificates_in_between_are_kept_beside_the_key(bare: Path) -> None:
    file, secret = given(bare)
    (bare / "between.pem").write_bytes(pem([pki().own.root.certificate]))
    words = ("import", file, "--password-file", secret, "--chain", bare / "between.pem", "--office", bare)
    assert 'chain = "keys/signing-' in run(*words).output


def test_what_is_unfit_is_not_brought_in(bare: Path) -> None:
    file, secret = given(bare, "another")
    assert refused("import", file, "--password-file", secret, "--office", bare).code == "E0801"
    file, secret = given(bare)
    with time_machine.travel(NOW.replace(tzinfo=CHINA) + timedelta(days=3650), tick=False):
        assert refused("import", file, "--password-file", secret, "--office", bare).code == "E0802"
    (bare / "trust" / "root.pem").write_bytes(pem([pki().stranger.root.certificate]))
    assert refused("import", file, "--password-file", secret, "--office", bare).code == "E0806"
    assert not (bare / "keys").exists()


def test_a_key_of_another_agency_is_not_brought_in(bare: Path) -> None:
    file, secret = given(bare)
    settings = (bare / OFFICE_FILE).read_text("utf-8")
    (bare / OFFICE_FILE).write_text(settings.replace(f'name = "{NAME}"', 'name = "另一机构"'), "utf-8")
    assert refused("import", file, "--password-file", secret, "--office", bare).code == "E0803"


def test_the_same_key_is_not_brought_in_twice(bare: Path) -> None:
    file, secret = given(bare)
    run("import", file, "--password-file", secret, "--office", bare)
    assert refused("import", file, "--password-file", secret, "--office", bare).code == "E0810"


def test_the_key_is_shown_with_its_id_and_whom_it_trusts(initial: Path) -> None:
    signing = open_signing(office_in(initial), NOW)
    assert signing is not None
    said = run("show", "--office", initial).output
    for word in (NAME, "测试，所签均为样例", signing.signer.key_id, "ECDSA 256", "本机测试时间戳", "SHA-256"):
        assert word in said
    told = json.loads(run("show", "--office", initial, "--json").stdout)
    assert (told["key_id"], told["test"], len(told["roots"])) == (signing.signer.key_id, True, 1)


def test_without_a_key_there_is_nothing_to_show(bare: Path) -> None:
    assert refused("show", "--office", bare).code == "E0807"
    assert refused("show", "--office", bare / "trust").code == "E0357"


def test_all_in_order_is_said_line_by_line(initial: Path) -> None:
    done = run("check", "--office", initial)
    assert done.exit_code == 0, done.output
    assert [line[:1] for line in done.stdout.splitlines()] == ["✓"] * 5


def test_what_is_wrong_leaves_with_code_8_and_says_what_to_do(initial: Path) -> None:
    until = last_moment(initial)
    with time_machine.travel(until + timedelta(days=1), tick=False):
        done = run("check", "--office", initial, "--json")
    assert done.exit_code == 8
    wrong = [item for item in json.loads(done.stdout) if not item["ok"]]
    assert [item["name"] for item in wrong] == ["证书有效期"]
    assert "E0802" in wrong[0]["found"]
    assert "reportgen key import" in wrong[0]["fix"]


def test_what_ends_soon_is_said_and_is_no_fault(initial: Path) -> None:
    until = last_moment(initial)
    with time_machine.travel(until - timedelta(days=10), tick=False):
        done = run("check", "--office", initial)
    assert done.exit_code == 0
    assert "签名证书有效期至" in done.output
    assert "还有 10 天" in done.output


def test_a_key_that_others_may_read_is_no_secret(bare: Path) -> None:
    file, secret = given(bare)
    run("import", file, "--password-file", secret, "--office", bare)
    (kept,) = (bare / "keys").iterdir()
    kept.chmod(0o644)
    with (bare / OFFICE_FILE).open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[signing]\nkind = "pkcs12"\nfile = "keys/{kept.name}"\npassword_file = "{secret}"\n'
            '[timestamp]\npolicy = "off"\n'
        )
    done = run("check", "--office", bare)
    assert done.exit_code == 8
    assert f"chmod 600 {kept}" in done.output


def test_every_server_is_asked_for_a_stamp(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    file, secret = given(bare)
    with tsa.serve(tsa.Tsa(local_stamper(pki().own), NOW).good) as good, tsa.serve(tsa.refusing) as bad:
        with (bare / OFFICE_FILE).open("a", encoding="utf-8") as settings:
            settings.write(
                f'\n[signing]\nkind = "pkcs12"\nfile = "{file.name}"\npassword_file = "{secret.name}"\n'
                f'[timestamp]\npolicy = "required"\nservers = ["{good.url}", "{bad.url}"]\n'
            )
        done = run("check", "--office", bare)
    assert done.exit_code == 8
    assert f"✓ 时间戳 {good.url}" in done.output
    assert f"✗ 时间戳 {bad.url}" in done.output
    assert "quota exceeded" in done.output


def test_every_command_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs" / "signing.md").read_text("utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", guide, re.S) for line in block.splitlines()]
    assert lines
    for line in lines:
        done = CliRunner().invoke(cli, line.split()[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}{done.exception}"


def test_doctor_tells_of_the_key_as_well(initial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTGEN_OFFICE", str(initial))
    checks = {c["name"]: c for c in json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)}
    assert checks["签名密钥"]["ok"]
    assert "测试" in checks["签名密钥"]["found"]
