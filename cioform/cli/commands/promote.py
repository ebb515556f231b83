"""`cioform promote`: write what one workspace's files say into those of another one."""

from __future__ import annotations

from pathlib import Path

from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.promotion_options import (
    PromotedAddressesArgument,
    SourceArgument,
    TargetWorkspaceArgument,
)
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.text.quantities import pluralize
from cioform.plan.promotion import Promotion
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import promotion_json
from cioform.services.promotion.promoting import compare_files, write_promotion


def promote(
    source: SourceArgument,
    target: TargetWorkspaceArgument,
    addresses: PromotedAddressesArgument = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Copy changes from one workspace's files to another's.

    Nothing is sent. Only the lines that differ are written. References point to the resources with
    the same address in TARGET. The variables, defaults, overrides, bindings, `remote_id`, `protect`
    and `ignore` of TARGET stay. Nothing is deleted. The command exits with 8 if something cannot be
    promoted, and says where and why.

    Examples:
        cioform promote staging production
        cioform promote staging production campaign.welcome 'snippet.*'
    """
    root = opening.find_project_root(project)
    found = compare_files(root, source, target, addresses or [])
    paths = tuple(map(shorten_path, write_promotion(found, root)))
    promotion = found.promotion
    if as_json:
        write_stdout(promotion_json(promotion, paths))
    else:
        _print(promotion, paths)
        if paths:
            plan = complete_command(f"cioform plan {target}", options_to_repeat(project))
            write_stdout(f"\nNext:\n    {plan}\n")
    if promotion.left:
        write_stderr(f"\n{render_diagnostics(promotion.left, stderr_styler(not no_color))}")
    return INCOMPLETE if promotion.left else 0


def _print(promotion: Promotion, paths: tuple[Path, ...]) -> None:
    if promotion.documents:
        number = pluralize(len(promotion.documents), "document", "documents")
        lines = "".join(f"  {path}\n" for path in paths)
        write_stdout(f"Promoted {number} from {promotion.source} to {promotion.target}:\n{lines}")
    elif not promotion.left:
        write_stdout(f"Nothing to promote: {promotion.target} matches {promotion.source}.\n")
    if promotion.shared:
        shared = pluralize(len(promotion.shared), "document", "documents")
        write_stdout(f"\nShared, so that no promotion is needed: {shared}.\n")
