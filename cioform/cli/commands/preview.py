"""`cioform preview`: show messages as recipients see them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import print_output, stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.report_format import is_own_page
from cioform.cli.streams import write_stderr
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.report.preview.page import page_height, preview_page
from cioform.report.preview.text import render_preview
from cioform.services.preview.screenshot import take_picture
from cioform.storage.user_files import check_replaceable, write_text

_PersonOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--person",
        metavar="WHO",
        help="A stand-in (typical, blank, longest, right-to-left, quotes), a YAML or JSON "
        "file, or a person's ID; `all` for all stand-ins (default); repeatable.",
        show_default=False,
    ),
]
_LiveOption: TypeAlias = Annotated[
    bool,
    typer.Option("--live", help="Show the workspace's version.", show_default=False),
]
_BeforeAfterOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--before-after",
        help="Show the workspace's version and the files' version.",
        show_default=False,
    ),
]
_TextOption: TypeAlias = Annotated[
    bool, typer.Option("--text", help="Print text (default).", show_default=False)
]
_HtmlOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write a self-contained HTML page.", show_default=False
    ),
]
_PngOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--png",
        metavar="FILE",
        help="Write a picture of the page, with the people of --person or only the "
        "typical one; needs Chromium, Chrome or Edge.",
        show_default=False,
    ),
]


def preview(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    person: _PersonOption = None,
    live: _LiveOption = False,
    before_after: _BeforeAfterOption = False,
    text: _TextOption = False,
    html: _HtmlOption = None,
    png: _PngOption = None,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show messages as recipients see them.

    The page shows each e-mail at 600 and 375 pixels, light and dark, with its line in an inbox, and
    push and text messages on a phone. It loads nothing, and no script runs in it.

    Examples:
        cioform preview acme transactional.receipt
        cioform preview acme campaign.onboarding --html preview.html
        cioform preview acme transactional.receipt --person ada.yaml --before-after --png new.png
    """
    if live and before_after:
        raise UsageError.of(
            "Mutually exclusive options",
            "`--before-after` shows both versions. Remove `--live`.",
        )
    check_replaceable(html, "a page of cioform", "--html", is_own_page)
    check_replaceable(png, "a picture", "--png", lambda old: old[1:4] == "PNG")
    progress = Progress(stderr_styler(not no_color))
    with opening.open_workspace(project, workspace, api, progress) as opened:
        wanted = options.parse_address(address, opened)
        found = opened.preview(
            wanted, people=tuple(person or ["all"]), live=live, before_after=before_after
        )
    progress.end()
    written = []
    if html is not None:
        write_text(html, preview_page(found), "Name another file after --html.")
        written.append(f"Wrote {html}.\n")
    if png is not None:
        unfolded = person is not None
        page = preview_page(found, open_all=unfolded)
        is_whole = take_picture(page, page_height(found, open_all=unfolded), png)
        written.append(f"Wrote {png}.\n")
        if not is_whole:
            write_stderr(
                "The picture has only the beginning of the page, which is longer than a picture "
                "can be. Name fewer people with `--person`, or use `--html FILE`.\n"
            )
    shown = "".join(written)
    if text or not written:
        shown = render_preview(found, stdout_styler(not no_color)) + shown
    print_output(shown, as_json, workspace=workspace, address=str(wanted), preview=found)
    return 0
