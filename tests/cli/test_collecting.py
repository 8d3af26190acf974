"""Garbage is looked for late, once, and then as ever: a command that runs for hours must not keep it."""

import gc

import pytest

from reportgen import cli


def test_after_the_first_look_garbage_is_looked_for_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    before, usual = gc.get_threshold(), (700, 10, 10)
    monkeypatch.setattr(cli, "_USUAL", usual)
    cli._collect_later()
    try:
        assert gc.isenabled()
        assert gc.get_threshold()[0] > 100 * usual[0]
        gc.collect()
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count()
        # The first look alone sets aside: what a command makes after it is looked through. What was set aside may go.
        set_aside = gc.get_freeze_count()
        gc.collect()
        assert gc.get_freeze_count() <= set_aside
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
