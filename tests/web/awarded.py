"""Award notices of the one project of a portal under test, and uses of its one report."""

from reportgen.registry.award_rows import AwardNoticeRow
from reportgen.registry.lifecycle import Use, consume
from reportgen.zone import now
from tests.web.portal import PROJECT, RECIPIENT, Portal


def used(portal: Portal) -> None:
    """Use the one report."""
    press, use = portal.house.desk_of("owner"), Use(PROJECT, 1, "", RECIPIENT)
    press.store.write(lambda session: consume(session, portal.number, use, press.desk(now())))


def announced(portal: Portal) -> None:
    """Enter the award notice, whatever the time."""
    row = AwardNoticeRow(
        project=PROJECT, round=1, lot="", on=now().date(), entered_at=now(), entered_by="owner"
    )
    portal.house.store.write(lambda session: session.add(row))
