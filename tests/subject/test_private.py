"""Numbers of persons are told from other numbers of many digits. Those here are of nobody: born in 1849."""

import pytest

from reportgen.subject.identifiers import check_character, organisation_check, uscc_fault
from reportgen.subject.private import identity_number_in, mobile_number_in

NOBODY = "110000184912310023"


@pytest.mark.parametrize(
    "text",
    [
        NOBODY,
        f"某穗（{NOBODY}）",
        f"T{NOBODY}",
        "110000 18491231 0023",
        "".join(chr(ord(digit) + 0xFEE0) for digit in NOBODY),
    ],
)
def test_an_identity_number_is_found_wherever_it_stands(text: str) -> None:
    assert identity_number_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{NOBODY[:-1]}1",
        f"{NOBODY}9",
        "110000184913310028",
        "990000184912310028",
        "91990102MA9C2K077N",
        "20261119093217041188",
        "1234567890123456789",
        "110000********0023",
    ],
)
def test_other_numbers_of_many_digits_are_none(text: str) -> None:
    assert not identity_number_in(text)


def test_a_valid_code_of_an_organisation_is_none_even_where_it_looks_like_one() -> None:
    bodies = (f"1231012018010{n:03}" for n in range(1000))
    codes = (f"{body}{organisation_check(body[8:16])}" for body in bodies)
    valid = [f"{code}{check_character(code)}" for code in codes if "X" not in code]
    digits = [code for code in valid if code.isdigit()]
    assert digits
    assert all(uscc_fault(code) is None for code in digits)
    assert not any(identity_number_in(code) for code in digits)


def test_a_mobile_number_is_found_in_its_usual_spellings() -> None:
    assert mobile_number_in("某甲 13900000000")
    assert mobile_number_in("139-0000-0000")
    assert not mobile_number_in("0990-1234567")
    assert not mobile_number_in("合同 20139000000001")
