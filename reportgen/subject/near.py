"""Names that differ and may mean one class (房建工程, 房屋建筑工程): a question for a person, never an answer.

Nothing passes by a near name. But where only a near one is found, nobody may be failed for lack of the thing before
somebody has compared the two. Names are near when, without the words that most of them share and with usual short
forms written out, one contains the other, one abbreviates the other, or they differ by a letter or so. 总承包 is
never near 专业承包, nor 施工 near 设计.
"""

import re
from difflib import SequenceMatcher

from reportgen.subject.identity import normalised

_SHORT = (
    ("混凝土", "砼"),
    ("起重机", "吊车|吊机|吊|(?<=塔)机"),
    ("房屋建筑", "房建"),
    ("项目经理", "项目负责人"),
)
"""Words by their usual short forms."""
_COMMON = re.compile("工程|施工|总承包|专业承包|劳务|承包|资质|许可证|许可|证书|注册|类别|[一二三四]级|式")
_CONTRACTED = ("总承包", "专业承包", "劳务")
_SERVICES = ("设计", "监理", "勘察", "造价", "检测", "咨询", "代理")
_SHORTEST, _LEAST_ALIKE = 2, 0.8


def near(one: str, other: str) -> bool:
    """Say whether two names are not the same and may mean the same class."""
    if one == other or _apart(one, other):
        return False
    short, long = sorted((_stem(one), _stem(other)), key=len)
    return short == long or (len(short) >= _SHORTEST and _alike(short, long))


def question(had: str, asked: str) -> str:
    """Return what a person has to look at where a subject has something of a near name."""
    return f"主体有“{had}”，条款写“{asked}”，是否同一类？请核对"


def _apart(one: str, other: str) -> bool:
    first, second = ({word for word in _CONTRACTED if word in name} for name in (one, other))
    services = [{word for word in _SERVICES if word in name} for name in (one, other)]
    return services[0] != services[1] or bool(first and second and first != second)


def _stem(name: str) -> str:
    whole = normalised(name)
    for word, short in _SHORT:
        whole = re.sub(short, word, whole)
    return _COMMON.sub("", whole) or whole


def _alike(short: str, long: str) -> bool:
    abbreviates = short[0] == long[0] or short[-1] == long[-1]
    return (
        short in long
        or (abbreviates and _in_order(short, long))
        or SequenceMatcher(None, short, long, autojunk=False).ratio() >= _LEAST_ALIKE
    )


def _in_order(short: str, long: str) -> bool:
    """Say whether the letters of one stand in the other, in their order."""
    letters = iter(long)
    return all(letter in letters for letter in short)
