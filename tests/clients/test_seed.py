"""Every row of Customer.io's integration page works in the sandbox, and docs/seed.md shows it."""

from __future__ import annotations

import pytest
from browser_client import chromium
from clients_run import browser_missing
from seed_page import PAGE, browser_row, rows, tell

STALE = "docs/seed.md is stale. Run: python tests/clients/generate.py"


def test_the_transcript_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8").startswith(rows(tell())), STALE


def test_the_browser_row_is_what_comes_of_the_page() -> None:
    if reason := browser_missing():
        pytest.skip(reason)
    assert PAGE.read_text(encoding="utf-8").endswith(browser_row(tell(str(chromium())))), STALE
