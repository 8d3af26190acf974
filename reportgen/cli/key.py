"""`reportgen key …`: the key that signs the office's reports."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.check import Check, failed, show_checks, tried
from reportgen.cli.common import FILE, echo_json, json_option, now, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.errors import ExitCode, ReportgenError
from reportgen.settings import Office, find_office

if TYPE_CHECKING:
    from reportgen.certify.keyring import Kept
    from reportgen.certify.keys import Signing
    from reportgen.certify.stamps import Stamper

_LOCAL = "本机测试时间戳"
_NAMED = ("organization_name", "common_name")
_SHOWN = (
    ("颁发者", "issuer"),
    ("有效期", "validity"),
    ("算法", "algorithm"),
    ("密钥标识", "key_id"),
    ("时间戳", "timestamp"),
)


@click.group("key", cls=Group)
def command() -> None:
    """生成测试密钥，导入、查看与检查签发报告的密钥。密码与 PIN 只从文件或环境变量读取。"""


@command.command("create-test")
@office_option
@json_option
def create_test(office: Path | None, as_json: bool) -> None:
    """生成测试的根证书、签名密钥与时间戳密钥，均标明测试；用它签发的文件都是样例。"""
    from reportgen.certify import keyring
    from reportgen.document.issuer import issuer_of

    place = _office(office)
    agency = issuer_of(place).agency
    kept = keyring.create_test(place.folder, agency.name, agency.uscc, now())
    _tell_kept(kept, "已生成测试密钥，所签文件都是样例", as_json)


@command.command("import")
@click.argument("file", type=FILE, metavar="文件")
@click.option(
    "--password-file",
    type=FILE,
    metavar="文件",
    help="存放密码的文件；不给则用 REPORTGEN_KEY_PASSWORD_FILE 所指",
)
@click.option("--chain", type=FILE, metavar="文件", help="中间证书（PEM），密钥文件里没有时给出")
@office_option
@json_option
def import_(
    file: Path, password_file: Path | None, chain: Path | None, office: Path | None, as_json: bool
) -> None:
    """导入电子认证机构发给本机构的证书与私钥（PKCS#12，.p12 或 .pfx）。

    先把其根证书放进机构文件夹的 trust 文件夹。证书须在有效期，所载机构名称须与 reportgen.toml 逐字相同。
    """
    from reportgen.certify import keyring, keys
    from reportgen.document.issuer import issuer_of

    place = _office(office)
    given = str(password_file.absolute()) if password_file else None
    password = keys.secret(place.folder, "KEY_PASSWORD", given)
    others = keys.certificates_of(chain) if chain else []
    kept = keyring.bring_in(place, issuer_of(place), keys.read_file(file), password, others, now())
    if given:
        kept = replace(
            kept, settings=f"{kept.settings}password_file = {json.dumps(given, ensure_ascii=False)}\n"
        )
    _tell_kept(kept, "已导入签名密钥；密码没有保存", as_json)


@command.command("show")
@office_option
@json_option
def show(office: Path | None, as_json: bool) -> None:
    """显示签名证书、密钥标识、时间戳来源与信任的根证书。"""
    from reportgen.certify.keys import load_signing

    place = _office(office)
    signing = load_signing(place)
    if signing is None:
        raise ReportgenError("E0807", folder=place.folder)
    data = _data(signing)
    if as_json:
        echo_json(data)
        return
    say(f"签名证书　{data['subject']}")
    for name, key in _SHOWN:
        say(f"{name}　{data[key]}", 1)
    for root in signing.trust.roots:
        say(f"信任的根证书　{_root(root)}")


@command.command("check")
@office_option
@json_option
def check(office: Path | None, as_json: bool) -> None:
    """逐项检查密钥、证书、名称，试签一次，并向每台时间戳服务器试取一次；有不通过的，退出码 8。"""
    place, at = _office(office), now()
    signing, loaded = _loaded(place)
    found = [loaded]
    if signing is not None:
        found += [*_standing(place, signing, at), *_trials(signing, at), *_open_to_others(place)]
    show_checks(found, as_json)
    if failed(found):
        click.get_current_context().exit(ExitCode.CANNOT_SIGN)


def checks(office: Office, at: datetime) -> list[Check]:
    """Return what there is to say of an office's key without using it."""
    signing, loaded = _loaded(office)
    return [loaded] if signing is None else [loaded, *_standing(office, signing, at)]


def _loaded(office: Office) -> "tuple[Signing | None, Check]":
    from reportgen.certify.keys import load_signing

    found: list[Signing | None] = [None]

    def load() -> str:
        found[0] = load_signing(office)
        return _subject(found[0]) if found[0] else "没有密钥，文件不签名"

    loaded = tried("签名密钥", load)
    return found[0], loaded


def _standing(office: Office, signing: "Signing", at: datetime) -> Iterator[Check]:
    from reportgen.certify import keys
    from reportgen.document.issuer import issuer_of

    issuer, certificate = issuer_of(office), signing.signer.certificate
    yield tried("证书有效期", lambda: keys.require_in_force(certificate, at), _validity(signing))
    yield tried("机构名称", lambda: keys.require_names(certificate, issuer), issuer.agency.name)
    for notice in keys.notices(signing, issuer, at):
        yield Check("将要届满", True, notice.text(), "请及早换领证书或办理备案")


def _trials(signing: "Signing", at: datetime) -> Iterator[Check]:
    from reportgen.certify.signer import prove
    from reportgen.certify.stamps import HttpStamper

    yield tried("试签", lambda: prove(signing.signer), "私钥与证书相符")
    if isinstance(signing.stamper, HttpStamper):
        for server in signing.stamper.servers:
            yield _stamped(HttpStamper([server], signing.stamper.trust), server, at)
    elif signing.stamper is not None:
        yield _stamped(signing.stamper, _LOCAL, at)


def _stamped(stamper: "Stamper", name: str, at: datetime) -> Check:
    digest = hashlib.sha256(b"reportgen key check").digest()
    return tried(f"时间戳 {name}", lambda: f"可用，其时间为 {stamper.stamp(digest, at).at}")


def _open_to_others(office: Office) -> Iterator[Check]:
    from reportgen.certify.keyring import KEYS_FOLDER

    for path in sorted((office.folder / KEYS_FOLDER).glob("*")):
        if path.suffix != ".pem" and path.stat().st_mode & 0o077:
            yield Check(f"文件 {path.name}", False, "本机其他用户可以读取", f"chmod 600 {path}")


def _office(folder: Path | None) -> Office:
    office = find_office(folder)
    if office is None:
        raise ReportgenError("E0357", folder=folder or "REPORTGEN_OFFICE 或当前文件夹")
    return office


def _tell_kept(kept: "Kept", done: str, as_json: bool) -> None:
    if as_json:
        echo_json({"key_id": kept.key_id, "files": list(kept.files), "settings": kept.settings})
        return
    say(done)
    for path in kept.files:
        say(str(path), 1)
    say(f"密钥标识　{kept.key_id}", 1)
    say("reportgen.toml 中应有：")
    for line in kept.settings.strip().splitlines():
        click.echo(line)


def _data(signing: "Signing") -> dict[str, str | bool | list[str]]:
    from reportgen.certify.signer import issuer_name

    return {
        "subject": _subject(signing),
        "issuer": issuer_name(signing.signer.certificate),
        "validity": _validity(signing),
        "algorithm": _algorithm(signing),
        "key_id": signing.signer.key_id,
        "test": signing.signer.test,
        "timestamp": _source(signing),
        "roots": [_root(der) for der in signing.trust.roots],
    }


def _subject(signing: "Signing") -> str:
    from reportgen.certify.signer import subject

    parts = subject(signing.signer.certificate)
    test = "（测试，所签均为样例）" if signing.signer.test else ""
    return "，".join(dict.fromkeys(parts[name] for name in _NAMED if name in parts)) + test


def _validity(signing: "Signing") -> str:
    from reportgen.certify.keys import in_force

    since, until = in_force(signing.signer.certificate)
    return f"{since} 至 {until}"


def _algorithm(signing: "Signing") -> str:
    from reportgen.certify.signer import asn1_of

    public = asn1_of(signing.signer.certificate).public_key
    return f"{'RSA' if public.algorithm == 'rsa' else 'ECDSA'} {public.bit_size}"


def _source(signing: "Signing") -> str:
    from reportgen.certify.stamps import HttpStamper

    if signing.stamper is None:
        return "不取"
    servers = "、".join(signing.stamper.servers) if isinstance(signing.stamper, HttpStamper) else _LOCAL
    return f"{servers}（{signing.policy}）"


def _root(der: bytes) -> str:
    """Return a root as people compare it: its name and its fingerprint."""
    from asn1crypto import x509

    root = x509.Certificate.load(der)
    return (
        f"{root.subject.native.get('common_name', root.subject.human_friendly)}　SHA-256 {root.sha256.hex()}"
    )
