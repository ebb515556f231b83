"""`cioform show`: one resource, as it should be, is, or was."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from cioform.cli import options
from cioform.cli.output import out

_DESIRED: Final = "desired"


def show(
    workspace: options.Workspace,
    address: options.AddressArgument,
    desired: Annotated[
        bool, typer.Option("--desired", help="As the files say (default).", show_default=False)
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="As it is in the workspace.", show_default=False)
    ] = False,
    applied: Annotated[
        bool, typer.Option("--applied", help="As it was last applied.", show_default=False)
    ] = False,
    as_json: options.Json = False,
    door: options.Door = None,
    project: options.Project = None,
) -> int:
    """Print a resource as YAML: from the files, live, or applied.

    With --json all its fields are there, defaults included.

    \b
    Examples:
        cioform show acme snippet.footer
        cioform show acme campaign.onboarding --live --json
    """
    from cioform.base.errors import UsageWrong
    from cioform.report.document import to_yaml
    from cioform.report.json import dumps

    wanted = options.address(address)
    asked = [n for n, on in ((_DESIRED, desired), ("live", live), ("applied", applied)) if on]
    if len(asked) > 1:
        raise UsageWrong.of(
            "Options that exclude each other", "Choose one of --desired, --live and --applied."
        )
    which = asked[0] if asked else _DESIRED
    with options.open_session(project, workspace, door) as opened:
        attributes = opened.show(wanted, which)
        document = opened.kinds[wanted.kind].document(attributes)
    if as_json:
        out(dumps(workspace=workspace, address=wanted, which=which, attributes=attributes))
    else:
        out(to_yaml(document))
    return 0
