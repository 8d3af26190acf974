"""What the tests of the agency's registers share: who acts, what was entered, where a page's own words are."""

from sqlmodel import col, select

from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import EventRow
from reportgen.store.account_rows import AccountKind
from reportgen.zone import now
from tests.web.portal import Portal

AGENCY = AccountKind.AGENCY
OTHER = "91990100MA9C1A023F"
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"


def desk(portal: Portal, login: str = "clerk") -> Desk:
    return portal.house.desk_of(login).desk(now())


def events(portal: Portal, tag: str) -> list[tuple[str, str]]:
    """Return who did what of a tag, with what it says."""
    asked = select(EventRow.actor, EventRow.data).where(EventRow.tag == tag).order_by(col(EventRow.id))
    return list(portal.house.store.read(lambda session: session.exec(asked).all()))


def main_of(text: str) -> str:
    return text.split("<main", 1)[1].split("</main", 1)[0]
