"""`cioform diff`: how the files of one workspace differ from those of another one."""

from __future__ import annotations

import shlex
from dataclasses import replace

from cioform.cli.command_list.suggested_commands import complete_commands, options_to_repeat
from cioform.cli.output import stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import ChangeDisplayOptions
from cioform.cli.parameters.promotion_options import (
    PromotedAddressesArgument,
    SourceArgument,
    TargetWorkspaceArgument,
)
from cioform.cli.parameters.report_format import JSON, MARKDOWN, MarkdownOption, chosen_format
from cioform.cli.streams import write_stdout
from cioform.core.exit_codes import INCOMPLETE, PENDING
from cioform.report.json_output import promotion_json
from cioform.report.plan.comments.markdown import render_markdown
from cioform.report.plan.promotion import view_promotion
from cioform.report.plan.report import promotion_report
from cioform.report.plan.text import render_differences
from cioform.services.promotion.promoting import compare_files


def diff(
    source: SourceArgument,
    target: TargetWorkspaceArgument,
    addresses: PromotedAddressesArgument = None,
    as_json: options.JsonOption = False,
    markdown: MarkdownOption = False,
    project: options.ProjectOption = None,
    *,
    display: ChangeDisplayOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what `cioform promote` would write, from the files alone.

    The documents of SOURCE are read with the variables and defaults of TARGET. Folders that both
    workspaces include are skipped. The command exits with 2 if the files differ, and with 8 if
    something cannot be promoted; the output says why, and where.

    Examples:
        cioform diff staging production
        cioform diff staging production 'campaign.*' --markdown
    """
    chosen = chosen_format("diff", None, {JSON: as_json, MARKDOWN: markdown}, (JSON, MARKDOWN))
    patterns = addresses or []
    root = opening.find_project_root(project)
    found = compare_files(root, source, target, patterns).promotion
    view = view_promotion(found, display.display)
    commands = [" ".join((each, *map(shlex.quote, patterns))) for each in view.next_commands]
    view = replace(view, next_commands=complete_commands(commands, options_to_repeat(project)))
    if chosen == JSON:
        write_stdout(promotion_json(found))
    elif chosen == MARKDOWN:
        write_stdout(render_markdown(promotion_report(view, source, target)))
    else:
        write_stdout(render_differences(view, stdout_styler(not no_color)))
    if found.left:
        return INCOMPLETE
    return PENDING if found.documents else 0
