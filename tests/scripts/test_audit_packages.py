"""What `make audit` makes of pip-audit's answers: the real one, asking a service of the test's own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.audit_packages import _audited, main

_KNOWN = {"name": "jinja2", "version": "2.10"}
_VULNERABILITY = {
    "id": "PYSEC-2019-217",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}],
        }
    ],
}


class _Service(BaseHTTPRequestHandler):
    """Answers as OSV does: one version of one package has a vulnerability, all others have none."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {"name": asked["package"]["name"], "version": asked["version"]} == _KNOWN
        answer = json.dumps({"vulns": [_VULNERABILITY]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own word
        """Say nothing."""


@contextmanager
def _serving() -> Iterator[str]:
    """Serve on a port of this machine; nobody listens there any more afterwards."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def service() -> Iterator[str]:
    with _serving() as address:
        yield address


def lock(folder: Path, *lines: str, hashed: bool = True) -> Path:
    path = folder / "requirements.lock"
    ending = f" --hash=sha256:{'0' * 64}" if hashed else ""
    path.write_text("".join(f"{line}{ending}\n" for line in lines), "utf-8")
    return path


def test_a_known_vulnerability_fails(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lock(tmp_path, "jinja2==2.10", "six==1.17.0")
    assert main(path, ["-s", "osv", "--osv-url", service]) == 1
    said = capsys.readouterr().out
    assert "✗ jinja2 2.10　PYSEC-2019-217　修复的版本：2.10.1" in said
    assert "✗ 核查 2 个包，已知的漏洞 1 处" in said


def test_where_none_is_known_all_were_asked_about(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lock(tmp_path, "jinja2==2.10.1", "six==1.17.0")
    assert main(path, ["-s", "osv", "--osv-url", service]) == 0
    assert capsys.readouterr().out == "✓ 核查 2 个包，已知的漏洞 0 处\n"


def test_where_no_service_can_be_reached_that_is_said_and_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _serving() as gone:
        pass
    monkeypatch.setenv("HTTPS_PROXY", gone)
    assert main(lock(tmp_path, "six==1.17.0"), []) == 0
    said = capsys.readouterr().out
    assert said.count("没有回答") == 2
    assert "没有核查：连不上漏洞数据库" in said
    assert "✓" not in said


def test_a_lock_that_cannot_be_read_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with _serving() as gone:
        pass
    path = lock(tmp_path, "six==1.17.0", hashed=False)
    assert main(path, ["-s", "osv", "--osv-url", gone]) == 1
    assert "✗ requirements.lock 读不出来" in capsys.readouterr().out


def test_what_a_service_does_not_know_is_not_taken_for_sound() -> None:
    """As pip-audit 2.10.1 prints it, with exit code 0, behind a mirror that answers 404 to everything."""
    skipped = {"name": "six", "skip_reason": "Dependency not found and could not be audited: six (1.17.0)"}
    found = _audited(json.dumps({"dependencies": [skipped], "fixes": []}))
    assert found is not None
    assert not found.answered
