"""Table of award notices (中标公示): the day of a project's round or lot from which a bidder may know of a use."""

from datetime import date

from pydantic import NaiveDatetime
from sqlmodel import Field

from reportgen.store.tables import Row


class AwardNoticeRow(Row, table=True):
    """The award notice of a round, or of one of its lots: the day it was published, when and by whom it was entered.

    `lot` is never NULL: it is empty where the project has no lots, as with reports. `entered_by` is a login.
    """

    __tablename__ = "award_notice"

    project: str = Field(max_length=64, primary_key=True)
    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    lot: str = Field(default="", max_length=64, primary_key=True, sa_column_kwargs={"server_default": ""})
    on: date
    entered_at: NaiveDatetime
    entered_by: str = Field(max_length=60)
