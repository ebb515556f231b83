"""Every row of Customer.io's integration page works in the sandbox, and docs/seed.md shows it."""

from __future__ import annotations

import pytest

from docs.generate.seed_page import PAGE, browser_row, rows, tell
from tests.support.clients.browser import chromium
from tests.support.clients.runs import browser_missing

STALE = "docs/seed.md is stale. Run: python -m docs.generate clients"


def test_the_transcript_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8").startswith(rows(tell())), STALE


def test_the_browser_row_is_up_to_date() -> None:
    if reason := browser_missing():
        pytest.skip(reason)
    assert PAGE.read_text(encoding="utf-8").endswith(browser_row(tell(str(chromium())))), STALE
