"""Check what the resources of a workspace say, with its settings and its baseline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from cioform.config.load import Configuration
from cioform.config.read.text_locations import TextLocator
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import ConfigError
from cioform.core.suggest import did_you_mean
from cioform.language.liquid.dialect import Engine
from cioform.lint.baseline import Baseline, split_known
from cioform.lint.check import check_subject
from cioform.lint.finding import Finding
from cioform.lint.placed import PlacedFinding
from cioform.lint.rule import Group, Rule
from cioform.lint.rules import find_rules
from cioform.lint.subject import Subject
from cioform.model.registry import Registry
from cioform.model.settings.lint_settings import IgnoredRule, LintSettings
from cioform.services.linting.baseline import read_baseline, with_addresses
from cioform.services.linting.known_hits import cached_hits
from cioform.services.project.declared_data import declared_data
from cioform.services.project.finding_location import finding_location
from cioform.services.state.old_drafts import old_drafts


@dataclass(frozen=True, slots=True)
class LintResult:
    """What a check of a workspace found."""

    subject: Subject
    findings: tuple[PlacedFinding, ...]
    """The findings that are neither ignored nor in the baseline."""
    in_baseline: int
    ignored: int
    warnings: tuple[Diagnostic, ...] = ()
    """About the settings of the checks themselves."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that stop `validate`."""
        return tuple(
            each.diagnostic for each in self.findings if each.finding.severity is Severity.ERROR
        )


def lint_workspace(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    *,
    scope: Iterable[Address] | None = None,
    with_baseline: bool = True,
    errors_only: bool = False,
    today: date | None = None,
    base_addresses: Mapping[Address, Address] | None = None,
) -> LintResult:
    """Check the texts of a workspace, or of the resources in `scope`.

    With `errors_only`, no rule runs that only warns, and no warning is looked up in the files.
    `base_addresses` has the addresses of renamed resources on the target branch, which its settings
    use. Raises ConfigError for an unusable baseline, declaration or setting.
    """
    settings = configuration.settings.lint
    rules = _rules_to_run(settings)
    if scope is not None:
        # Whether something is used anywhere is not a question about the resources in a scope.
        rules = [rule for rule in rules if rule.group is not Group.HYGIENE]
    if errors_only:
        # A rule that warns never reports an error; one that reports errors may warn.
        rules = [r for r in rules if settings.severities.get(r.id, r.severity) is Severity.ERROR]
    today = today or datetime.now(UTC).date()
    judged = base_addresses or {}
    subject = _subject(root, configuration, kinds, scope, today, judged)
    with cached_hits(root, find_rules(), adds=not errors_only) as hits:
        hits.fill(subject)
    found = _found(subject, rules, settings, errors_only=errors_only)
    active = [entry for entry in settings.ignored if not entry.is_expired(today)]
    counted = [
        each
        for each in found
        if not _is_ignored(each.rule, judged.get(each.address, each.address), active)
    ]
    baseline: Baseline = {}
    if with_baseline:
        baseline = with_addresses(read_baseline(root, configuration), judged)
    new, known = split_known(counted, baseline, subject)
    by_id = {rule.id: rule for rule in rules}
    locator = TextLocator(root)
    return LintResult(
        subject,
        tuple(
            PlacedFinding(
                each,
                by_id[each.rule],
                finding_location(each, subject, locator),
                subject.shown_path(each.address, each.path),
            )
            for each in new
        ),
        len(known),
        len(found) - len(counted),
        tuple(_expired(settings.ignored, today)),
    )


def _found(
    subject: Subject, rules: Iterable[Rule], settings: LintSettings, *, errors_only: bool
) -> list[Finding]:
    severities = {rule: found for rule, found in settings.severities.items() if found is not None}
    return [
        finding
        for finding in check_subject(subject, rules, severities)
        if (subject.scope is None or finding.address in subject.scope)
        and not (errors_only and finding.severity is not Severity.ERROR)
    ]


def _subject(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    scope: Iterable[Address] | None,
    today: date,
    base_addresses: Mapping[Address, Address],
) -> Subject:
    settings = configuration.settings.lint
    return Subject(
        configuration.desired.resources,
        kinds,
        Engine(settings.engine),
        frozenset(
            address
            for address in configuration.desired.resources
            if settings.legacy
            and settings.engine_of(base_addresses.get(address, address)) == Engine.LEGACY
        ),
        None if scope is None else frozenset(scope),
        declared_data(root, configuration),
        partial(old_drafts, root, configuration, kinds, today),
    )


def _rules_to_run(settings: LintSettings) -> Sequence[Rule]:
    """Return the rules that are not off. Raises ConfigError for a rule that does not exist."""
    rules = find_rules()
    known = {rule.id for rule in rules}
    named = [(rule, settings.location) for rule in settings.severities]
    named += [(entry.rule, entry.location) for entry in settings.ignored]
    problems = [
        Diagnostic(
            "Unknown rule",
            f"`lint` names the rule `{rule}`, which does not exist.{did_you_mean(rule, known)} "
            "List the rules with:\n\n    cioform lint --rules",
            location=place,
        )
        for rule, place in named
        if rule not in known
    ]
    if problems:
        raise ConfigError(problems)
    return [rule for rule in rules if settings.severities.get(rule.id, rule.severity) is not None]


def _is_ignored(rule: str, address: Address, active: Iterable[IgnoredRule]) -> bool:
    return any(entry.covers(rule, address) for entry in active)


def _expired(entries: Iterable[IgnoredRule], today: date) -> Iterator[Diagnostic]:
    for entry in entries:
        if entry.is_expired(today):
            yield Diagnostic(
                "Ignored rule counts again",
                f"`{entry.rule}` was ignored for `{entry.address}` until {entry.until} "
                f"(“{entry.because}”). Correct the texts and remove the entry, or set a later day.",
                location=entry.location,
                severity=Severity.WARNING,
            )


def lint_errors(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    scope: Iterable[Address] | None = None,
) -> tuple[Diagnostic, ...]:
    """Return what the checks find wrong with a workspace, their own settings included.

    With `scope`, only the texts of these resources are checked.
    """
    try:
        found = lint_workspace(root, configuration, kinds, scope=scope, errors_only=True)
        return found.errors
    except ConfigError as error:
        return error.diagnostics


def check_written_texts(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    addresses: Collection[Address],
    *,
    errors_only: bool,
    base_addresses: Mapping[Address, Address] | None = None,
) -> tuple[PlacedFinding, ...]:
    """Return the warnings about the texts of resources that will be written.

    With `errors_only`, none is looked for. Raises ConfigError if a text has an error.
    """
    if not addresses:
        return ()
    result = lint_workspace(
        root, configuration, kinds, scope=addresses, errors_only=errors_only,
        base_addresses=base_addresses,
    )  # fmt: skip
    if result.errors:
        raise ConfigError(result.errors)
    return result.findings
