"""The time zone of every moment that has none: days begin at 00:00 here. It loads no model."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""It has had no other offset since 1991."""
