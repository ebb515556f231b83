"""Turn the section `lint` of the settings into what the checks need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from cioform.config.settings_file import SettingsFile
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Location, Severity
from cioform.model.settings.lint_settings import IgnoredRule, LintSettings


def lint_settings(
    parsed: SettingsFile, locate: Callable[[FieldPath], Location | None]
) -> LintSettings:
    """Return the settings of the checks, each entry with its place."""
    section = parsed.lint
    return LintSettings(
        engine=section.engine,
        legacy=tuple(section.legacy),
        severities={
            rule: None if severity == "off" else Severity(severity)
            for rule, severity in section.severity.items()
        },
        ignored=tuple(
            IgnoredRule(
                each.rule,
                each.address,
                each.because,
                None if each.until is None else date.fromisoformat(each.until),
                locate(("lint", "ignore", at)),
            )
            for at, each in enumerate(section.ignore)
        ),
        draft_days=section.draft_days,
        location=locate(("lint",)),
    )
