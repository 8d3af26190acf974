"""Grades (等级) of 资质, licences, certificates and persons: one word for each, however it is typed, and their order.

`２級`, `贰级资质` and `二 级` are 二级. What cannot be read stays as written: nobody passes or fails by it.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

LONGEST = 20
UNGRADED = "不分等级"
EXAMPLES = "一级、甲级、特级、综合、高级、C类、不分等级"
"""Grades as a clerk may type them, for messages."""
_DIGITS = dict(
    zip("123456789壹贰叁肆伍陆柒捌玖貳參叄弐", "一二三四五六七八九一二三四五六七八九二三三二", strict=True)
)
_ROMAN = {"I": "一", "II": "二", "III": "三", "IV": "四", "V": "五"}
_UNGRADED = {"不分等级", "不分级", "无等级", "未分级", "不分级别"}
_WORDS = {"特级", "综合", "综合甲级", "正高级", "副高级", "高级", "中级", "初级"}
_SKILLS = ("高级技师", "技师", "高级工", "中级工", "初级工")
_OTHERS = {
    "综合资质": "综合",
    "综合级": "综合",
    "特": "特级",
    "教授级高级": "正高级",
    "正高": "正高级",
    "副高": "副高级",
}
_ABOUT = "资质|资格|职称|证书"
_MORE = r"\(含[^()]*\)|含|及以上|及其以上|或以上|以上"
_BEHIND = {False: re.compile(f"(?:{_ABOUT})+$"), True: re.compile(f"(?:{_ABOUT}|{_MORE})+$")}
"""What may stand behind a grade that somebody holds, and behind the least that is asked for."""
_BARE = re.compile("[一二三四甲乙丙丁]")
_NAMED = re.compile("[一二三四五六七八九甲乙丙丁A-Z]级|[一二三四五六七八九A-Z]类")
_RATED = re.compile("[1-5]?[A-Z]{1,4}级?|[一二三四五]星级?")
# Best first: grades of 资质 and licences, then of 职称 and 软考, then of craft.
_SCALES: tuple[tuple[set[str], ...], ...] = (
    ({"特级", "综合", "综合甲级"}, {"一级", "甲级"}, {"二级", "乙级"}, {"三级", "丙级"}, {"四级", "丁级"}),
    ({"正高级"}, {"高级", "副高级"}, {"中级"}, {"初级"}),
    tuple({skill} for skill in _SKILLS),
)


def grade_word(text: str, *, least: bool = False) -> str | None:
    """Return the one word for a grade; None for what cannot be read, nothing for nothing.

    `least`: it says the least that is asked for, so 及以上 may stand behind it.
    """
    bare = _BEHIND[least].sub("", _plain(text)) or _plain(text)
    if not bare or bare in _UNGRADED:
        return UNGRADED if bare else ""
    word = _OTHERS.get(bare, bare)
    if word in _WORDS or word in _SKILLS:
        return word
    word = _in_chinese(word)
    return word if _NAMED.fullmatch(word) or _RATED.fullmatch(word) else None


def _plain(text: str) -> str:
    bare = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return bare.replace("級", "级").replace("類", "类").replace("資", "资").replace("質", "质")


def _in_chinese(word: str) -> str:
    """Return a grade with its number in usual Chinese numerals, and 级 behind a bare one."""
    head, tail = (word[:-1], word[-1]) if word[-1] in "级类" else (word, "")
    head = _ROMAN.get(head, head)
    head = _DIGITS.get(head, head)
    return f"{head}级" if not tail and _BARE.fullmatch(head) else head + tail


def _held(text: str) -> str:
    return grade_word(text) or text


def _asked(text: str) -> str:
    return grade_word(text, least=True) or text


HeldGrade = Annotated[str, Field(max_length=LONGEST), AfterValidator(_held)]
"""A grade as somebody holds it."""
AskedGrade = Annotated[str, Field(max_length=LONGEST), AfterValidator(_asked)]
"""A grade as the least that is asked for."""


def at_least(grade: str, least: str, *, ordered: bool = True) -> bool | None:
    """Say whether a grade is at least another; None where that cannot be told.

    It cannot where none is told, one cannot be read, or no scale has both. `ordered`: the numbers of grades are
    those of 资质; of other certificates a larger number may be the better one.
    """
    if least in {"", UNGRADED} or grade == least:
        return True
    if grade == UNGRADED:
        return False
    for scale in _SCALES if ordered else ():
        ranks = {name: rank for rank, names in enumerate(scale) for name in names}
        if grade in ranks and least in ranks:
            return ranks[grade] <= ranks[least]
    return None
