"""Numbers: no gap inside, no count outside, and codes that come back after a crash."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.registry.numbers import (
    check_letter,
    code_hash,
    public_number,
    read_number,
    register_number,
    verification_code,
    well_formed,
)
from reportgen.store.engine import Store
from reportgen.subject.identifiers import ALPHABET
from tests.registry.lives import NOW, SECRET

KEYS = st.text("0123456789abcdef", min_size=64, max_size=64)
SECRETS = st.binary(min_size=32, max_size=32)
DAYS = st.dates(date(2026, 1, 1), date(2099, 12, 31))
shared = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
TODAY = NOW.date()


@given(SECRETS, KEYS, DAYS)
def test_a_public_number_is_asked_again_and_is_the_same(secret: bytes, key: str, day: date) -> None:
    number = public_number(secret, key, day)
    assert number == public_number(secret, key, day)
    assert number.startswith(f"XY{day:%Y%m%d}")
    assert well_formed(number)
    assert len({number, public_number(secret, key, day, 1), public_number(secret, key, day, 2)}) == 3


@given(SECRETS, KEYS, DAYS, st.data())
def test_one_wrong_character_is_found(secret: bytes, key: str, day: date, data: st.DataObject) -> None:
    number = public_number(secret, key, day)
    place = data.draw(st.sampled_from([n for n in range(len(number)) if number[n] != "-"]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != number[place]]))
    assert not well_formed(number[:place] + other + number[place + 1 :])


@given(SECRETS, KEYS, DAYS, st.integers(10, 17))
def test_two_neighbours_exchanged_are_found(secret: bytes, key: str, day: date, place: int) -> None:
    number = public_number(secret, key, day)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert well_formed(swapped) is (swapped == number)


@pytest.mark.parametrize("number", ["", "-", "XY", "-A", "XY20261122", "XY20261122AAAAAAAA"])
def test_what_is_no_number_is_not_well_formed(number: str) -> None:
    assert not well_formed(number)


@given(SECRETS, KEYS, DAYS, st.sampled_from(["", " ", "-", "－", "—"]), st.booleans())
def test_a_number_is_read_however_it_was_typed(
    secret: bytes, key: str, day: date, dash: str, wide: bool
) -> None:
    number = public_number(secret, key, day)
    typed = number.lower().replace("-", dash)
    spelt = "".join(chr(ord(c) + 0xFEE0) if wide and "!" <= c <= "~" else c for c in typed)
    assert read_number(spelt) == number


def test_nobody_can_count_by_public_numbers() -> None:
    numbers = [public_number(SECRET, f"{n:064x}", TODAY)[10:18] for n in range(2000)]
    assert len(set(numbers)) == len(numbers)
    assert numbers != sorted(numbers)
    first = [ALPHABET.index(tail[0]) for tail in numbers]
    # Spread over the alphabet however few were given: the order of the requests shows nowhere.
    assert min(first.count(value) for value in range(31)) > 30
    assert abs(sum(a < b for a, b in pairwise(numbers)) - 1000) < 150


def test_another_secret_gives_other_numbers_and_codes() -> None:
    number = public_number(SECRET, "a", TODAY)
    assert public_number(b"another", "a", TODAY) != number
    assert verification_code(b"another", number) != verification_code(SECRET, number)


@given(KEYS)
def test_a_code_has_128_bits_and_comes_back(key: str) -> None:
    code = verification_code(SECRET, key)
    assert code == verification_code(SECRET, key)
    assert len(code) == 26
    assert set(code) <= set(ALPHABET)
    assert len(ALPHABET) ** 26 > 2**128


@given(st.data())
def test_spaces_and_small_letters_do_not_matter_to_a_code(data: st.DataObject) -> None:
    code = verification_code(SECRET, "XY20261122")
    parts = [data.draw(st.sampled_from([c, c.lower(), f"{c} ", f" \u3000{c}\n"])) for c in code]
    assert code_hash("".join(parts)) == code_hash(code)
    assert code_hash(code[:-1]) != code_hash(code)
    assert code not in code_hash(code)


def test_check_letters_skip_what_the_alphabet_lacks() -> None:
    assert check_letter("XY2026") == check_letter("XY-2026")


@shared
@given(days=st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_register_numbers_of_a_day_have_no_gap(store: Store, days: list[int]) -> None:
    def draw(session: object) -> list[str]:
        return [register_number(session, TODAY + timedelta(days=n)) for n in days]  # type: ignore[arg-type]

    before: dict[int, int] = {}
    for n, number in zip(days, store.write(draw), strict=True):
        prefix, _, count = number.partition("-")
        assert prefix == f"{TODAY + timedelta(days=n):%Y%m%d}"
        assert int(count) == before.get(n, int(count) - 1) + 1
        before[n] = int(count)
