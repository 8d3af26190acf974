"""The 统一社会信用代码 (USCC): check digits, kind of subject, embedded organisation code.

Source: GB 32100-2015 (18 characters, weights 3^(i-1) mod 31) and GB 11714 (mod 11 check of the
nine-character organisation code). Both checks must hold. A valid code does not prove that the
subject exists; whoever shows the result says so. Positions 1 and 2 may hold letters (G1, N2, Y1),
and retired region codes stay in old codes, so neither is restricted to a list of digits.
"""

from typing import Annotated

from pydantic import AfterValidator

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18

# First two characters: 登记管理部门 and 机构类别. Only kinds named in the code rules' common use.
KINDS = {
    "11": "机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}


def check_character(body: str) -> str:
    """Return the 18th character for the first 17; `body` must be of the alphabet (ValueError)."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """Return the check character of an eight-character organisation code: 0–9 or X (GB 11714)."""
    total = sum(_ORG_ALPHABET.index(c) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def uscc_fault(code: str) -> str | None:
    """Return in Chinese why `code` is no USCC, or None if both check digits hold."""
    if len(code) != _LENGTH:
        return f"统一社会信用代码应为 18 位，实为 {len(code)} 位"
    alien = sorted({c for c in code if c not in ALPHABET})
    if alien:
        return f"统一社会信用代码含不允许的字符 {'、'.join(alien)}（不用 I、O、Z、S、V 与小写）"
    if check_character(code[:17]) != code[17]:
        return f"统一社会信用代码校验位应为 {check_character(code[:17])}，实为 {code[17]}"
    if organisation_check(code[8:16]) != code[16]:
        return f"主体标识码校验位应为 {organisation_check(code[8:16])}，实为 {code[16]}"
    return None


def subject_kind(uscc: str) -> str:
    """Return the kind of subject by the first two characters, or 其他."""
    return KINDS.get(uscc[:2], "其他")


def _checked(code: str) -> str:
    fault = uscc_fault(code)
    if fault:
        raise ValueError(fault)
    return code


Uscc = Annotated[str, AfterValidator(_checked)]
