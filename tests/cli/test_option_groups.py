"""A group of options is one parameter of a command's function, and separate options for typer."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.testing import CliRunner

from cioform.cli.command_list.option_groups import OptionGroup, expand_option_groups
from cioform.core.dataclasses import dataclass


@dataclass(frozen=True)
class Size(OptionGroup):
    width: Annotated[int, typer.Option()] = 1
    height: Annotated[int, typer.Option()] = 2


def show(name: str, *, size: Size, loud: bool = False) -> None:
    typer.echo(f"{name} {size.width}x{size.height} {loud}")


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(expand_option_groups(show))
    return CliRunner().invoke(app, arguments).stdout


def test_each_option_is_passed() -> None:
    assert run("box", "--height", "7", "--loud") == "box 1x7 True\n"


def test_options_have_the_defaults_of_the_group() -> None:
    assert run("box") == "box 1x2 False\n"


def test_a_command_without_groups_stays_as_it_is() -> None:
    def plain(name: str) -> None: ...

    assert expand_option_groups(plain) is plain
