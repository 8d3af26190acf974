"""The points of a check in Chinese: what holds, what does not and why, and what to do about it."""

from collections.abc import Iterator
from datetime import date, datetime

from reportgen.certify.facts import EXPIRED, REPORT, REVOKED, USED, VALID, Asked, RegisterFacts, Source
from reportgen.certify.folding import Key, Point
from reportgen.certify.inspection import Coverage, Seen, Unreadable
from reportgen.certify.likeness import Likeness, Place

BOOKS = {Source.REGISTER: "登记簿", Source.MANIFEST: "核验清单"}
_ORIGINAL = "不得使用；请用出具机构交付的原文件，另存、打印后扫描或编辑过的都不是"
_SIGNED = (
    Key.INTEGRITY,
    Key.CERTIFICATION,
    Key.COVERAGE,
    Key.TRUST,
    Key.VALIDITY,
    Key.STAMP,
    Key.SIGNER,
)
_UNREADABLE = {
    Unreadable.TOO_LARGE: "超过 50 MB，不是信用报告",
    Unreadable.NOT_PDF: "不是 PDF 文件",
    Unreadable.BROKEN: "文件损坏、被截断或被改动，不能读取",
    Unreadable.ENCRYPTED: "文件被加密，出具的报告从不加密",
    Unreadable.UNSIGNED: "没有电子签名",
    Unreadable.SEVERAL: "有不止一个电子签名，出具的报告只有一个；长期保存的副本不代替原件",
}
_COVERED = {
    Coverage.WHOLE: "签名覆盖整个文件",
    Coverage.TRAILING: "签名之后，文件末尾多出了数据",
    Coverage.REVISED: "签名之后追加了修订；加批注、填写、另存都会如此",
    Coverage.PARTLY: "签名没有覆盖整个文件",
    Coverage.PADDING: "存放签名的区域被改动",
}


def signature(found: Seen | Unreadable, at: datetime, *, held: bool) -> Iterator[Point]:
    """Yield what the signature says of the file; `held` says that the book holds exactly these bytes."""
    if isinstance(found, Unreadable):
        yield from _unread(found, held=held)
        return
    yield Point(Key.FILE, True, "PDF 文件，有且只有一个电子签名")
    yield _plain(Key.INTEGRITY, found.intact, "签名以来内容没有改动", "签名之后内容被改动")
    locked = "以认证签名锁定，不许任何改动"
    yield _plain(Key.CERTIFICATION, found.certified, locked, "不是锁定全文的认证签名")
    whole = found.coverage is Coverage.WHOLE
    yield _plain(Key.COVERAGE, whole, _COVERED[found.coverage], _COVERED[found.coverage])
    yield _trust(found)
    yield _validity(found, at)
    yield _stamp(found)


def signer(name: str, agency: str) -> Point:
    """Return whether the signer bears the agency's name."""
    if not agency:
        return Point(Key.SIGNER, None, f"签名人为“{name}”，没有机构名称可比对")
    if name == agency:
        return Point(Key.SIGNER, True, f"“{name}”，与机构名称一致")
    return Point(Key.SIGNER, False, f"签名人为“{name}”，机构名称为“{agency}”", _ORIGINAL)


def digest(book: RegisterFacts | None, *, held: bool, beyond: str) -> Point:
    """Return whether the book holds these bytes; `beyond`: why it can know nothing of them."""
    if book is None:
        advice = "在机构文件夹中运行，或用 --manifest 给出核验清单；也可凭编号与核验码核验"
        return Point(Key.HASH, None, "没有登记簿或核验清单可对照", advice)
    name = BOOKS[book.source]
    if held:
        return Point(Key.HASH, True, f"与{name}（{_moment(book.as_of)}）所载逐字节一致")
    if beyond:
        return Point(Key.HASH, None, f"{name}{beyond}", "请用载有这份报告的清单，或凭编号与核验码核验")
    if book.number:
        why = f"{name}中编号 {book.number} 的报告是另一份文件：本文件被改动，或是仿造"
    else:
        late = "，或出具于清单截止之后" if book.source is Source.MANIFEST else ""
        why = f"{name}中没有这份文件：不是本机构出具，或被改动{late}"
    return Point(Key.HASH, False, why, _ORIGINAL)


def twin(found: Likeness | None) -> Point:
    """Return whether the data that the file carries say what its pages say."""
    if found is None:
        return Point(Key.TWIN, None, "未比对：没有确知是谁签署的，不读取其中的数据")
    if found.faults:
        return Point(Key.TWIN, False, "；".join(found.faults), _ORIGINAL)
    if not found.number:
        return Point(Key.TWIN, None, "文件没有附带数据可比对")
    return Point(Key.TWIN, True, "所附数据与版面文字一致")


def state(book: RegisterFacts | None, on: date, *, held: bool) -> Point:
    """Return whether the report may be used on a day, with what changed since its issue."""
    if book is None or not held:
        return Point(Key.STATE, None, "未核对：没有登记的原文件可对应")
    if book.state in USED:
        when = f"（{_moment(book.consumed_at)}）" if book.consumed_at else ""
        return Point(Key.STATE, True, f"{book.state}{when}{_since_issue(book)}")
    late = book.valid_until is not None and book.valid_until < on
    if book.state == EXPIRED or (book.state == VALID and late):
        why = f"{EXPIRED}：有效期至 {book.valid_until}"
        return Point(Key.STATE, False, why, "请申请人重新申请")
    if book.usable:
        until = f"，可用至 {book.valid_until}" if book.valid_until else ""
        use = "" if book.use_told else "，核销与否自登记中标公示起可查"
        return Point(Key.STATE, True, f"{book.state}{until}{use}{_since_issue(book)}")
    later = f"，其后编号 {'、'.join(book.later)}" if book.later else ""
    why = f"{book.state}{'，由出具机构撤销' if book.state == REVOKED else later}"
    return Point(Key.STATE, False, why, "不得使用；请联系出具机构")


def place(own: Place | None, asked: Asked | None, kind: str = REPORT) -> Point:
    """Return whether the report is for the use that is asked about; what is no report is for none."""
    if kind != REPORT:
        return _for_none(kind, asked)
    if own is None:
        return Point(Key.PLACE, None, "未核对：报告的项目无从确知")
    if asked is None:
        return Point(Key.PLACE, None, f"为项目 {own} 出具；没有指明要用于哪个项目", "用 --project 指明项目")
    if own.answers(asked):
        return Point(Key.PLACE, True, f"为项目 {own} 出具，正是所问的项目")
    wanted = Place(asked.project, asked.round or 1, asked.lot)
    advice = "请申请人提供为本项目、本轮次、本标段出具的报告"
    return Point(Key.PLACE, False, f"为项目 {own} 出具，不是所问的 {wanted}", advice)


def _for_none(kind: str, asked: Asked | None) -> Point:
    if asked is None:
        return Point(Key.PLACE, None, f"{kind}不绑定项目，在有效期内可重复使用")
    advice = "请申请人提供为本项目、本轮次、本标段出具的信用报告"
    return Point(Key.PLACE, False, f"本件是{kind}，不是为所问的项目出具的信用报告", advice)


def _unread(found: Unreadable, *, held: bool) -> Iterator[Point]:
    # The office itself issued it so: nothing was signed, and the register vouches for the bytes.
    unsigned = found is Unreadable.UNSIGNED and held
    if unsigned:
        yield Point(Key.FILE, None, "没有电子签名：出具时机构没有签名证书")
    else:
        yield Point(Key.FILE, False, _UNREADABLE[found], _ORIGINAL)
    for key in _SIGNED:
        yield Point(key, None, "没有签名" if unsigned else "未核对：签名无从读取")


def _plain(key: Key, holds: bool, yes: str, no: str) -> Point:
    return Point(key, True, yes) if holds else Point(key, False, no, _ORIGINAL)


def _trust(found: Seen) -> Point:
    if found.chain is None and not found.intact:
        return Point(Key.TRUST, None, "未核对：签名不成立")
    if found.chain is None:
        return Point(Key.TRUST, None, "未核对：没有根证书", "用 --trust 给出机构公布的根证书")
    if found.chain:
        return Point(Key.TRUST, True, f"签名证书{'（测试证书）' if found.test else ''}出自所信任的根证书")
    advice = "不得使用；机构换过根证书的，向机构索取新的根证书，放进 trust 文件夹或用 --trust 给出"
    return Point(Key.TRUST, False, "签名证书不出自所信任的根证书，名称相同也不可信", advice)


def _validity(found: Seen, at: datetime) -> Point:
    stamp = found.stamp
    proven = stamp.at if stamp is not None and stamp.sound and stamp.trusted else None
    when = proven or found.claimed
    bounds = f"{found.since:%Y-%m-%d} 至 {found.until:%Y-%m-%d}"
    if when is not None and not found.since <= when <= found.until:
        return Point(Key.VALIDITY, False, f"签名于 {_moment(when)}，不在证书有效期 {bounds} 之内", _ORIGINAL)
    if proven is not None:
        late = f"；证书已于 {found.until:%Y-%m-%d} 到期，不影响此前的签名" if found.until < at else ""
        return Point(Key.VALIDITY, True, f"签名于 {_moment(proven)}，证书当时有效{late}")
    if found.since <= at <= found.until:
        return Point(Key.VALIDITY, True, f"证书现在有效（{bounds}）")
    why = f"证书有效期为 {bounds}，没有可信的时间戳证明签名在此期间"
    return Point(Key.VALIDITY, None, why, "核对本机时钟；以登记簿或核验清单为准")


def _stamp(found: Seen) -> Point:
    stamp = found.stamp
    if stamp is None:
        return Point(Key.STAMP, None, "没有时间戳，签名时间只是签名人自称")
    if not stamp.sound:
        return Point(Key.STAMP, False, "时间戳被改动，或属于另一个签名", _ORIGINAL)
    if stamp.trusted:
        return Point(Key.STAMP, True, f"{_moment(stamp.at)}，由所信任的时间戳机构证明")
    why = "不出自所信任的根证书" if stamp.trusted is False else "没有根证书可核对"
    advice = "向出具机构索取时间戳机构的根证书，放进 trust 文件夹或用 --trust 给出"
    return Point(Key.STAMP, None, f"{_moment(stamp.at)}，{why}，时间未经证实", advice)


def _since_issue(book: RegisterFacts) -> str:
    words = [f"{change.word}（{change.at:%Y-%m-%d}）" for change in book.changes]
    later = f"，其后编号 {'、'.join(book.later)}" if book.later else ""
    effect = "不影响使用" if book.kind == REPORT else "最新情况以出具机构另行出具的为准"
    return f"；出具后变化：{'、'.join(words)}{later}，{effect}" if words or later else ""


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""
