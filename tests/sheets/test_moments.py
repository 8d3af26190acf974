"""A moment is read in every spelling of a clerk, and what is no moment, or open to two readings, is told."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.sheets.moments import read_moment
from reportgen.sheets.text import EPOCH, CellError

MAC = datetime(1904, 1, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-21 09:30",
        "2026-11-21T09:30:00",
        "2026/11/21 9:30:00",
        "2026.11.21 9:30 AM",
        "2026年11月21日上午9时30分",
        "2026年11月21日 9点半",
        "2026 年 11 月 21 日 9 时 30 分 00 秒",
        "2026年11月21日（星期六）９：３０（北京时间）",
        "北京时间2026年11月21日9时30分",
        datetime(2026, 11, 21, 9, 30),
        46347.395833333336,
        "46347.39583",
    ],
)
def test_a_moment_is_read_in_every_spelling(cell: object) -> None:
    assert read_moment(cell, EPOCH) == "2026-11-21T09:30:00"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026年11月21日下午2时", "2026-11-21T14:00:00"),
        ("2026年11月21日14时整", "2026-11-21T14:00:00"),
        ("2026年11月21日中午12点", "2026-11-21T12:00:00"),
        ("2026-11-21 12:30 AM", "2026-11-21T00:30:00"),
        ("2026-11-21 12:30 PM", "2026-11-21T12:30:00"),
        ("2026-11-21 00:00", "2026-11-21T00:00:00"),
        ("2026-11-21 09:30Z", "2026-11-21T09:30:00Z"),
        ("2026-11-21 09:30:15.5+08:00", "2026-11-21T09:30:15.5+08:00"),
        ("2026-1-1 12:30", "2026-01-01T12:30:00"),
        ("2026-02-30 09:30", "2026-02-30T09:30:00"),
        ("2026-1-112:30", "2026-1-112:30"),
        ("开标时另定", "开标时另定"),
        ("—", None),
    ],
)
def test_a_moment_is_never_guessed(cell: object, moment: str | None) -> None:
    assert read_moment(cell, EPOCH) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-21",
        "2026年11月21日",
        "20261121",
        46347,
        "46348.0",
        datetime(2026, 11, 21),
        date(2026, 11, 21),
        time(9, 30),
        "2026年11月21日24时",
        "2026年11月21日上午12时",
        "2026年11月21日凌晨12时",
        "2026年11月21日下午12时30分",
        "2026-11-21 25:00",
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_what_is_no_moment_is_told(cell: object) -> None:
    with pytest.raises(CellError):
        read_moment(cell, EPOCH)


def test_days_are_counted_as_the_workbook_says() -> None:
    assert read_moment(46347.5 - 1462, MAC) == "2026-11-21T12:00:00"


@given(
    st.text()
    | st.floats()
    | st.integers()
    | st.datetimes()
    | st.text("2026-/年月日时分: 上下午13", max_size=24)
)
def test_no_cell_breaks_the_reader(cell: object) -> None:
    try:
        read_moment(cell, EPOCH)
    except CellError as error:
        assert str(error)


@given(
    st.datetimes(datetime(1927, 6, 1), datetime(2173, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
)
def test_a_serial_is_exact_to_the_second(moment: datetime) -> None:
    days = (moment - EPOCH).total_seconds() / 86400
    if days % 1:
        assert read_moment(days, EPOCH) == moment.isoformat()
