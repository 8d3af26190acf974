"""The 统一社会信用代码: two check digits, computed here a second way, and every near miss refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from stdnum.cn import uscc as stdnum_uscc

from reportgen.subject.identifiers import (
    ALPHABET,
    KINDS,
    Uscc,
    check_character,
    organisation_check,
    subject_kind,
    uscc_fault,
)
from tests.factories import SUBJECT_USCC

DIGITS = "0123456789"
# GB 32100 leaves out the letters that are easily taken for others.
LETTERS = "".join(c for c in DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ")


def second_check(body: str) -> str:
    """Return the 18th character by Horner's rule from the right: the whole must be 0 modulo 31."""
    value = 0
    for character in reversed(body):
        value = (value * 3 + LETTERS.index(character)) % 31
    return next(c for c in LETTERS if (value + LETTERS.index(c)) % 31 == 0)


def second_organisation_check(body: str) -> str:
    """Return the check of an organisation code as GB 11714 words it: 11 − Σ mod 11; 10 is X, 11 is 0."""
    weights = {0: 3, 1: 7, 2: 9, 3: 10, 4: 5, 5: 8, 6: 4, 7: 2}
    rest = 11 - sum(int(body[i], 36) * weight for i, weight in weights.items()) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def complete(prefix: str, region: str, organisation: str) -> str:
    """Return a code with both checks, computed by the second implementation."""
    body = prefix + region + organisation + second_organisation_check(organisation)
    return body + second_check(body)


prefixes = st.sampled_from(["11", "12", "51", "52", "53", "91", "92", "93", "A1", "G1", "N2", "Y1"])
regions = st.text(DIGITS, min_size=6, max_size=6)
organisations = st.text(LETTERS, min_size=8, max_size=8)
codes = st.builds(complete, prefixes, regions, organisations)
firms = st.builds(complete, st.just("91"), regions, organisations)


def test_the_alphabet_has_31_characters_and_none_that_is_easily_misread() -> None:
    assert ALPHABET == LETTERS
    assert len(ALPHABET) == 31


@given(codes)
def test_a_code_with_both_checks_is_accepted(code: str) -> None:
    assert uscc_fault(code) is None
    assert check_character(code[:17]) == code[17]
    assert organisation_check(code[8:16]) == code[16]


@given(firms)
def test_an_independent_library_accepts_the_same_firms(code: str) -> None:
    assert stdnum_uscc.is_valid(code)
    assert stdnum_uscc.calc_check_digit(code[:17]) == check_character(code[:17])


@given(firms.map(lambda code: code[:17]), st.sampled_from(ALPHABET))
def test_whatever_an_independent_library_refuses_is_refused(body: str, last: str) -> None:
    accepted = uscc_fault(body + last) is None
    assert accepted == stdnum_uscc.is_valid(body + last)


@pytest.mark.parametrize("prefix", ["A1", "G1", "N2", "N9", "Y1", "Y9"])
def test_letters_may_stand_for_department_and_kind(prefix: str) -> None:
    code = complete(prefix, "990000", "71352297")
    assert uscc_fault(code) is None
    # The library wants digits there: one reason for having our own check.
    assert not stdnum_uscc.is_valid(code)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_changing_any_one_character_is_always_noticed(code: str, place: int, other: str) -> None:
    # 31 is a prime and no weight is a multiple of it, so no single change leaves the sum at 0.
    changed = code[:place] + other + code[place + 1 :]
    assert (uscc_fault(changed) is None) == (changed == code)


@given(codes, st.integers(0, 16))
def test_swapping_two_neighbours_is_always_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (uscc_fault(swapped) is None) == (swapped == code)


@given(prefixes, regions, organisations, st.sampled_from(DIGITS + "X"))
def test_a_right_last_character_does_not_excuse_a_wrong_organisation_check(
    prefix: str, region: str, organisation: str, check: str
) -> None:
    body = prefix + region + organisation + check
    right = second_organisation_check(organisation)
    fault = uscc_fault(body + second_check(body))
    assert fault == (None if check == right else f"主体标识码校验位应为 {right}，实为 {check}")


@pytest.mark.parametrize(("body", "check"), [("00000000", "0"), ("00000001", "9"), ("10000003", "2")])
def test_the_organisation_check_by_hand(body: str, check: str) -> None:
    # 1·2 leaves 2, 11 − 2 = 9; 1·3 + 3·2 leaves 9, 11 − 9 = 2.
    assert organisation_check(body) == check


def test_an_organisation_check_of_ten_is_x() -> None:
    # 6·2 = 12 leaves 1, 11 − 1 = 10.
    assert organisation_check("00000006") == "X"
    assert uscc_fault(complete("91", "990102", "00000006")) is None


def test_the_check_character_by_hand() -> None:
    # 9·1 + 1·3 = 12, 31 − 12 = 19, the twentieth character.
    assert check_character("91" + "0" * 15) == "K"


@pytest.mark.parametrize("body", ["9" * 16, "9" * 18, "I" * 17, ""])
def test_only_seventeen_characters_of_the_alphabet_have_a_check_character(body: str) -> None:
    with pytest.raises(ValueError, match=r"argument|substring"):
        check_character(body)


@pytest.mark.parametrize("length", [0, 1, 15, 17, 19, 36])
def test_the_length_is_told(length: int) -> None:
    assert uscc_fault("9" * length) == f"统一社会信用代码应为 18 位，实为 {length} 位"


@pytest.mark.parametrize("alien", [*"IOSVZ", "a", "-", " ", "９", "甲", "\n", "\u202e"])
def test_a_character_outside_the_alphabet_is_named(alien: str) -> None:
    fault = uscc_fault(alien + SUBJECT_USCC[1:])
    assert fault is not None
    assert f"不允许的字符 {alien}（" in fault


def test_all_alien_characters_are_named_once_and_in_order() -> None:
    fault = uscc_fault("ZIZI" + SUBJECT_USCC[4:])
    assert fault is not None
    assert "不允许的字符 I、Z（" in fault


def test_lower_case_is_refused_and_not_silently_raised() -> None:
    lower = SUBJECT_USCC.lower()
    assert lower != SUBJECT_USCC
    fault = uscc_fault(lower)
    assert fault is not None
    assert "小写" in fault


@pytest.mark.parametrize(("prefix", "kind"), [*KINDS.items(), ("G1", "其他"), ("99", "其他"), ("", "其他")])
def test_the_first_two_characters_tell_the_kind_of_subject(prefix: str, kind: str) -> None:
    assert subject_kind(f"{prefix}{SUBJECT_USCC[2:]}" if prefix else "") == kind


def test_a_model_says_in_chinese_what_is_wrong_with_a_code() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Uscc)
    assert adapter.validate_python(SUBJECT_USCC) == SUBJECT_USCC
    with pytest.raises(ValidationError, match="校验位应为"):
        adapter.validate_python(SUBJECT_USCC[:-1] + ("0" if SUBJECT_USCC[-1] != "0" else "1"))
