"""The option `--format` of commands whose output other tools read as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli.command_list.option_groups import OptionGroup
from cioform.cli.parameters import options
from cioform.cli.streams import write_stderr
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module
from cioform.core.secrets.secret_shapes import hide_secret_shapes
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_words
from cioform.report.plan.report import Report
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import check_replaceable, write_text

if TYPE_CHECKING:
    from cioform.report import for_reviewers
else:
    for_reviewers = lazy_module("cioform.report.for_reviewers")

TEXT: Final = "text"
JSON: Final = "json"
MARKDOWN: Final = "markdown"
_TOOL_FORMATS: Final = ("sarif", "junit", "github", "gitlab")
LINT_FORMATS: Final = (TEXT, JSON, *_TOOL_FORMATS)
PLAN_FORMATS: Final = (TEXT, JSON, MARKDOWN, *_TOOL_FORMATS)

LintFormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="text (default), json, sarif, junit, github or gitlab.",
        show_default=False,
    ),
]
PlanFormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="text (default), json, markdown, sarif, junit, github or gitlab.",
        show_default=False,
    ),
]
MarkdownOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--markdown", help="Print Markdown for a pull request comment.", show_default=False
    ),
]
HtmlOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Also write a self-contained HTML page.", show_default=False
    ),
]


@dataclass(frozen=True)
class ReportOptions(OptionGroup):
    """In which forms a plan or drift is written."""

    as_json: options.JsonOption = False
    markdown: MarkdownOption = False
    format_: PlanFormatOption = None
    html: HtmlOption = None

    def chosen(self, command: str) -> str:
        """Return the format of the output on stdout.

        Raises UsageError, for example if the page would replace a file of another kind.
        """
        check_replaceable(self.html, "a page of cioform", "--html", is_own_page)
        shorthands = {JSON: self.as_json, MARKDOWN: self.markdown}
        return chosen_format(command, self.format_, shorthands, PLAN_FORMATS)


def chosen_format(
    command: str, name: str | None, shorthands: Mapping[str, bool], known: Sequence[str]
) -> str:
    """Return the format that the options of a command ask for.

    `shorthands` are the options that name a format themselves, such as `--json`. Raises UsageError
    for an unknown format, and if two are asked for.
    """
    if name is not None and name not in known:
        raise UsageError.of(
            "Unknown format",
            f"`{name}` is not a format of `cioform {command}`.{did_you_mean(name, known)} "
            f"Write {join_words([f'`{each}`' for each in known], 'or')}.",
        )
    asked = dict.fromkeys(short for short, is_set in shorthands.items() if is_set)
    given = [f"--{short}" for short in asked]
    if name is not None and name not in asked:
        given.append(f"--format {name}")
    if len(given) > 1:
        raise UsageError.of(
            "Mutually exclusive options",
            f"{' and '.join(given)} cannot be combined. Use only one of them.",
        )
    return name or next(iter(asked), TEXT)


def is_own_page(text: str) -> bool:
    """Return whether a text is a page that cioform wrote. The body of a message is none."""
    return 'http-equiv="Content-Security-Policy"' in text[:2000]


def write_page(file: Path, report: Report, styler: Styler) -> None:
    """Write a report as a page, and say so on stderr."""
    page = for_reviewers.render_page(report)
    write_text(file, hide_secret_shapes(page), "Name another file after --html.")
    write_stderr(styler(f"Report written to {file}", Tone.DIM) + "\n")
