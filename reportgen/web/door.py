"""The door: who is signed in, whether he may, whether the request is his own and not too large.

Each request passes here before its page is made. Forms are read here as well, whole and in memory, so that no
page can forget to ask for the token that keeps other sites from sending forms in somebody's name.
"""

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartParser

from reportgen.errors import ReportgenError
from reportgen.store import accounts
from reportgen.store.accounts import Caller
from reportgen.web.access import ACCESS, FORM, REPORT, Rule, refuse
from reportgen.web.house import House, TheHouse
from reportgen.web.keyed import keyed
from reportgen.web.limiting import address_of
from reportgen.zone import now

# What strangers hand in is checked in memory and never written to a disk.
MultiPartParser.spool_max_size = REPORT
_FIELDS, _FILES = 200, 5
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD = "_csrf"


@dataclass(frozen=True)
class Sent:
    """A file of a form: the name it came with, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in: the last word of every name, all words in order, and the files."""

    words: dict[str, str]
    files: dict[str, Sent]
    every: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Return every word of a name, such as the boxes that were ticked."""
        return [word for held, word in self.every if held == name]

    def word(self, name: str) -> str:
        """Return what was typed into a field, without the blanks around it."""
        return self.words.get(name, "").strip()

    def day(self, name: str) -> date | None:
        """Return the day that was typed into a field, None where it is none."""
        try:
            return date.fromisoformat(self.word(name))
        except ValueError:
            return None


def cookie_name(house: House) -> str:
    """Return the name of the session's cookie; browsers hold a __Host- cookie to this host and to HTTPS."""
    return "__Host-reportgen" if house.settings.secure else "reportgen"


def signed_in(house: House, onward: str, token: str) -> RedirectResponse:
    """Return the way to a page with the cookie of a new session."""
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(cookie_name(house), token, secure=house.settings.secure, httponly=True, samesite="lax")
    return answer


async def door(request: Request, house: TheHouse) -> None:
    """Let a request in; raises E1110, E1111 (not for him), E1112 (another site's form), and what `_length` and `receiving` raise.

    Of the API, what `keyed` raises. What names something with a null character names nothing: E0203.
    """
    if "\0" in request.scope["path"]:
        raise ReportgenError("E0203")
    rule = ACCESS[request.scope["route"].name]
    if rule.scope is not None:
        await keyed(request, house, rule)
        return
    token = request.cookies.get(cookie_name(house), "")
    request.state.token = token
    request.state.caller = await run_in_threadpool(_caller, house, token) if token else None
    try:
        refuse(rule, request.state.caller)
    except ReportgenError:
        await _keep(request, house, rule)
        raise
    if request.method not in _SAFE:
        _require_own(request)
        await _receive(request, house, large=_length(request, rule) > FORM)
        _require_token(request)


def recognise(request: Request, house: House) -> None:
    """Find out who asks for what no route serves, so that the page that says so is one of his own."""
    token = request.cookies.get(cookie_name(house), "")
    request.state.token, request.state.caller = token, _caller(house, token) if token else None


def form_of(request: Request) -> Filled:
    """Return the form that was sent."""
    return cast("Filled", request.state.form)


def caller_of(request: Request) -> Caller:
    """Return who is signed in, where the route's rule says that somebody is."""
    return cast("Caller", request.state.caller)


def csrf_of(request: Request) -> str:
    """Return the token that the forms of a session bear; nothing where nobody is signed in."""
    token = getattr(request.state, "token", "")
    if not token or getattr(request.state, "caller", None) is None:
        return ""
    secret = cast("House", request.app.state.house).press.secret
    return hmac.new(secret, b"reportgen form v1\x1f" + token.encode(), hashlib.sha256).hexdigest()


def _caller(house: House, token: str) -> Caller | None:
    at = now()
    found = house.store.read(lambda session: accounts.caller_of(session, token, at))
    if found is None:
        return None
    if found[1]:
        house.store.write(lambda session: accounts.seen(session, token, at))
    return found[0]


async def _keep(request: Request, house: House, rule: Rule) -> None:
    """Read what somebody typed whose session ended meanwhile, to be given back to him: no files, of no other site."""
    if request.method in _SAFE or request.state.caller is not None:
        return
    with suppress(ReportgenError):
        _require_own(request)
        if _length(request, rule) <= FORM:
            await _receive(request, house, large=False)


def _require_own(request: Request) -> None:
    """Raise E1112 where a browser says that another site sent the form; every browser of today says where from."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    own = urlsplit(origin).netloc == request.headers.get("host") if site is None else site == "same-origin"
    if not own:
        raise ReportgenError("E1112")


def _require_token(request: Request) -> None:
    wanted = csrf_of(request)
    given = form_of(request).words.pop(CSRF_FIELD, "")
    if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
        raise ReportgenError("E1112")


def _length(request: Request, rule: Rule) -> int:
    """Return the bytes of a form; raises E0303 (too large), E0205 (none that a browser would send).

    A name or a word may be in any letters that Python knows, some of which take it minutes: only UTF-8 is read.
    """
    kind, told = parse_options_header(request.headers.get("content-type", ""))
    if told.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise ReportgenError("E0205")
    largest = rule.largest if kind == b"multipart/form-data" else FORM
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length) > largest:
        raise ReportgenError("E0303", path="form", file="所交内容", size=length or "不明", limit=largest)
    return int(length)


async def _receive(request: Request, house: House, *, large: bool) -> None:
    async with request.state.place.aside(), house.limits.receiving(address_of(request), large=large):
        request.state.form = await _read(request)


async def _read(request: Request) -> Filled:
    async with request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=FORM) as form:
        every, files = [], {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Sent(_text(value.filename or ""), await value.read())
            else:
                every.append((name, _text(value)))
    return Filled(dict(every), {name: sent for name, sent in files.items() if sent.data}, tuple(every))


def _text(typed: str) -> str:
    """Return what was typed without null characters, which no keyboard types and PostgreSQL refuses."""
    return typed.replace("\0", "")
