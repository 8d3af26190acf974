"""What no file may bring in, whatever its shape: numbers of persons, and of a project a grade that nobody can read.

The models read what is stored as well, and must be able to: so it is refused here, where things come in.
"""

import re
from collections.abc import Iterator, Mapping

from reportgen.errors import Fault
from reportgen.plain import child
from reportgen.subject.grades import EXAMPLES, grade_word
from reportgen.subject.private import identity_number_in, mobile_number_in

_CODES = re.compile(r"(?:^|[._])uscc$|(?:^|\.)sha256$|(?:^|\.)former_codes\[\d+\]$")
"""The paths of codes of other things."""
_NAMES = re.compile(
    r"(?:^|\.)(?:officers|people|shareholders)\[\d+\]\.name$|legal_representative$|verification\.by$"
)
"""The paths of names of persons."""
_GRADED = frozenset({"qualification", "people"})
_IDENTITY = "含有居民身份证号码：报告不载身份证件号码，请删去或遮盖"
_MOBILE = "姓名中含有手机号码：报告不载个人电话，请删去"


def refused(data: Mapping[str, object]) -> list[Fault]:
    """Return what is refused in the tree of a subject, a delivery or a project; never the numbers themselves."""
    return [Fault("E0301", path, what) for path, what in (*_private(data, ""), *_grades(data, ""))]


def _below(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from ((child(path, str(key)), inner) for key, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from ((child(path, index), inner) for index, inner in enumerate(value))


def _private(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not _CODES.search(path):
        if identity_number_in(value):
            yield path, _IDENTITY
        elif _NAMES.search(path) and mobile_number_in(value):
            yield path, _MOBILE
    for place, inner in _below(value, path):
        yield from _private(inner, place)


def _grades(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and str(value.get("kind")) in _GRADED:
        grade = value.get("grade")
        if isinstance(grade, str) and grade_word(grade, least=True) is None:
            yield (
                child(path, "grade"),
                f"认不出等级“{grade[:20]}”，请写作{EXAMPLES}之类；没有等级要求的留空",
            )
    for place, inner in _below(value, path):
        yield from _grades(inner, place)
