"""Table of looks: how often a report was looked up in a day, in which way, with which outcome; nobody's name."""

from datetime import date

from sqlmodel import Field

from reportgen.store.tables import Row


class LookRow(Row, table=True):
    """Looks of a day; `number` is nothing where the register knows no such report."""

    __tablename__ = "look"

    day: date = Field(primary_key=True)
    way: str = Field(max_length=10, primary_key=True)
    number: str = Field(max_length=40, primary_key=True)
    outcome: str = Field(max_length=20, primary_key=True)
    count: int
