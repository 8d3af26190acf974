"""Numbers of persons (居民身份证号码, mobile telephone numbers) in texts: no report holds any."""

import re
import unicodedata
from contextlib import suppress
from datetime import date

from reportgen.subject.identifiers import uscc_fault

_BLANK = "[ -]?"
_IDENTITY = re.compile(
    rf"(?<!\d)((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{{4}}){_BLANK}"
    rf"((?:18|19|20)\d{{6}}){_BLANK}(\d{{3}}[\dX])(?!\d)",
    re.I,
)
_MOBILE = re.compile(r"(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)")
_WEIGHTS, _CHECKS = tuple(pow(2, 17 - i, 11) for i in range(17)), "10X98765432"


def identity_number_in(text: str) -> bool:
    """Say whether a text holds the number of an identity card (GB 11643): a region, a date, the check digit.

    A valid 统一社会信用代码 of digits alone is none.
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(_is_identity("".join(found.groups()).upper()) for found in _IDENTITY.finditer(plain))


def mobile_number_in(text: str) -> bool:
    """Say whether a text holds what looks like the number of a mobile telephone."""
    return bool(_MOBILE.search(unicodedata.normalize("NFKC", text)))


def _is_identity(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    with suppress(ValueError):
        date.fromisoformat(digits[6:14])
        return digits[17] == _CHECKS[total % 11] and uscc_fault(digits) is not None
    return False
