"""The pages that come from a run of the official clients against the sandbox."""

from __future__ import annotations

from pathlib import Path

from docs.generate import compatibility_page, seed_page
from tests.support.clients.browser import chromium
from tests.support.clients.runs import browser_run, node_run, python_run


def generate_pages() -> dict[Path, str]:
    """Return the text of both pages by path. Raises ClientMissingError if a client cannot run."""
    runs = {"python": python_run(), "node": node_run(), "browser": browser_run()}
    transcript = seed_page.run_scenes()
    browser_transcript = seed_page.run_scenes(str(chromium()))
    return {
        compatibility_page.PAGE: compatibility_page.page(runs),
        seed_page.PAGE: seed_page.page(transcript, browser_transcript),
    }
