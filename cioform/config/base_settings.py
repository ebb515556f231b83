"""Settings that are read from another revision: a pull request may not loosen what judges it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.config.judging_settings import changed_settings
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.config.read.files import ProjectFiles
from cioform.config.sections.notify import webhook_secrets
from cioform.config.settings import Settings, load_settings
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.model.settings.limits import Guards, Rates
from cioform.model.settings.lint_settings import LintSettings

_ABBREVIATED: Final = 12


@dataclass(frozen=True, slots=True)
class BaseSettings:
    """The `workspace.yaml` of a revision."""

    commit: str
    text: str | None
    """In the current format; None if the revision has no such workspace."""

    def load_settings(
        self,
        root: Path,
        name: str,
        environment: Mapping[str, str],
        texts: Mapping[str, str] | None,
    ) -> Settings:
        """Return the settings of the files, with those that judge a plan as the base has them.

        A workspace that the base lacks has the limits of a new one. Raises ConfigError for what is
        wrong with either, and for a plain variable that holds a secret of the base.
        """
        if self.text is None:
            own = load_settings(root, name, environment, texts)
            strict = replace(own, guards=Guards(), rate=Rates(), lint=LintSettings(), notify=())
            return replace(strict, base_commit=self.commit)
        path = ProjectFiles.at(root).join(WORKSPACES_FOLDER, name, SETTINGS_FILE)
        old = _load_base(root, name, environment, path, self)
        secrets = (
            *old.credentials.secrets, *old.sensitive.secrets, *webhook_secrets(old.notify)
        )  # fmt: skip
        own = load_settings(root, name, environment, texts, secrets)
        return replace(
            own,
            endpoint=old.endpoint,
            workspace_id=old.workspace_id,
            credentials=old.credentials,
            unset_variables=old.unset_variables,
            guards=old.guards,
            live_edits=old.live_edits,
            apply_window=old.apply_window,
            owners=old.owners,
            notify=old.notify,
            managed_by=old.managed_by,
            state=old.state,
            exclude=old.exclude,
            lint=old.lint,
            rate=old.rate,
            base_commit=self.commit,
            judging=old.judging,
            changed_since_base=changed_settings(old.judging, own.judging),
        )


def _load_base(
    root: Path, name: str, environment: Mapping[str, str], path: str, base: BaseSettings
) -> Settings:
    try:
        return load_settings(root, name, environment, {path: base.text or ""})
    except ConfigError as error:
        role = "It is in the settings of the base, which judge this plan."
        found = [problem_in_base(each, base.commit, role) for each in error.diagnostics]
        raise ConfigError(found) from None


def problem_in_base(problem: Diagnostic, commit: str, role: str) -> Diagnostic:
    """Return a problem of the base with its commit, and why the base matters."""
    place = problem.location
    if place is not None:
        place = replace(place, file=f"{commit[:_ABBREVIATED]}:{place.file}")
    return replace(problem, detail=f"{problem.detail} {role}", location=place)
