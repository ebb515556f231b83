"""The files: begin, check, tidy, and what may stand in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.output import columns, out, out_ink, tell, tell_ink

if TYPE_CHECKING:
    from cioform.model.kind import Kind, Verb

WRONG = 3


def init(
    workspace: Annotated[str, typer.Argument(metavar="[WORKSPACE]", help="Its name.")] = "acme",
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox", help="On the embedded Customer.io: no account needed.", show_default=False
        ),
    ] = False,
    project: options.Project = None,
) -> int:
    """Begin a workspace, with a first resource. Overwrites nothing.

    \b
    Examples:
        cioform init acme
        cioform init trial --sandbox
    """
    from cioform import services

    root = (project or _root_or_here()).resolve()
    paths = services.init(root, workspace, sandbox=sandbox)
    out("".join(f"  {_shown(path)}\n" for path in paths))
    first = "plan" if sandbox else "doctor"
    out(f"\nNext:\n    cioform {first} {workspace}\n")
    return 0


def validate(
    workspaces: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORKSPACE]...", help="All when none is named."),
    ] = None,
    as_json: options.Json = False,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Check the files, offline, and tell every problem at once.

    \b
    Examples:
        cioform validate
        cioform validate acme --json
    """
    from cioform import services
    from cioform.core.diagnostic import Severity
    from cioform.report.diagnostics import render_diagnostics
    from cioform.report.json_output import diagnostics_json
    from cioform.report.plan.view import count
    from cioform.report.styling import Tone

    root = options.project(project)
    names = workspaces or services.workspace_names(root)
    loaded, problems = services.validate(root, names)
    errors = [item for item in problems if item.severity is Severity.ERROR]
    if as_json:
        out(diagnostics_json(problems, valid=not errors, workspaces=names))
        return WRONG if errors else 0
    ink = out_ink(not no_color)
    tell(render_diagnostics(problems, tell_ink(not no_color)))
    for item in loaded:
        number = count(len(item.desired.resources), "resource", "resources")
        out(f"{ink('✓', Tone.GOOD)} {item.name}: {number}\n")
    if errors:
        tell(f"\n{count(len(errors), 'problem', 'problems')}. Nothing was sent anywhere.\n")
    elif not names:
        tell("This project has no workspace yet. Begin one:\n\n    cioform init\n")
    return WRONG if errors else 0


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; all when none is named."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 2 if anything would.")
    ] = False,
    project: options.Project = None,
) -> int:
    """Lay out the YAML files alike; comments stay.

    \b
    Examples:
        cioform fmt
        cioform fmt workspaces/acme/segments --check
    """
    from cioform import services
    from cioform.report.plan.view import count

    changed = services.format_files(paths or [options.project(project) / "workspaces"], check=check)
    out("".join(f"{_shown(path)}\n" for path in changed))
    would = "would be laid out anew" if check else "laid out anew"
    tell(f"{count(len(changed), 'file', 'files')} {would}\n" if changed else "all files are tidy\n")
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
    import json

    from cioform import services
    from cioform.storage.user_files import write_text, writing

    text = json.dumps(services.schema(), indent=2, ensure_ascii=False) + "\n"
    if out_file is None:
        out(text)
        return 0
    with writing(out_file):
        out_file.parent.mkdir(parents=True, exist_ok=True)
    write_text(out_file, text, "Name another file after --out.")
    tell(f"schema written to {out_file}\n")
    return 0


def kinds(as_json: options.Json = False) -> int:
    """List the kinds of resources, and what each API can do.

    \b
    Examples:
        cioform kinds
        cioform kinds --json
    """
    from cioform import services
    from cioform.model.kind import Verb
    from cioform.report.json_output import dumps

    known = list(services.find_kinds())
    if as_json:
        out(
            dumps(
                kinds=[
                    {
                        "name": kind.name,
                        "folder": kind.folder,
                        "summary": kind.summary,
                        "identity": kind.identity,
                        "verbs": {verb.value: _doors(kind, verb) for verb in Verb},
                    }
                    for kind in known
                ]
            )
        )
        return 0
    rows = [("KIND", "FOLDER", *(verb.value.upper() for verb in Verb))]
    for kind in known:
        doors = (", ".join(_doors(kind, verb)) or "-" for verb in Verb)
        rows.append((kind.name, f"{kind.folder}/", *doors))
    out(columns(rows))
    return 0


def _doors(kind: Kind, verb: Verb) -> list[str]:
    """Give the APIs that offer a verb, the preferred first."""
    return list(dict.fromkeys(route.api.value for route in kind.routes if route.verb is verb))


def _root_or_here() -> Path:
    from cioform import services
    from cioform.core.errors import FilesWrong

    try:
        return services.find_project(Path.cwd())
    except FilesWrong:
        return Path.cwd()


def _shown(path: Path) -> Path:
    absolute = path.resolve()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path
