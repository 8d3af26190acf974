"""Calls of webhooks against a real receiver: signed, tried again, never inside the house, none lost with a kill -9."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from threading import Event

import httpx2
import pytest
import time_machine
from prometheus_client import REGISTRY

from reportgen.client import received
from reportgen.press import Press, open_press
from reportgen.registry import lifecycle
from reportgen.registry.webhook_calls import LEASE, Order, Tried
from reportgen.registry.webhook_rows import CallState, Failure, WebhookRow
from reportgen.registry.webhooks import secret_of
from reportgen.settings import Office, read_office
from reportgen.store.account_rows import AccountKind
from reportgen.web import calling, outward
from reportgen.web.calling import Caller
from reportgen.zone import now
from tests.cli.conftest import made_office, office_with  # noqa: F401 - fixtures
from tests.cli.desk import MOMENT
from tests.registry.hooked import account, entered, webhook
from tests.registry.lives import NOW, SUBJECT, issued
from tests.web import called
from tests.web.receiver import Receiver, certified, receiving

HOST, NAME = "localhost", "hook.example.cn"
PUBLIC = "8.8.8.8"
_LONGEST = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MOMENT, tick=True) as travelling:
        yield travelling


@pytest.fixture
def place(office_with: Callable[..., Path]) -> Office:  # noqa: F811 - the fixture
    folder = office_with()
    settings = folder / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8") + f'\n[web]\nwebhook_hosts = ["{HOST}"]\n', "utf-8")
    return read_office(settings)


@pytest.fixture
def press(place: Office, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    monkeypatch.setattr(calling, "_IDLE", 0.02)
    opened = open_press(place, "portal")
    yield opened
    opened.store.close()


def hooked(press: Press, *receivers: Receiver) -> list[WebhookRow]:
    """Register a webhook of a bidder for each receiver."""
    bidder = account(press.store, "bidder", AccountKind.BIDDER, SUBJECT)
    return [
        webhook(press.store, bidder, url=f"http://{HOST}:{one.port}/told?n=1", inside=HOST)
        for one in receivers
    ]


def happen(press: Press, *names: str) -> list[str]:
    """Issue reports, and return their numbers."""
    return [
        str(press.store.write(lambda s, n=name: issued(s, n, project=n)).number)  # type: ignore[misc]
        for name in names
    ]


def call(press: Press, times: int) -> list[str]:
    """Call until so many calls have ended, and return how they did."""
    said: list[str] = []
    ends = time.monotonic() + _LONGEST

    def ended() -> bool:
        assert time.monotonic() < ends
        return len(said) >= times

    asyncio.run(Caller(press, (HOST,), said.append).run(ended))
    return said


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + _LONGEST
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def order(port: int, host: str = NAME, scheme: str = "https") -> Order:
    return Order(1, 1, "a" * 32, f"{scheme}://{host}:{port}/told", b"{}", ("whsec_MDEy",), 1, NOW)


def sent(one: Order, inside: tuple[str, ...] = (), way: httpx2.AsyncBaseTransport | None = None) -> Tried:
    """Make one call, by the way of the portal where no other is given."""

    async def work() -> Tried:
        with ThreadPoolExecutor(1) as pool:
            async with way or outward.transport() as through:
                return await outward.called(through, one, inside, pool)

    return asyncio.run(work())


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have names mean some addresses, at each question others; returns the names that were asked for."""
    asked: list[str] = []

    def found(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("reportgen.web.outward.socket.getaddrinfo", found)
    return asked


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


class Way(httpx2.AsyncBaseTransport):
    """What goes nowhere, and keeps what would have been sent."""

    def __init__(self, body: Callable[[], AsyncIterator[bytes]] = _nothing) -> None:
        self.requests: list[httpx2.Request] = []
        self._body = body

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(200, content=self._body())


def test_what_happened_is_told_and_the_receiver_can_prove_it(press: Press) -> None:
    with receiving() as receiver:
        (hook,) = hooked(press, receiver)
        (number,) = happen(press, "P-1")
        assert call(press, 1) == ["delivered"]
    (got,) = receiver.got
    told = received(secret_of(hook.key, 1, press.secret), got.headers, got.body)
    (entry,) = entered(press.store)
    assert (told.id, told.type, dict(told.data)) == (f"msg_{entry.key}", "report.issued", {"report": number})
    assert (got.path, got.headers["host"]) == ("/told?n=1", f"{HOST}:{receiver.port}")
    assert got.headers["content-type"] == "application/json"
    assert "cookie" not in got.headers
    assert (entry.state, entry.status, entry.failure, entry.tries) == (CallState.DELIVERED, 204, "", 1)
    assert entry.milliseconds is not None


def test_after_a_500_it_is_sent_again_as_the_same_call(press: Press, clock: time_machine.Traveller) -> None:
    with receiving(500, 204) as receiver:
        (hook,) = hooked(press, receiver)
        happen(press, "P-1")
        assert call(press, 1) == ["failed"]
        assert entered(press.store)[0].status == 500
        clock.shift(5)
        assert call(press, 1) == ["delivered"]
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(first.headers["webhook-timestamp"]) < int(second.headers["webhook-timestamp"])
    for got in receiver.got:
        assert received(secret_of(hook.key, 1, press.secret), got.headers, got.body).type == "report.issued"


@pytest.mark.parametrize(
    ("status", "failure"),
    [(302, Failure.REDIRECT), (308, Failure.REDIRECT), (404, Failure.STATUS), (410, Failure.GONE)],
)
def test_nothing_but_success_is_success_and_nothing_is_followed(status: int, failure: Failure) -> None:
    with receiving(status) as receiver:
        tried = sent(order(receiver.port, HOST, "http"), (HOST,))
    assert (tried.status, tried.failure) == (status, failure)
    assert [got.path for got in receiver.got] == ["/told"]


def test_a_slow_receiver_holds_up_nobody_but_itself(press: Press) -> None:
    patience = Event()
    with receiving(patience) as slow, receiving() as quick:
        hooked(press, slow, quick)
        numbers = happen(press, "P-1", "P-2", "P-3")
        with ThreadPoolExecutor(1) as pool:
            calling_ = pool.submit(call, press, 6)
            until(lambda: len(quick.got) == 3)
            assert len(slow.got) <= 1
            patience.set()
            assert calling_.result() == ["delivered"] * 6
    for receiver in (slow, quick):
        assert [json.loads(got.body)["data"]["report"] for got in receiver.got] == numbers


def test_who_does_not_answer_in_time_has_not_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "LONGEST", 0.1)
    patience = Event()
    with receiving(patience) as receiver:
        assert sent(order(receiver.port, HOST, "http"), (HOST,)).failure is Failure.SLOW
        patience.set()


def test_of_an_answer_only_its_head_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "_BODY_SECONDS", 0.05)
    read = []

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 1024
            await asyncio.sleep(0 if len(read) < 8 else 60)

    async def flooding() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 1024

    resolving(monkeypatch, [PUBLIC])
    for stream, most in ((dripping, 8), (flooding, 16)):
        read.clear()
        tried = sent(order(443), (), Way(stream))
        assert (tried.status, tried.failure) == (200, None)
        assert 0 < len(read) <= most


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "169.254.169.254", "10.1.2.3", "192.168.0.1", "100.64.0.1", "0.0.0.0"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_a_name_that_means_the_house_is_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for found in ([address], [PUBLIC, address]):
        resolving(monkeypatch, found)
        way = Way()
        assert sent(order(443), (), way).failure is Failure.INSIDE
        assert way.requests == []


@pytest.mark.parametrize("url", ["127.0.0.1", "0x7f.1", "2130706433", "127.1", "localhost"])
def test_this_machine_is_not_called_however_it_is_written(url: str) -> None:
    way = Way()
    assert sent(order(443, url), (), way).failure in {Failure.INSIDE, Failure.UNKNOWN}
    assert way.requests == []


def test_what_the_settings_named_and_name_no_more_is_not_called() -> None:
    way = Way()
    assert sent(order(8080, HOST, "http"), (), way).failure is Failure.INSIDE
    assert way.requests == []


def test_a_name_that_changes_its_meaning_is_called_where_it_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, way = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"]), Way()
    assert sent(order(8443), (), way).failure is None
    (request,) = way.requests
    assert asked == [NAME]
    assert (request.url.host, request.url.port) == (PUBLIC, 8443)
    assert (request.headers["host"], request.extensions["sni_hostname"]) == (f"{NAME}:8443", NAME)


def test_a_name_that_nobody_knows_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr("reportgen.web.outward.socket.getaddrinfo", unknown)
    assert sent(order(443), (), Way()).failure is Failure.UNKNOWN


def test_the_certificate_is_that_of_the_name_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {name: certified(tmp_path, name) for name in (NAME, "127.0.0.1", "other.example.cn")}
    resolving(monkeypatch, ["127.0.0.1"])
    outcomes = {}
    for name, certificate in found.items():
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with receiving(certificate=certificate) as receiver:
            outcomes[name] = sent(order(receiver.port), (NAME,)).failure
            assert len(receiver.got) == (name == NAME)
    assert outcomes == {NAME: None, "127.0.0.1": Failure.UNTRUSTED, "other.example.cn": Failure.UNTRUSTED}


def test_an_authority_that_nobody_trusts_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["127.0.0.1"])
    with receiving(certificate=certified(tmp_path, NAME)) as receiver:
        assert sent(order(receiver.port), (NAME,)).failure is Failure.UNTRUSTED


def test_where_nobody_listens_it_is_unreachable() -> None:
    with receiving() as receiver:
        pass
    assert sent(order(receiver.port, HOST, "http"), (HOST,)).failure is Failure.UNREACHABLE


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("reportgen_webhook_calls_total", {"outcome": outcome}) or 0


def test_kill_9_in_mid_call_loses_nothing(
    press: Press, place: Office, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "call", called.call)
    patience, before = Event(), counted("delivered")
    with receiving(patience, 204) as receiver:
        hooked(press, receiver)
        happen(press, "P-1")
        with calling.calling(place):
            until(lambda: len(receiver.got) == 1)
            (process,) = (child for child in active_children() if child.name == "caller")
            process.kill()
            process.join()
        assert entered(press.store)[0].state == CallState.WAITING
        # What the dead one had taken is left to it for a while.
        clock.shift(LEASE.total_seconds())
        assert call(press, 1) == ["delivered"]
        patience.set()
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (entered(press.store)[0].state, entered(press.store)[0].tries) == (CallState.DELIVERED, 2)
    assert counted("delivered") == before


def test_the_process_counts_what_it_delivered_and_ends_when_told(
    press: Press, place: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "call", called.call)
    before = counted("delivered")
    with receiving() as receiver:
        hooked(press, receiver)
        (number,) = happen(press, "P-1")
        press.store.write(
            lambda s: lifecycle.revoke(s, number, "REQUESTED", press.desk(now())),
        )
        with calling.calling(place):
            until(lambda: counted("delivered") == before + 2)
    assert [json.loads(got.body)["type"] for got in receiver.got] == ["report.issued", "report.revoked"]
    assert not [child for child in active_children() if child.name == "caller"]
