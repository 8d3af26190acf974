"""The client against a real portal: typed answers, one use however often it is tried, patience where it is asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import httpx2
import pytest

from reportgen.client import Asked, Client, Doubt, Refused, Unproven, received
from reportgen.registry.webhooks import signature
from reportgen.store.account_rows import AccountKind
from reportgen.zone import CHINA
from tests.cli.conftest import made_office, office_with  # noqa: F401 - fixtures
from tests.web.conftest import clock, folder, portal  # noqa: F401
from tests.web.keys import token_of
from tests.web.portal import PROJECT, RECIPIENT, SUBJECT, Portal
from tests.web.serving import serving

ASKED = Asked(PROJECT, RECIPIENT, RECIPIENT, "授 1")
OPENED = "2026-12-16T02:00:00+00:00"


@pytest.fixture
def address(portal: Portal) -> Iterator[str]:  # noqa: F811 - the fixture
    with serving(portal.client.app) as address:  # type: ignore[arg-type]
        yield address


def test_a_bidder_asks_and_a_recipient_uses(portal: Portal, address: str) -> None:  # noqa: F811
    with Client(address, token_of(portal, AccountKind.BIDDER)) as bidder:
        asked = bidder.apply(ASKED, key="k")
        same = bidder.apply(ASKED, key="k")
        assert asked == same == bidder.application(asked.id)
        assert [held.id for held in bidder.applications()] == [asked.id]
        assert bidder.withdraw(asked.id).state == "WITHDRAWN"
        (report,) = bidder.reports()
        assert (report.number, report.applicant[0][0], report.usable) == (portal.number, SUBJECT, True)
        assert bidder.file(report.number) == portal.report
        assert bidder.verify(report.number, portal.code).verdict == "GENUINE"
        assert bidder.verify_file(portal.report).number == portal.number
        with pytest.raises(Refused) as caught:
            bidder.consume(report.number, project=PROJECT)
        assert (caught.value.status, caught.value.code) == (403, "E1111")
        with pytest.raises(Refused) as caught:
            bidder.apply(replace(ASKED, recipient="1"))
        assert [path for path, _ in caught.value.faults] == ["recipient"]
    portal.clock.move_to(OPENED)
    with Client(address, token_of(portal, AccountKind.RECIPIENT)) as owner:
        used = [owner.consume(portal.number, project=PROJECT) for _ in range(2)]
        assert [use.outcome for use in used] == ["USED", "ALREADY"]
        assert {use.used_at for use in used} == {datetime(2026, 12, 16, 10, tzinfo=CHINA)}
        assert owner.report(portal.number).state == "CONSUMED"
        assert [line["used"] for line in owner.usage("2026Q4")] == [1]


def test_it_waits_as_long_as_it_is_told_and_tries_again_under_the_same_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("reportgen.client.time.sleep", waited.append)
    answers: Iterator[httpx2.Response | Exception] = iter(
        [
            httpx2.Response(429, headers={"Retry-After": "7"}),
            httpx2.Response(503, headers={"Retry-After": "9999"}),
            httpx2.ConnectError("lost"),
            httpx2.Response(
                200, json={"outcome": "USED", "number": "N", "used_at": "2026-12-16T10:00:00+08:00"}
            ),
        ]
    )
    keys = set()

    def answer(request: httpx2.Request) -> httpx2.Response:
        keys.add(request.headers["idempotency-key"])
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    with Client("https://portal.example", "rgk_x", httpx2.MockTransport(answer)) as client:
        assert client.consume("N", project="P").outcome == "USED"
    assert waited == [7.0, 60.0, 2.0]
    assert len(keys) == 1


def test_in_the_end_it_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.client.time.sleep", lambda _: None)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(503))
    with Client("https://portal.example", "k", transport) as client, pytest.raises(Refused, match="503"):
        client.report("N")


SECRET, CALL, SENT, BODY = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_1",
    1_700_000_000,
    (b'{"type":"report.issued","timestamp":"2026-11-22T09:30:00+08:00","data":{"report":"XY-1"}}'),
)


def arrived(**changes: str) -> dict[str, str]:
    """Return the headers of a call; a change names one without its beginning."""
    words = {"id": CALL, "timestamp": str(SENT), "signature": signature(SECRET, CALL, SENT, BODY), **changes}
    return {f"Webhook-{name.title()}": word for name, word in words.items()}


def doubted(headers: dict[str, str], body: bytes = BODY, at: float = SENT, secret: str = SECRET) -> Doubt:
    with pytest.raises(Unproven) as caught:
        received(secret, headers, body, at)
    return caught.value.doubt


def test_signatures_are_those_of_standard_webhooks() -> None:
    # The example that the libraries of the specification are tested with.
    body = b'{"test": 2432232314}'
    assert signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_what_arrives_at_a_webhook_is_proven_and_read() -> None:
    found = received(SECRET, arrived(), BODY, SENT)
    assert (found.id, found.type, found.data) == (CALL, "report.issued", {"report": "XY-1"})
    assert found.at == datetime(2026, 11, 22, 9, 30, tzinfo=CHINA)
    several = f"v1,AAAA v2,AAAA {signature(SECRET, CALL, SENT, BODY)} v1a,中"
    assert received(SECRET, arrived(signature=several), BODY, SENT) == found
    assert received(SECRET.removeprefix("whsec_"), arrived(), BODY, SENT + 300) == found


def test_what_is_not_to_be_believed_is_refused_with_why() -> None:
    for name in ("id", "timestamp", "signature"):
        assert doubted(arrived(**{name: ""})) is Doubt.MISSING
    for seconds in ("soon", "-1", "1e9", "１７", "9" * 5000):
        assert doubted(arrived(timestamp=seconds)) is Doubt.MALFORMED
    assert doubted(arrived(), at=SENT + 301) is Doubt.OLD
    assert doubted(arrived(), at=SENT - 301) is Doubt.EARLY
    assert doubted(arrived(), BODY + b" ") is Doubt.FORGED
    assert doubted(arrived(id="msg_2")) is Doubt.FORGED
    assert doubted(arrived(timestamp=str(SENT + 1))) is Doubt.FORGED
    assert doubted(arrived(), secret="whsec_AAAA") is Doubt.FORGED
    assert doubted(arrived(signature="v1,")) is Doubt.FORGED
    for body in (b"[]", b"{}", b"no json", b'{"type":"a","timestamp":1,"data":{}}'):
        assert doubted(arrived(signature=signature(SECRET, CALL, SENT, body)), body) is Doubt.UNREADABLE


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_???"])
def test_what_is_no_secret_proves_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        received(secret, arrived(), BODY, SENT)
