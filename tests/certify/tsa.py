"""A time-stamp server on the loopback address that answers, and misbehaves, as it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep

from asn1crypto import cms, tsp

from reportgen.certify.stamps import LocalStamper, Response
from reportgen.project.model import CHINA

REPLY = "application/timestamp-reply"
Answer = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    """Hands every request to the answers of its server, the last of which is given for ever."""

    server: "Server"

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        answers, asked = self.server.answers, self.server.asked
        asked.append(body)
        answers[min(len(asked), len(answers)) - 1](self, body)

    def send(self, body: bytes, kind: str = REPLY, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server with what it answers and what it was asked."""

    daemon_threads = True

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = answers, list[bytes]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/tsa"

    def handle_error(self, *_: object) -> None:
        # A client that has given up is no fault of the server's.
        pass


@contextmanager
def serve(*answers: Answer) -> Iterator[Server]:
    """Serve until the block ends."""
    with Server(answers) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@dataclass(frozen=True)
class Tsa:
    """Ways to answer with a token of a stamper that states the moment `at`."""

    stamper: LocalStamper
    at: datetime
    change: Callable[[cms.ContentInfo], None] = field(default=lambda _: None)

    def good(self, handler: Handler, body: bytes) -> None:
        """Answer as asked."""
        self._answer(handler, body, nonce=0)

    def wrong_nonce(self, handler: Handler, body: bytes) -> None:
        """Answer with a number that is not the asker's."""
        self._answer(handler, body, nonce=1)

    def without_nonce(self, handler: Handler, body: bytes) -> None:
        """Answer with no number at all."""
        self._answer(handler, body, nonce=None)

    def another_imprint(self, handler: Handler, body: bytes) -> None:
        """Stamp something else."""
        self._answer(handler, body, nonce=0, digest=bytes(32))

    def _answer(
        self, handler: Handler, body: bytes, *, nonce: int | None, digest: bytes | None = None
    ) -> None:
        request = tsp.TimeStampReq.load(body)
        number = None if nonce is None else request["nonce"].native + nonce
        imprint = digest or request["message_imprint"]["hashed_message"].native
        token = self.stamper.token(imprint, self.at.replace(tzinfo=CHINA), number)
        self.change(token)
        handler.send(response("granted", token).dump())


def response(status: str, token: cms.ContentInfo | None = None, text: str = "") -> Response:
    """Return a response with a status, a text and perhaps a token."""
    said: dict[str, object] = {"status": status}
    if text:
        said["status_string"] = [text]
    whole: dict[str, object] = {"status": tsp.PKIStatusInfo(said)}
    return Response(whole | ({"time_stamp_token": token} if token else {}))


def refusing(handler: Handler, _: bytes) -> None:
    """Refuse, with a reason."""
    handler.send(response("rejection", text="quota exceeded").dump())


def slow(seconds: float) -> Answer:
    """Answer nothing for some time."""

    def answer(handler: Handler, _: bytes) -> None:
        sleep(seconds)

    return answer


def dripping(handler: Handler, _: bytes) -> None:
    """Send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Type", REPLY)
    handler.send_header("Content-Length", "60000")
    handler.end_headers()
    for _number in range(50):
        handler.wfile.write(b"0")
        handler.wfile.flush()
        sleep(0.02)


def hanging_up(handler: Handler, _: bytes) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def cut_short(handler: Handler, _: bytes) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", REPLY)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"0" * 100)


def code(number: int, kind: str = "text/plain") -> Answer:
    """Answer with a status of HTTP."""

    def answer(handler: Handler, _: bytes) -> None:
        handler.send(b"no", kind, number)

    return answer


def body(content: bytes, kind: str = REPLY) -> Answer:
    """Answer with these bytes."""

    def answer(handler: Handler, _: bytes) -> None:
        handler.send(content, kind)

    return answer


def elsewhere(url: str) -> Answer:
    """Send the asker elsewhere."""

    def answer(handler: Handler, _: bytes) -> None:
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer
