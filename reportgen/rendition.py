"""A report of the register as a page for the web: the same facts, rules and judgement as in its PDF."""

from reportgen.document.compose import Inputs, compose
from reportgen.document.web_page import web_page
from reportgen.errors import ReportgenError
from reportgen.pipeline import judged_again, means_of, numbered
from reportgen.press import Press
from reportgen.registry.lifecycle import LABELS, by_number
from reportgen.registry.tables import Kind, State
from reportgen.registry.words import KINDS
from reportgen.settings import Office


def web_rendition(number: str, office: Office, press: Press) -> str:
    """Return an issued report as an HTML page; reads no clock.

    Raises E0502 (no such number), and E0605 for what is no report or was never issued, whose facts had to be
    forgotten or whose rules were released anew.
    """
    row = press.store.read(lambda session: by_number(session, number))
    if row.kind != Kind.REPORT:
        raise ReportgenError("E0605", number=number, state=f"{KINDS[Kind(row.kind)]}，只有信用报告有网页")
    if row.issued_at is None:
        raise ReportgenError("E0605", number=number, state=LABELS[State(row.state)])
    judged = judged_again(press.restore(row), means_of(office, row.issued_at))
    if judged.assessment.pack.sha256 != row.pack_sha256:
        raise ReportgenError("E0605", number=number, state="有效，而规则包已另行发布，只有 PDF 文件")
    identity = numbered(judged, row, press)
    inputs = Inputs(judged.case, judged.assessment, judged.request.binding, judged.issuer, identity)
    return web_page(compose(inputs), judged.issuer.own_look)
