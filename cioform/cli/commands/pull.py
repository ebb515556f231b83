"""`cioform pull`: copy what was edited in the workspace into the files."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_command, complete_text
from cioform.cli.confirm import is_interactive
from cioform.cli.hunk_questions import HunkQuestions
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import options
from cioform.cli.parameters.planning_options import ConnectionOptions
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.cli.user_paths import shorten_path
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.text.quantities import pluralize
from cioform.plan.selecting.scope import Scope
from cioform.report.json_output import dumps

if TYPE_CHECKING:
    from cioform.services.pull.pullable import Pullable
    from cioform.services.pull.pulling import PullResult

_AddressesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SELECTOR",
        help="Pull only these resources, e.g. snippet.footer or 'tag:eu'.",
        show_default=False,
    ),
]
_AllOption: TypeAlias = Annotated[
    bool, typer.Option("--all", help="Pull everything that was edited.", show_default=False)
]
_InteractiveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--interactive",
        help="Show each hunk of lines and ask: y, n, a for all others, q to stop.",
        show_default=False,
    ),
]
_IntoSharedOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--into-shared",
        help="Change shared files too, which changes every workspace that includes them.",
        show_default=False,
    ),
]


def pull(
    workspace: options.WorkspaceArgument,
    addresses: _AddressesArgument = None,
    everything: _AllOption = False,
    interactive: _InteractiveOption = False,
    into_shared: _IntoSharedOption = False,
    as_json: options.JsonOption = False,
    context: options.ContextOption = 1,
    *,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Copy what was edited in the workspace into the files.

    Only the lines that differ are written; comments, order, quotes, anchors and variables stay.
    Changes in the files that were not applied yet stay, too. The state is not changed, so the files
    can be committed to a branch and reviewed. The command exits with 8 if something has to be
    edited by hand; the output says what and why.

    With --interactive, the command also asks about fields that were changed in the files as well.
    At the end it says what `apply` will do with the lines that you did not accept.

    Examples:
        cioform pull acme snippet.footer
        cioform pull acme --all
        cioform pull acme 'campaign.*' --interactive
    """
    _check_options(workspace, addresses, everything, interactive)
    progress = Progress(stderr_styler(not no_color))
    with connection.open(workspace, progress) as opened:
        pullable = opened.pullable(Scope(tuple(addresses or ())), conflicts=interactive)
        progress.end()
        if interactive:
            write_stderr("".join(f"{text}\n" for text in pullable.replaced))
            ask = HunkQuestions(stderr_styler(not no_color), context)
            result = opened.pull(pullable, into_shared=into_shared, choose=ask.choose)
        else:
            result = opened.pull(pullable, into_shared=into_shared)
    if as_json:
        write_stdout(
            dumps(
                workspace=workspace,
                paths=[shorten_path(path) for path in result.paths],
                addresses=result.addresses,
                left=result.left,
                declined=result.declined,
                shared=result.shared,
            )
        )
    else:
        _print(workspace, result, pullable, connection.to_repeat)
        if result.needs_shared:
            write_stderr("Pass --into-shared to change shared files for all of them.\n")
    return INCOMPLETE if result.left else 0


def _check_options(
    workspace: str, addresses: list[str] | None, everything: bool, interactive: bool
) -> None:
    if not (addresses or everything or interactive):
        raise UsageError.of(
            "Missing argument",
            "Name resources, or pass --all or --interactive. This shows what was edited:\n\n"
            f"    cioform drift {workspace}",
        )
    if interactive and not is_interactive():
        raise UsageError.of(
            "Terminal required",
            "stdin is not a terminal, so cioform cannot ask. Name resources, or pass --all.",
        )


def _print(
    workspace: str, result: PullResult, pullable: Pullable, given: Mapping[str, str]
) -> None:
    if result.addresses:
        resources = pluralize(len(result.addresses), "resource", "resources")
        paths = "".join(f"  {shorten_path(path)}\n" for path in result.paths)
        write_stdout(f"Pulled {resources}:\n{paths}")
    elif pullable.drift and not result.left:
        write_stdout("Nothing was pulled.\n")
    elif not result.left:
        read = ", as far as these credentials can read it" if pullable.is_partly_read else ""
        write_stdout(
            f"Nothing to pull: the files of {workspace} have everything that was edited in the "
            f"workspace{read}.\n"
        )
    for file, workspaces in result.shared.items():
        write_stdout(f"\n{file} is shared, so this changes {', '.join(workspaces)}.\n")
    if result.left:
        write_stderr("\nNot pulled:\n" + "".join(f"  {text}\n" for text in result.left))
    if result.declined:
        texts = "".join(f"{indent(text, '  ')}\n" for text in result.declined)
        write_stderr(f"\nNot accepted:\n{complete_text(texts, given)}")
    if result.addresses:
        write_stdout(f"\nNext:\n    {complete_command(f'cioform plan {workspace}', given)}\n")
