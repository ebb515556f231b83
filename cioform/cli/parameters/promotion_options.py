"""The arguments of `cioform diff` and `cioform promote`."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

SourceArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="The workspace whose files are promoted.", show_default=False
    ),
]
TargetWorkspaceArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="TARGET", help="The workspace whose files change.", show_default=False),
]
PromotedAddressesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SELECTOR",
        help="Only these resources, e.g. 'snippet.*' or 'tag:eu' (default: all).",
        show_default=False,
    ),
]
