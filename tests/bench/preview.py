"""Previews of a typical mail for the five stand-in people."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MESSAGES = 10
_PARAGRAPH = (
    '<table width="100%"><tr><td style="padding:8px"><p>Hello {{ customer.first_name | default: '
    '"you" }}, {{ event.order.city }} has news about {{ event.product_name | upcase }} for '
    "{{ event.price | currency: 'en', 'EUR' }}.</p></td></tr></table>\n"
)


def seconds_per_message() -> tuple[float, float]:
    """Return the seconds for the first message, imports included, and for each following one."""
    with tempfile.TemporaryDirectory() as project:
        folder = Path(project, "workspaces", "bench")
        (folder / "transactional").mkdir(parents=True)
        (folder / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
        body = "<style>p { color: #223 }</style>" + _PARAGRAPH * 40
        for number in range(MESSAGES):
            name = folder / "transactional" / f"m{number}"
            name.with_suffix(".html").write_text(f"<h1>Message {number}</h1>{body}")
            name.with_suffix(".yaml").write_text(
                f"name: m{number}\nemail: {{subject: News, body: {{file: m{number}.html}}}}\n"
            )
        seconds = list(_each(project))
    return seconds[0], sum(seconds[1:]) / len(seconds[1:])


def _each(project: str) -> Iterator[float]:
    from cioform.core.address import Address
    from cioform.services.workspace import Workspace

    with Workspace.open("bench", project=project) as workspace:
        for number in range(MESSAGES):
            begin = time.process_time()
            from cioform.report.preview.page import preview_page

            preview_page(workspace.preview(Address("transactional", f"m{number}")))
            yield time.process_time() - begin
