"""Names compare by one spelling, and by nothing but equality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.intake.names import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("样本（集团）有限公司", "样本(集团)有限公司"),
        ("样本 集团·有限公司", "样本集团有限公司"),
        ("ＡＢＣ１２３有限公司", "abc123有限公司"),
        ("廣東樣本建築有限公司", "广东样本建筑有限公司"),
        ("乾豐實業", "乾丰实业"),
        ("皇後酒店", "皇后酒店"),
    ],
)
def test_what_is_written_in_several_ways_is_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("样本有限责任公司", "样本有限公司"), ("样本一公司", "样本二公司"), ("样本𠮷公司", "样本吉公司")],
)
def test_another_name_is_another_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_what_holds_no_letter_has_no_key() -> None:
    assert name_key("（—） ·") == ""


@given(st.text())
def test_a_key_is_its_own_key_and_what_stands_beside_a_name_changes_nothing_of_it(text: str) -> None:
    key = name_key(text)
    assert name_key(f" （{key}）") == name_key(key)
