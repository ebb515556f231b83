"""The files: begin, check, tidy, and what may stand in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.diagnostic import Severity
from cioform.core.errors import ConfigError
from cioform.model.kind import Kind
from cioform.model.routes import Verb
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import diagnostics_json, dumps
from cioform.report.plan.view import pluralize
from cioform.report.styling import Tone
from cioform.storage.user_files import report_write_errors, write_text

INVALID = 3


def init(
    workspace: Annotated[str, typer.Argument(metavar="[WORKSPACE]", help="Its name.")] = "acme",
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox", help="On the embedded Customer.io: no account needed.", show_default=False
        ),
    ] = False,
    project: options.ProjectOption = None,
) -> int:
    """Begin a workspace, with a first resource. Overwrites nothing.

    \b
    Examples:
        cioform init acme
        cioform init trial --sandbox
    """
    from cioform.services.project_files import init

    root = (project or _project_root_or_cwd()).resolve()
    paths = init(root, workspace, sandbox=sandbox)
    write_stdout("".join(f"  {_relative_to_cwd(path)}\n" for path in paths))
    first = "plan" if sandbox else "doctor"
    write_stdout(f"\nNext:\n    cioform {first} {workspace}\n")
    return 0


def validate(
    workspaces: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORKSPACE]...", help="All when none is named."),
    ] = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check the files, offline, and tell every problem at once.

    \b
    Examples:
        cioform validate
        cioform validate acme --json
    """
    from cioform.config.project import workspace_names
    from cioform.services.validation import validate

    root = options.find_project_root(project)
    names = workspaces or workspace_names(root)
    loaded, problems = validate(root, names)
    errors = [item for item in problems if item.severity is Severity.ERROR]
    if as_json:
        write_stdout(diagnostics_json(problems, valid=not errors, workspaces=names))
        return INVALID if errors else 0
    ink = stdout_styler(not no_color)
    write_stderr(render_diagnostics(problems, stderr_styler(not no_color)))
    for item in loaded:
        number = pluralize(len(item.desired.resources), "resource", "resources")
        write_stdout(f"{ink('✓', Tone.SUCCESS)} {item.name}: {number}\n")
    if errors:
        write_stderr(
            f"\n{pluralize(len(errors), 'problem', 'problems')}. Nothing was sent anywhere.\n"
        )
    elif not names:
        write_stderr("This project has no workspace yet. Begin one:\n\n    cioform init\n")
    return INVALID if errors else 0


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; all when none is named."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 2 if anything would.")
    ] = False,
    project: options.ProjectOption = None,
) -> int:
    """Lay out the YAML files alike; comments stay.

    \b
    Examples:
        cioform fmt
        cioform fmt workspaces/acme/segments --check
    """
    from cioform.services.formatting import format_files

    changed = format_files(
        paths or [options.find_project_root(project) / "workspaces"], check=check
    )
    write_stdout("".join(f"{_relative_to_cwd(path)}\n" for path in changed))
    would = "would be laid out anew" if check else "laid out anew"
    write_stderr(
        f"{pluralize(len(changed), 'file', 'files')} {would}\n"
        if changed
        else "all files are tidy\n"
    )
    return PENDING if check and changed else 0


def schema(
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it there.", show_default=False),
    ] = None,
) -> int:
    """Print the JSON Schema of the files, for editors.

    \b
    Examples:
        cioform schema --out workspaces/schema.json
    """

    from cioform.services.project_files import editor_schema

    text = json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"
    if out_file is None:
        write_stdout(text)
        return 0
    with report_write_errors(out_file):
        out_file.parent.mkdir(parents=True, exist_ok=True)
    write_text(out_file, text, "Name another file after --out.")
    write_stderr(f"schema written to {out_file}\n")
    return 0


def kinds(as_json: options.JsonOption = False) -> int:
    """List the kinds of resources, and what each API can do.

    \b
    Examples:
        cioform kinds
        cioform kinds --json
    """
    from cioform.services.kinds import known_kinds

    known = list(known_kinds())
    if as_json:
        write_stdout(
            dumps(
                kinds=[
                    {
                        "name": kind.name,
                        "folder": kind.folder,
                        "summary": kind.summary,
                        "identity": kind.identity,
                        "verbs": {verb.value: _apis_for_verb(kind, verb) for verb in Verb},
                    }
                    for kind in known
                ]
            )
        )
        return 0
    rows = [("KIND", "FOLDER", *(verb.value.upper() for verb in Verb))]
    for kind in known:
        doors = (", ".join(_apis_for_verb(kind, verb)) or "-" for verb in Verb)
        rows.append((kind.name, f"{kind.folder}/", *doors))
    write_stdout(format_table(rows))
    return 0


def _apis_for_verb(kind: Kind, verb: Verb) -> list[str]:
    """Give the APIs that offer a verb, the preferred first."""
    return list(dict.fromkeys(route.api.value for route in kind.routes if route.verb is verb))


def _project_root_or_cwd() -> Path:
    from cioform.config.project import find_project

    try:
        return find_project(Path.cwd())
    except ConfigError:
        return Path.cwd()


def _relative_to_cwd(path: Path) -> Path:
    absolute = path.resolve()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path
