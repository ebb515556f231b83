"""The table of step types on the page of workflows."""

from __future__ import annotations

from cioform.language.workflow import STEP_TYPES, next_step_text


def steps_table() -> str:
    """Return the table as Markdown, a row for each step type."""
    rows = [
        f"| `{row.keyword}` | {row.summary} | {next_step_text(row)} |"
        for row in STEP_TYPES.values()
    ]
    return "\n".join(["| keyword | the step | people go |", "|---|---|---|", *rows])
