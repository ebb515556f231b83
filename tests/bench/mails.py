"""Check many e-mails: parse them, lint them, and infer what they need."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from cioform.cli.interpreter import tune_interpreter

NUMBER = 1_000
_SIZE = 10_000
_ROW = (
    '<tr><td style="padding: 12px 24px; font-family: Arial, sans-serif; color: #223344">'
    '<a href="https://acme.example/lessons/{row}?utm_source=mail&amp;utm_medium=email">'
    "Lesson {row} of {number}</a>: {output} takes four minutes, and is waiting since yesterday."
    '<img src="https://cdn.acme.example/{row}.png" width="96" height="48" alt="Lesson"></td></tr>\n'
)
_OUTPUTS = (
    '{{{{ customer.first_name | default: "you" }}}}',
    '{{{{ trigger.items[{row}].title | default: "A lesson" | upcase }}}}',
    "{{% if trigger.level_{row} %}}{{{{ trigger.level_{row} | plus: 1 }}}}{{% endif %}}",
)


def write_mails(root: Path, number: int, outputs: int) -> None:
    """Write a workspace `bench` of transactional e-mails of 10 KB with so many outputs each."""
    folder = root / "workspaces" / "bench"
    (folder / "transactional").mkdir(parents=True)
    (folder / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
    for at in range(number):
        name = folder / "transactional" / f"m{at}"
        name.with_suffix(".html").write_text(_body(at, outputs))
        name.with_suffix(".yaml").write_text(
            f"name: m{at}\n"
            f"email: {{subject: News {at}, layout: none, body: {{file: m{at}.html}}}}\n"
        )


def _body(number: int, outputs: int) -> str:
    """Return about 10 KB of HTML, in rows that have their share of the outputs."""
    rows: list[str] = []
    written = size = 0
    while size < _SIZE:
        share = outputs * (size + len(_ROW)) // _SIZE - written
        shown = " ".join(
            _OUTPUTS[(written + one) % len(_OUTPUTS)].format(row=len(rows)) for one in range(share)
        )
        written += share
        rows.append(_ROW.format(row=len(rows), number=number, output=shown or "It"))
        size += len(rows[-1])
    return f"<table>\n{''.join(rows)}</table>\n"


def main() -> None:
    """Check the e-mails of the project that is named, and print the seconds of CPU time.

    Reading the files is not counted.
    """
    from cioform.config.load import load_configuration
    from cioform.kinds import find_kinds
    from cioform.services.contracts.workspace_contracts import find_contracts
    from cioform.services.linting.check import lint_workspace
    from cioform.services.project.text_cache import cached_texts

    tune_interpreter()
    root = Path(sys.argv[1])
    (root / ".cioform").mkdir(exist_ok=True)
    kinds = find_kinds()
    configuration = load_configuration(root, "bench", kinds, os.environ)
    begin = time.process_time()
    with cached_texts(root):
        found = lint_workspace(root, configuration, kinds)
        contracts = find_contracts(root, configuration, kinds).contracts
    assert len(contracts) == len(configuration.desired.resources)
    assert not found.findings, found.findings[0].diagnostic
    print(time.process_time() - begin)


if __name__ == "__main__":
    main()
