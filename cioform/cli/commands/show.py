"""`cioform show`: one resource, as it should be, is, or was; a journey as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cioform.cli import options
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.address import Address
from cioform.core.errors import AuthError, UsageError
from cioform.core.json_value import Attributes
from cioform.plan.plan import Plan
from cioform.plan.scope import Scope
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.model import Journey, build_journey, is_drawable
from cioform.report.journey.overlay import planned_journey
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree
from cioform.report.json_output import dumps
from cioform.report.styling import Tone
from cioform.report.yaml_document import to_yaml
from cioform.storage.user_files import write_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

_DESIRED: Final = "desired"


def show(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    planfile: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLANFILE]", help="A plan to mark in the picture.", show_default=False
        ),
    ] = None,
    desired: Annotated[
        bool, typer.Option("--desired", help="As the files say (default).", show_default=False)
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="As it is in the workspace.", show_default=False)
    ] = False,
    applied: Annotated[
        bool, typer.Option("--applied", help="As it was last applied.", show_default=False)
    ] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="With what a plan made now would change.", show_default=False),
    ] = False,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print YAML, no picture.", show_default=False)
    ] = False,
    as_json: options.JsonOption = False,
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Print a Mermaid flowchart.", show_default=False)
    ] = False,
    svg: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a diagram there; - prints it.", show_default=False
        ),
    ] = None,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Print a resource: from the files, live, or applied.

    What has a workflow is drawn as the journey of the people in it; everything else is YAML.
    With --plan or a PLANFILE the picture marks the steps that are added, removed and changed.
    With --json all fields are there, defaults included.

    \b
    Examples:
        cioform show acme snippet.footer
        cioform show acme campaign.onboarding
        cioform show acme campaign.onboarding --plan
        cioform show acme campaign.onboarding --svg onboarding.svg
        cioform show acme campaign.onboarding --live --yaml
    """

    wanted = options.parse_address(address)
    planned = plan or planfile is not None
    which = (
        _single_choice({_DESIRED: desired, "live": live, "applied": applied, "plan": planned})
        or _DESIRED
    )
    form = _single_choice(
        {"yaml": as_yaml, "json": as_json, "mermaid": mermaid, "svg": svg is not None}
    )
    if planned and form in ("yaml", "json"):
        raise _mutually_exclusive_error("plan", form)
    reviewed = _load_plan(planfile, workspace) if planfile else None
    with options.open_workspace(project, workspace, api) as opened:
        if planned:
            journey = _planned_journey(opened, wanted, reviewed)
        else:
            attributes = opened.show(wanted, which)
            if form in ("yaml", "json") or (form is None and not is_drawable(attributes)):
                _print_fields(opened, wanted, which, attributes, as_json)
                return 0
            _check_drawable(opened, wanted, attributes)
            journey = build_journey(attributes)
    _print_journey(journey, form, svg, not no_color)
    return 0


def _planned_journey(opened: Workspace, address: Address, plan: Plan | None) -> Journey:
    """Give the journey with what a plan does to it; None stands for a plan made now."""

    in_files = address in opened.configuration.desired.resources
    attributes = opened.show(address, _DESIRED if in_files else "applied")
    _check_drawable(opened, address, attributes)
    if plan is None:
        plan = opened.plan(Scope((str(address),)))
    return planned_journey(plan, address, attributes, opened.kinds[address.kind].normalize)


def _print_journey(
    journey: Journey, output_format: str | None, svg: Path | None, color: bool
) -> None:

    if svg is not None:
        _write_diagram(svg, render_svg(journey), color)
    elif output_format == "mermaid":
        write_stdout(render_mermaid(journey))
    else:
        write_stdout(render_tree(journey, stdout_styler(color)))


def _print_fields(
    opened: Workspace, address: Address, which: str, attributes: Attributes, as_json: bool
) -> None:

    if as_json:
        name = opened.name
        write_stdout(dumps(workspace=name, address=address, which=which, attributes=attributes))
    else:
        write_stdout(to_yaml(opened.kinds[address.kind].to_document(attributes)))


def _single_choice(flags: dict[str, bool]) -> str | None:
    """Give the one option of several that was asked for, or None."""
    on = [name for name, is_asked in flags.items() if is_asked]
    if len(on) > 1:
        raise _mutually_exclusive_error(*on)
    return on[0] if on else None


def _mutually_exclusive_error(*names: str) -> Exception:

    said = " and ".join(f"--{name}" for name in names)
    return UsageError.of(
        "Options that exclude each other", f"{said} cannot be asked for together. Choose one."
    )


def _check_drawable(opened: Workspace, address: Address, attributes: Attributes) -> None:

    if is_drawable(attributes):
        return
    if "workflow" in attributes:
        raise AuthError.of(
            "Workflow that cannot be read",
            f"The steps of {address} cannot be read with the credentials at hand, so there is "
            "nothing to draw. A service account reads them. What can be read is here:\n\n"
            f"    cioform show {opened.name} {address} --live --yaml",
            address=address,
        )
    raise UsageError.of(
        "Nothing to draw",
        f"{address} has no workflow, and only a workflow can be drawn. Print it as YAML:\n\n"
        f"    cioform show {opened.name} {address}",
        address=address,
    )


def _load_plan(planfile: Path, workspace: str) -> Plan:

    plan = options.read_plan(planfile)
    if plan.header.workspace != workspace:
        raise UsageError.of(
            "Plan of another workspace",
            f"{planfile} is a plan for {plan.header.workspace}, not for {workspace}. Name that "
            "workspace, or another plan.",
        )
    return plan


def _write_diagram(file: Path, text: str, color: bool) -> None:

    if str(file) == "-":
        write_stdout(text)
        return
    write_text(file, text, "Name another file after --svg.")
    write_stderr(stderr_styler(color)(f"diagram written to {file}", Tone.DIM) + "\n")
