"""Time stamps over HTTP: what is taken, what is refused and why, and who is asked next."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256

import pytest
from asn1crypto import cms, core

from reportgen.certify.authority import Holder
from reportgen.certify.facts import Trust
from reportgen.certify.stamps import LARGEST_TOKEN, HttpStamper, LocalStamper, Stamp
from reportgen.errors import ReportgenError
from tests.certify import tsa
from tests.certify.pki import NOW, local_stamper, pki, trust

DIGEST = sha256(b"a signature").digest()
THEN = datetime(2026, 11, 21, 9, 30, 7)
Serve = Callable[..., tsa.Server]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(tsa.serve(*answers))


def good(holder: Holder | None = None, change: Callable[[cms.ContentInfo], None] | None = None) -> tsa.Tsa:
    holder = holder or pki().own.stamping
    stamper = LocalStamper(holder.certificate, holder.key)
    return tsa.Tsa(stamper, THEN, change) if change else tsa.Tsa(stamper, THEN)


def ask(
    *servers: tsa.Server, roots: Trust | None = None, seconds: float = 5, pauses: tuple[float, ...] = (0, 0)
) -> Stamp:
    stamper = HttpStamper([server.url for server in servers], roots or pki().trust, seconds, pauses)
    return stamper.stamp(DIGEST, NOW)


def reasons(*servers: tsa.Server, **given: object) -> list[str]:
    with pytest.raises(ReportgenError) as raised:
        ask(*servers, **given)  # type: ignore[arg-type]
    assert raised.value.code == "E0804"
    assert [fault.path for fault in raised.value.faults] == [server.url for server in servers]
    return [fault.what for fault in raised.value.faults]


def test_a_good_stamp_states_the_time_of_the_server(serve: Serve) -> None:
    server = serve(good().good)
    stamp = ask(server)
    assert stamp.at == THEN
    assert stamp.token["content"]["encap_content_info"]["content_type"].native == "tst_info"
    assert len(server.asked) == 1


def test_every_request_has_a_number_of_its_own(serve: Serve) -> None:
    server = serve(good().good)
    ask(server)
    ask(server)
    assert server.asked[0] != server.asked[1]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (tsa.slow(1), "超时"),
        (tsa.dripping, "超时"),
        (tsa.hanging_up, "连接中断"),
        (tsa.cut_short, "连接中断"),
        (tsa.code(500), "HTTP 500"),
        (tsa.code(503), "HTTP 503"),
        (tsa.code(429), "HTTP 429"),
    ],
    ids=["slow", "dripping", "hanging up", "cut short", "500", "503", "429"],
)
def test_a_server_that_does_not_answer_is_asked_again(serve: Serve, answer: tsa.Answer, why: str) -> None:
    server = serve(answer)
    assert reasons(server, seconds=0.15) == [why]
    assert len(server.asked) == 3
    recovered = serve(answer, good().good)
    assert ask(recovered, seconds=0.5).at == THEN


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (tsa.refusing, "服务器拒绝：rejection（quota exceeded）"),
        (tsa.code(404), "HTTP 404"),
        (tsa.code(401), "HTTP 401"),
        (tsa.elsewhere("http://127.0.0.1:1/"), "HTTP 302"),
        (tsa.body(b"<html>", "text/html"), "回答的类型是 text/html，不是时间戳"),
        (tsa.body(b"<html>"), "回答不是时间戳"),
        (tsa.body(b""), "回答不是时间戳"),
        (tsa.body(b"0" * 100_000), "回答过长"),
        (tsa.body(tsa.response("granted").dump()), "回答不是时间戳"),
    ],
    ids=[
        "refusing",
        "404",
        "401",
        "elsewhere",
        "a page",
        "no stamp",
        "nothing",
        "too much",
        "no token",
    ],
)
def test_a_server_that_answers_wrongly_is_not_asked_twice(serve: Serve, answer: tsa.Answer, why: str) -> None:
    server = serve(answer)
    assert reasons(server) == [why]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("wrong_nonce", "随机数不符"),
        ("without_nonce", "随机数不符"),
        ("another_imprint", "所盖的不是本次签名"),
    ],
)
def test_a_stamp_of_something_else_is_refused(serve: Serve, answer: str, why: str) -> None:
    (found,) = reasons(serve(getattr(good(), answer)))
    assert why in found


def forged(token: cms.ContentInfo) -> None:
    """Change one bit of the signature."""
    signer = token["content"]["signer_infos"][0]
    digits = bytearray(signer["signature"].native)
    digits[-1] ^= 1
    signer["signature"] = bytes(digits)


def bloated(token: cms.ContentInfo) -> None:
    """Add more certificates than there is room for."""
    certificates = token["content"]["certificates"]
    for _ in range(LARGEST_TOKEN // len(certificates[0].dump()) + 1):
        certificates.append(certificates[0])


def no_stamp(token: cms.ContentInfo) -> None:
    """Hold something that is no stamp."""
    content = cms.ParsableOctetString(core.OctetString(b"x").dump())
    token["content"]["encap_content_info"] = {"content_type": "data", "content": content}


@pytest.mark.parametrize(
    ("change", "why"),
    [(forged, "签名不符"), (bloated, f"超过 {LARGEST_TOKEN} 字节"), (no_stamp, "不是时间戳")],
)
def test_a_stamp_that_was_tampered_with_is_refused(
    serve: Serve, change: Callable[[cms.ContentInfo], None], why: str
) -> None:
    (found,) = reasons(serve(good(change=change).good))
    assert why in found


def test_a_stamp_of_a_stranger_is_refused(serve: Serve) -> None:
    (found,) = reasons(serve(good(pki().stranger.stamping).good))
    assert "trust 文件夹" in found


def test_a_stamp_by_a_certificate_that_may_not_stamp_is_refused(serve: Serve) -> None:
    (found,) = reasons(serve(good(pki().own.signing).good))
    assert "不能用于时间戳" in found


def test_a_stamp_by_an_expired_certificate_is_refused(serve: Serve) -> None:
    expired = pki().expired
    (found,) = reasons(serve(good(expired.stamping).good), roots=trust(expired.root))
    assert "不在有效期" in found


def test_where_nobody_listens_nobody_answers(serve: Serve) -> None:
    server = serve(good().good)
    server.server_close()
    (found,) = reasons(server)
    assert "连不上" in found


def test_the_second_server_is_asked_when_the_first_fails(serve: Serve) -> None:
    first, second = serve(tsa.refusing), serve(good().good)
    assert ask(first, second).at == THEN
    assert (len(first.asked), len(second.asked)) == (1, 1)


def test_who_answered_last_is_asked_first(serve: Serve) -> None:
    first, second = serve(tsa.refusing, good().good), serve(good().good, tsa.refusing)
    stamper = HttpStamper([first.url, second.url], pki().trust)
    for _ in range(2):
        assert stamper.stamp(DIGEST, NOW).at == THEN
    assert (len(first.asked), len(second.asked)) == (2, 2)


def test_every_server_is_named_with_what_it_did(serve: Serve) -> None:
    found = reasons(serve(tsa.refusing), serve(tsa.code(404)))
    assert found == ["服务器拒绝：rejection（quota exceeded）", "HTTP 404"]


def test_the_local_authority_states_the_clock_of_the_office() -> None:
    stamper = local_stamper(pki().own)
    stamp = stamper.stamp(DIGEST, NOW)
    assert stamp.at == NOW
    assert len(stamp.token.dump()) <= stamper.largest
