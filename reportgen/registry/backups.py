"""Backup and restore told on the office's chain, where whoever tells it has the key of the register.

A backup is worth having whatever became of the key, so that what cannot be told is done all the same.
"""

from datetime import datetime

from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry.audit import newest
from reportgen.registry.events import Tag, event_hash, events_key
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.settings import Office
from reportgen.store.backup import Backup
from reportgen.store.engine import Store
from reportgen.store.opening import require_current


def told(office: Office, store: Store, tag: Tag, done: Backup, actor: str, at: datetime) -> bool:
    """Record what was backed up or restored; False where the register is not this office's, or not sound.

    That is where its tables are older, the secret is not there, or the register's last event was not written
    with it: a secret made anew would begin another chain. Raises E0901, E0902, E0903, E0904.
    """
    try:
        require_current(store)
        if not office.has_secret() and store.read(newest) is not None:
            return False
        desk = Desk(actor, at, events_key(office.secret()))
        return store.write(lambda session: _told(session, tag, done, desk))
    except ReportgenError as error:
        if error.code in {"E0501", "E0906", "E0911"}:
            return False
        raise


def _told(session: Session, tag: Tag, done: Backup, desk: Desk) -> bool:
    last = newest(session)
    if last is not None and event_hash(last.link, desk.key) != last.hash:
        return False
    tell(session, tag, desk, sha256=done.sha256, rows=done.rows, files=done.files)
    return True
