"""A signer whose key lives in a token (PKCS#11) and never leaves it.

Needs `reportgen[pkcs11]`. Certificate and key bear the same label. The data are hashed here and the token signs the
hash, which every token can do. A token that was pulled out is found again when the program starts anew.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import pkcs11
from cryptography import x509
from pkcs11 import Attribute, ObjectClass, exceptions
from pyhanko.sign.pkcs11 import PKCS11Signer

from reportgen.certify.signer import HeldSigner, asn1_of, chain_of
from reportgen.errors import ReportgenError

_SAID: dict[type[Exception], str] = {
    exceptions.PinIncorrect: "PIN 不对",
    exceptions.PinInvalid: "PIN 不合格式",
    exceptions.PinLenRange: "PIN 的长度不对",
    exceptions.PinLocked: "PIN 已被锁定，须由设备的管理员解锁",
    exceptions.NoSuchToken: "没有找到这个名称的设备",
    exceptions.MultipleTokensReturned: "有多个同名的设备",
    exceptions.DeviceRemoved: "设备已拔出",
    exceptions.TokenNotPresent: "设备没有插好",
    # What the library says of a module it cannot load, and pyHanko of a key it cannot find.
    exceptions.PKCS11Error: "module 所指的文件打不开，或设备上没有这个名称的私钥",
}


class _TokenKey(PKCS11Signer):
    """pyHanko's signer over a token, with its errors said in our words."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature of `data`; raises E0805."""
        with _said():
            return bytes(await super().async_sign_raw(data, digest_algorithm, dry_run))


class TokenSigner(HeldSigner):
    """A signer over a token with an open session."""

    means: _TokenKey

    @classmethod
    def open(
        cls, module: str, token: str, label: str, pin: bytes | None, others: Iterable[x509.Certificate] = ()
    ) -> "TokenSigner":
        """Open a token by its name and find certificate and key of a label.

        `module` is the file of the maker's library; `others` help to build the chain. Raises E0805.
        """
        with _said(), ExitStack() as stack:
            session = _session(pkcs11.lib(module).get_token(token_label=token), pin)
            stack.callback(session.close)
            certificate, within = _certificates(session, label)
            chain = chain_of(certificate, (*within, *others))
            means = _key(session, certificate, chain, label)
            stack.pop_all()
        return cls(certificate, chain, means)


def _session(token: pkcs11.Token, pin: bytes | None) -> pkcs11.Session:
    try:
        return token.open(user_pin=pin.decode() if pin is not None else None)
    except exceptions.UserAlreadyLoggedIn:
        # A process logs in once, however many sessions it opens.
        return token.open()


def _certificates(session: pkcs11.Session, label: str) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """Return the certificate of a label, and all that the token holds; raises E0805."""
    found = [
        (one[Attribute.LABEL], x509.load_der_x509_certificate(one[Attribute.VALUE]))
        for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    ]
    named = [certificate for name, certificate in found if name == label]
    if len(named) != 1:
        detail = f"设备上{'不止一张' if named else '没有'}名为 {label} 的证书"
        raise ReportgenError("E0805", detail=detail)
    return named[0], [certificate for _, certificate in found]


def _key(
    session: pkcs11.Session, certificate: x509.Certificate, chain: Iterable[x509.Certificate], label: str
) -> _TokenKey:
    means = _TokenKey(
        session,
        signing_cert=asn1_of(certificate),
        ca_chain=[asn1_of(one) for one in chain],
        key_label=label,
        use_raw_mechanism=True,
    )
    # Asked for its certificate it looks for its key as well: a key that is missing must be missed now.
    assert means.signing_cert is not None  # noqa: S101 - it was given
    return means


@contextmanager
def _said() -> Iterator[None]:
    """Turn a token's error into E0805."""
    try:
        yield
    except (exceptions.PKCS11Error, OSError, RuntimeError) as error:
        detail = _SAID.get(type(error), f"PKCS#11 模块报告 {type(error).__name__}")
        raise ReportgenError("E0805", detail=detail) from error
