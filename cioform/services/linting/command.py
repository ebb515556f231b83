"""Check workspaces, correct files, write baselines, and compare with Git: `cioform lint`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import WORKSPACES_FOLDER
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.lint.baseline import baseline_of, split_known
from cioform.lint.placed import PlacedFinding
from cioform.model.registry import Registry
from cioform.plan.selecting.scope import Scope
from cioform.services.linting.baseline import read_baseline, write_baseline
from cioform.services.linting.check import LintResult, lint_workspace
from cioform.services.linting.fixes import fix_files
from cioform.services.lookup.selection import WorkspaceFacts
from cioform.services.project.text_cache import cached_texts
from cioform.services.revisions.files import files_at_revision

_MAX_ROUNDS: Final = 10
"""How often a file is corrected. A correction can uncover the next fault of the same tag."""


@dataclass(frozen=True, slots=True)
class LintOutcome:
    """What a check of workspaces found, and which files it changed."""

    findings: tuple[PlacedFinding, ...]
    in_baseline: int
    ignored: int
    warnings: tuple[Diagnostic, ...]
    written: tuple[Path, ...]
    """The files that were corrected, and the baselines."""


def lint_workspaces(
    root: Path,
    names: Sequence[str],
    *,
    fix: bool = False,
    new_since: str | None = None,
    accept: bool = False,
    scope: Scope | None = None,
) -> LintOutcome:
    """Check workspaces. Raises ConfigError with the problems of all files that are not valid.

    `fix` corrects the files first. `new_since` leaves out what a revision of Git had already.
    `accept` writes every finding into the baselines, and then none is left. `scope` limits the
    resources that are checked. Raises UsageError if it names nothing.
    """
    with cached_texts(root), ExitStack() as stack:
        old = None if new_since is None else stack.enter_context(files_at_revision(root, new_since))
        written: list[Path] = []
        results: list[LintResult] = []
        for name in names:
            result, changed = _check(root, name, scope, fix=fix, with_baseline=not accept)
            written += changed
            if accept:
                result, baseline = _accepted(root, name, result)
                written += baseline
            results.append(result if old is None else _without_old(old, name, result))
    return LintOutcome(
        tuple(each for result in results for each in result.findings),
        sum(result.in_baseline for result in results),
        sum(result.ignored for result in results),
        tuple(warning for result in results for warning in result.warnings),
        tuple(dict.fromkeys(written)),
    )


def _check(
    root: Path, name: str, scope: Scope | None, *, fix: bool, with_baseline: bool
) -> tuple[LintResult, list[Path]]:
    """Return what is found in a workspace, and the files that were corrected before."""
    changed: list[Path] = []
    result = _lint(root, name, scope, with_baseline=with_baseline)
    for _ in range(_MAX_ROUNDS if fix else 0):
        corrected = fix_files(root, result.findings)
        if not corrected:
            break
        changed += corrected
        result = _lint(root, name, scope, with_baseline=with_baseline)
    return result, changed


def _accepted(root: Path, name: str, result: LintResult) -> tuple[LintResult, list[Path]]:
    """Write all findings of a workspace to its baseline, and return what is left of them."""
    findings = [each.finding for each in result.findings]
    path = write_baseline(root / WORKSPACES_FOLDER / name, baseline_of(findings, result.subject))
    return replace(result, findings=(), in_baseline=len(findings)), [path] if path else []


def _lint(
    root: Path, name: str, scope: Scope | None = None, *, with_baseline: bool = True
) -> LintResult:
    kinds = find_kinds()
    configuration: Configuration = load_configuration(root, name, kinds, os.environ)
    addresses: Iterable[Address] | None = None
    if scope is not None:
        scope = scope.resolve(WorkspaceFacts(root, configuration, kinds))
        addresses = filter(scope.includes, configuration.desired.resources)
    return lint_workspace(root, configuration, kinds, scope=addresses, with_baseline=with_baseline)


def _without_old(old_root: Path, name: str, result: LintResult) -> LintResult:
    """Return a result without the findings of an older project, whatever its baseline said."""
    if not (old_root / WORKSPACES_FOLDER / name).is_dir():
        return result
    try:
        old = _lint(old_root, name, with_baseline=False)
    except ConfigError:
        return result  # Its files were not valid, so that nothing can be compared.
    known = baseline_of((each.finding for each in old.findings), old.subject)
    new, _ = split_known((each.finding for each in result.findings), known, result.subject)
    wanted = {id(finding) for finding in new}
    return replace(
        result, findings=tuple(each for each in result.findings if id(each.finding) in wanted)
    )


def accept_errors(
    root: Path, configuration: Configuration, kinds: Registry, addresses: Iterable[Address]
) -> Path | None:
    """Add the errors of resources that were just imported to the baseline of their workspace.

    Customer.io holds these texts already. Return the file, or None if there is no such error.
    """
    result = lint_workspace(root, configuration, kinds, scope=addresses, errors_only=True)
    errors = [each.finding for each in result.findings]
    if not errors:
        return None
    baseline = Counter(dict(read_baseline(root, configuration)))
    baseline.update(baseline_of(errors, result.subject))
    return write_baseline(configuration.folder, baseline)
