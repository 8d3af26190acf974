"""Numbers: one gap-free inside the office, one public that tells no count, and the verification code.

The public number is drawn by HMAC from the request, so asking again gives the same one, and nobody can
tell from two numbers how many lie between them. The code is HMAC-SHA256(office secret, number), 128
bits: a crashed issue finds it again, and only its hash is kept.
"""

import hashlib
import hmac
import unicodedata
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col

from reportgen.registry.tables import CounterRow
from reportgen.store.rows import enter_once
from reportgen.subject.identifiers import ALPHABET

PREFIX = "XY"
CODE_LENGTH = 26
"""Letters and digits of a verification code."""
_TAIL, _CODE_BITS = 8, 128
_MEANT = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5"})
"""What is meant by letters that neither numbers nor codes have."""


def register_number(session: Session, day: date) -> str:
    """Return the next number of a day, such as 20261122-000001.

    Taken and used in one transaction: one that fails gives its number back, so no gap remains.
    """
    enter_once(session, CounterRow, day=day, last=0)
    taken = session.execute(
        update(CounterRow)
        .where(col(CounterRow.day) == day)
        .values(last=CounterRow.last + 1)
        .returning(col(CounterRow.last))
    ).scalar_one()
    return f"{day:%Y%m%d}-{taken:06d}"


def public_number(secret: bytes, request_key: str, day: date, attempt: int = 0) -> str:
    """Return the public number of a request on a day; another attempt gives another number."""
    again = f"#{attempt}" if attempt else ""
    digest = hmac.new(secret, f"{request_key}{day:%Y%m%d}{again}".encode(), hashlib.sha256).digest()
    body = f"{PREFIX}{day:%Y%m%d}{base31(digest, _TAIL)}"
    return f"{body}-{check_letter(body)}"


def verification_code(secret: bytes, number: str) -> str:
    """Return the code that goes with a number: 128 bits in 26 characters."""
    digest = hmac.new(secret, number.encode(), hashlib.sha256).digest()
    return base31(digest[: _CODE_BITS // 8], CODE_LENGTH)


def code_hash(code: str) -> str:
    """Return what the register keeps of a code, however a reader typed it."""
    return hashlib.sha256(read_code(code).encode()).hexdigest()


def read_code(typed: str) -> str:
    """Return a code as it was printed: small and wide letters, spaces and dashes do not matter to a reader."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in plain if letter.isalnum()).translate(_MEANT)


def read_number(typed: str) -> str:
    """Return a number as the register writes it, from how a reader typed it, with its dash or without."""
    letters = read_code(typed)
    return f"{letters[:-1]}-{letters[-1:]}"


def base31(data: bytes, length: int) -> str:
    """Return bytes as `length` characters of the USCC alphabet, which has no letters easily confused."""
    value = int.from_bytes(data, "big")
    letters = []
    for _ in range(length):
        value, digit = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))


def check_letter(body: str) -> str:
    """Return the check character of a number: weights 3^i mod 31 over letters and digits."""
    known = "".join(c for c in body if c in ALPHABET)
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(known))
    return ALPHABET[-total % 31]


def well_formed(number: str) -> bool:
    """Say whether a number's check character fits."""
    body, _, letter = number.partition("-")
    return bool(body) and letter == check_letter(body)
