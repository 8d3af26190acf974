"""What every page of the portal works with: the office at work, its settings, its templates, what limits it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from reportgen.certify.facts import Trust
from reportgen.document.issuer import Issuer, issuer_of
from reportgen.press import Press, open_press
from reportgen.settings import Office
from reportgen.store.engine import Store
from reportgen.web.checking import Checker
from reportgen.web.drafts import Drafts
from reportgen.web.limiting import Limits
from reportgen.web.looks import Looks
from reportgen.web.pages import Pages
from reportgen.web.papers import Papers
from reportgen.web.settings import WebSettings, web_settings


@dataclass(frozen=True)
class House:
    """The office behind the portal; one for a process."""

    office: Office
    settings: WebSettings
    press: Press
    issuer: Issuer
    trust: Trust
    pages: Pages
    limits: Limits
    looks: Looks
    checker: Checker
    drafts: Drafts
    papers: Papers

    @property
    def store(self) -> Store:
        """Return the office's database."""
        return self.press.store

    def desk_of(self, login: str) -> Press:
        """Return the office at work for somebody who is signed in."""
        return Press(self.press.store, self.press.files, self.press.secret, login)


@contextmanager
def opened(office: Office) -> Iterator[House]:
    """Open an office for the portal; raises E0311, E0901, E0902, E0905, E0906, E0911, E0914."""
    settings, issuer = web_settings(office), issuer_of(office)
    press = open_press(office, "portal")
    looks, checker = Looks(press.store), Checker(settings.uploads)
    drafts, papers = Drafts(office), Papers(office)
    try:
        yield House(
            office,
            settings,
            press,
            issuer,
            Trust.of_office(office.folder),
            Pages(issuer),
            Limits(settings),
            looks,
            checker,
            drafts,
            papers,
        )
    finally:
        checker.close()
        drafts.close()
        papers.close()
        looks.flush()
        press.store.close()


async def house_of(request: Request) -> House:
    """Return what a request's pages work with; no coroutine would mean a thread of its own for each request."""
    return cast("House", request.app.state.house)


TheHouse = Annotated[House, Depends(house_of)]
