"""Every row of Customer.io's integration page works in the sandbox, as docs/seed.md shows."""

from __future__ import annotations

import pytest

from docs.generate.seed_page import PAGE, browser_row, rows, run_scenes
from tests.support.clients.browser import chromium
from tests.support.clients.runs import browser_missing

STALE = "docs/seed.md is not up to date. Run: python -m docs.generate clients"


def test_the_transcript_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8").startswith(rows(run_scenes())), STALE


def test_the_browser_row_is_up_to_date() -> None:
    if reason := browser_missing():
        pytest.skip(reason)
    assert PAGE.read_text(encoding="utf-8").endswith(browser_row(run_scenes(str(chromium())))), (
        STALE
    )
