"""The page of a plan in headless Chromium: it asks for nothing, and axe finds no violation."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cioform.emulator.server.transports.serve import serve
from cioform.model.settings.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.page.render import render_page
from cioform.report.plan.report import plan_report
from cioform.report.plan.view import view_plan
from tests.report.test_page import EXTRAS
from tests.report.test_plan_text import complete_plan
from tests.support.clients.browser import FLAGS, chromium
from tests.support.clients.runs import INSTALL
from tests.support.clients.served_sandbox import CLIENTS, Record
from tests.support.plans import HEADER, large_plan

AXE = CLIENTS / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
<script src="axe.js"></script>
<script>
axe.run(document, {iframes: false}).then((found) => {
  const result = document.createElement("pre");
  result.id = "result";
  result.textContent = JSON.stringify(
    found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 200))])
  );
  document.body.append(result);
});
</script>
</body>
"""


@pytest.fixture(scope="module")
def program() -> str:
    found = chromium()
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def pages() -> dict[str, str]:
    """Return a page with everything on it, and one with folded changes."""
    plan = complete_plan()
    whole = replace(plan, changes=(*plan.changes, *large_plan(2).changes))
    return {"whole": page(whole), "folded": page(Plan(HEADER, large_plan(12).changes))}


def page(plan: Plan) -> str:
    extras = [EXTRAS] * len(plan.visible_changes)
    violations = find_guard_violations(plan, Guards())
    return render_page(plan_report(view_plan(plan, violations, extras=extras)))


def load(program: str, files: dict[str, str], *flags: str) -> tuple[str, list[str]]:
    """Return the document of `/page.html` once it is loaded, and what was asked for."""
    asked: list[str] = []

    def application(environ: Record, start_response: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        kind = "text/javascript" if environ["PATH_INFO"].endswith(".js") else "text/html"
        start_response("200 OK", [("Content-Type", f"{kind}; charset=utf-8")])
        return [files.get(environ["PATH_INFO"], "").encode()]

    with serve(application) as served, TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.run(
            [program, *FLAGS, *flags, f"--user-data-dir={profile}", f"{served.url}/page.html"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    return process.stdout, asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["whole", "folded"])
def test_axe_finds_no_violation(program: str, name: str, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: {INSTALL}")
    text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", pages()[name])
    files = {"/page.html": text.replace("</body>", RUN), "/axe.js": Path(AXE).read_text("utf-8")}
    preferred = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    document, _ = load(program, files, preferred)
    match = re.search(r'<pre id="result">(.*?)</pre>', document, re.DOTALL)
    assert match, document[-2000:]
    assert json.loads(html.unescape(match[1])) == []


def test_the_page_asks_for_nothing_and_its_script_runs(program: str) -> None:
    document, asked = load(program, {"/page.html": pages()["whole"]})
    assert asked == ["/page.html"]
    assert re.search(r'<output id="shown"[^>]*>(\d+) of \1 shown</output>', document)
    assert "<title>Plan for acme" in document
