"""`cioform schema`: print the JSON Schema of the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli.streams import write_stderr, write_stdout
from cioform.services.project.project_files import editor_schema
from cioform.storage.user_files import check_replaceable, report_write_errors, write_text


def schema(
    out_file: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the schema to this file.", show_default=False
        ),
    ] = None,
) -> int:
    """Print the JSON Schema of the files, for editors.

    Examples:
        cioform schema --out workspaces/schema.json
    """
    text = json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"
    if out_file is None:
        write_stdout(text)
        return 0
    check_replaceable(out_file, "a schema", "--out", lambda old: '"$schema"' in old)
    with report_write_errors(out_file):
        out_file.parent.mkdir(parents=True, exist_ok=True)
    write_text(out_file, text, "Name another file after --out.")
    write_stderr(f"Schema written to {out_file}\n")
    return 0
