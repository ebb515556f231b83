"""`cioform show`: one resource as YAML, or its workflow as a diagram."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli.output import print_output, stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.errors import AuthError, UsageError
from cioform.model.paths.written_paths import with_bare_lists
from cioform.model.unknown_members import RAW
from cioform.plan.plan import Plan
from cioform.plan.selecting.scope import Scope
from cioform.report.journey.build import build_journey, is_drawable
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.model import Journey
from cioform.report.journey.overlay import planned_journey
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree
from cioform.report.left_out import left_out_text
from cioform.report.styling import Tone
from cioform.report.yaml_document import to_yaml
from cioform.storage.user_files import check_replaceable, write_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

_DESIRED: Final = "desired"


_PlanFileArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="PLANFILE",
        help="Mark the changes of this plan in the diagram.",
        show_default=False,
    ),
]
_DesiredOption: TypeAlias = Annotated[
    bool,
    typer.Option("--desired", help="Show the files' version (default).", show_default=False),
]
_LiveOption: TypeAlias = Annotated[
    bool, typer.Option("--live", help="Show the workspace's version.", show_default=False)
]
_AppliedOption: TypeAlias = Annotated[
    bool, typer.Option("--applied", help="Show the last applied version.", show_default=False)
]
_PlanOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--plan", help="Make a plan and mark its changes in the diagram.", show_default=False
    ),
]
_YamlOption: TypeAlias = Annotated[
    bool, typer.Option("--yaml", help="Print YAML instead of a diagram.", show_default=False)
]
_MermaidOption: TypeAlias = Annotated[
    bool, typer.Option("--mermaid", help="Print a Mermaid flowchart.", show_default=False)
]
_SvgOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write an SVG diagram; - prints it.", show_default=False),
]


def show(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    planfile: _PlanFileArgument = None,
    desired: _DesiredOption = False,
    live: _LiveOption = False,
    applied: _AppliedOption = False,
    plan: _PlanOption = False,
    as_yaml: _YamlOption = False,
    as_json: options.JsonOption = False,
    mermaid: _MermaidOption = False,
    svg: _SvgOption = None,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show a resource from the files, the workspace or the state.

    A resource with a workflow is drawn as a diagram; any other resource is printed as YAML. With
    --plan or a PLANFILE, the diagram marks steps that are added, removed or changed. With --json,
    all fields are printed, including defaults. --live also shows unmanaged objects. It names values
    that no file can have and fields that the credentials cannot read. With --yaml, it prints what
    an import would write.

    Examples:
        cioform show acme snippet.footer
        cioform show acme campaign.onboarding
        cioform show acme campaign.onboarding --plan
        cioform show acme campaign.onboarding --svg onboarding.svg
        cioform show acme campaign.onboarding --live --yaml
    """
    is_planned = plan or planfile is not None
    version = (
        _single_choice({_DESIRED: desired, "live": live, "applied": applied, "plan": is_planned})
        or _DESIRED
    )
    output_format = _single_choice(
        {"yaml": as_yaml, "json": as_json, "mermaid": mermaid, "svg": svg is not None}
    )
    if is_planned and output_format in ("yaml", "json"):
        raise _mutually_exclusive_error("plan", output_format)
    reviewed = (
        opening.read_plan_of(planfile, workspace, "show the resource in {}") if planfile else None
    )
    with opening.open_workspace(project, workspace, api) as opened:
        wanted = options.parse_address(address, opened)
        if is_planned:
            journey, left_out = _planned_journey(opened, wanted, reviewed), ""
        else:
            attributes = opened.show(wanted, version)
            if output_format in ("yaml", "json") or (
                output_format is None and not is_drawable(attributes)
            ):
                _print_fields(opened, wanted, version, attributes, as_json)
                return 0
            _check_drawable(opened, wanted, attributes)
            journey, left_out = build_journey(attributes), left_out_text(attributes)
    _print_journey(journey, left_out, output_format, svg, not no_color)
    return 0


def _planned_journey(opened: Workspace, address: Address, plan: Plan | None) -> Journey:
    """Return the journey with the changes of a plan, which is made now if it is None."""
    in_files = address in opened.configuration.desired.resources
    attributes = opened.show(address, _DESIRED if in_files else "applied")
    _check_drawable(opened, address, attributes)
    if plan is None:
        plan = opened.plan(Scope((str(address),)))
    return planned_journey(plan, address, attributes, opened.kinds[address.kind].normalize)


def _print_journey(
    journey: Journey, left_out: str, output_format: str | None, svg: Path | None, color: bool
) -> None:
    if svg is not None:
        _write_diagram(svg, render_svg(journey), color)
    elif output_format == "mermaid":
        write_stdout(render_mermaid(journey))
    else:
        tree = render_tree(journey, stdout_styler(color))
        write_stdout(f"{tree}\n{left_out}" if left_out else tree)


def _print_fields(
    opened: Workspace, address: Address, version: str, attributes: Attributes, as_json: bool
) -> None:
    document = opened.kinds[address.kind].to_document(_without_raw(attributes))
    resource = opened.configuration.desired.resources.get(address)
    if resource is not None:
        document = with_bare_lists(document, resource)
    print_output(
        to_yaml(document) + indent(left_out_text(attributes), "# "),
        as_json,
        workspace=opened.name,
        address=address,
        which=version,
        attributes=attributes,
    )


def _without_raw(attributes: Attributes) -> Attributes:
    return {name: value for name, value in attributes.items() if name != RAW}


def _single_choice(flags: dict[str, bool]) -> str | None:
    """Return the one option of several that is set, or None. Raises UsageError for two of them."""
    chosen = [name for name, is_set in flags.items() if is_set]
    if len(chosen) > 1:
        raise _mutually_exclusive_error(*chosen)
    return chosen[0] if chosen else None


def _mutually_exclusive_error(*names: str) -> UsageError:
    flags = " and ".join(f"--{name}" for name in names)
    return UsageError.of(
        "Mutually exclusive options", f"{flags} cannot be combined. Use only one of them."
    )


def _check_drawable(opened: Workspace, address: Address, attributes: Attributes) -> None:
    if is_drawable(attributes):
        return
    if "workflow" in attributes:
        raise AuthError.of(
            "Workflow not readable",
            f"These credentials cannot read the steps of {address}, so there is nothing to draw. "
            "A service account token can. Print the fields that are readable:\n\n"
            f"    cioform show {opened.name} {address} --live --yaml",
            address=address,
        )
    raise UsageError.of(
        "No workflow to draw",
        f"{address} has no workflow, so it cannot be drawn. Print it as YAML:\n\n"
        f"    cioform show {opened.name} {address}",
        address=address,
    )


def _write_diagram(file: Path, text: str, color: bool) -> None:
    if str(file) == "-":
        write_stdout(text)
        return
    check_replaceable(file, "a diagram", "--svg", lambda old: old.startswith("<svg "))
    write_text(file, text, "Name another file after --svg.")
    write_stderr(stderr_styler(color)(f"Diagram written to {file}", Tone.DIM) + "\n")
