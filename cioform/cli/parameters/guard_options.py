"""The options by which somebody allows what a guard refuses."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

AllowDeleteOption: TypeAlias = Annotated[
    bool, typer.Option("--allow-delete", help="Allow deletions.", show_default=False)
]
AllowLiveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-live",
        help="Allow changes to anything that is running or sends automatically.",
        show_default=False,
    ),
]
ApproveOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="POLICY",
        help="Approve the plan for this policy; recorded with your name; repeatable.",
        show_default=False,
    ),
]
OverrideWindowOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--override-window",
        metavar="REASON",
        help="Allow an apply while the apply window is closed; the reason is recorded.",
        show_default=False,
    ),
]
AllowReplaceOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-replace",
        help="Allow deleting and recreating objects that cannot be updated in place.",
        show_default=False,
    ),
]
