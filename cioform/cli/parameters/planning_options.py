"""The groups of options of commands that make, show and apply plans."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeAlias

from cioform.cli.command_list.option_groups import OptionGroup
from cioform.cli.command_list.suggested_commands import options_to_repeat
from cioform.cli.parameters import guard_options, opening, options
from cioform.cli.parameters.option_texts import check_text
from cioform.core.dataclasses import dataclass
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import Guards
from cioform.plan.plan import OnDrift, PreferredSide
from cioform.plan.review.decisions import Decisions
from cioform.plan.selecting.scope import Scope
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.run.events import Listener

if TYPE_CHECKING:
    from cioform.services.opening import OpenOptions
    from cioform.services.revisions.files import RevisionFiles
    from cioform.services.workspace import Workspace

Wanted: TypeAlias = tuple[Scope, PreferredSide | None, OnDrift]
"""The options of `Workspace.plan` for what is in the plan."""


@dataclass(frozen=True)
class GuardOptions(OptionGroup):
    """What the guards may allow."""

    allow_delete: guard_options.AllowDeleteOption = False
    allow_live: guard_options.AllowLiveOption = False
    allow_replace: guard_options.AllowReplaceOption = False
    approve: guard_options.ApproveOption = None
    override_window: guard_options.OverrideWindowOption = ""

    def guards(self, opened: Workspace) -> Guards:
        """Return the guards of the workspace, relaxed by the options."""
        return opened.guards(
            allow_delete=self.allow_delete,
            allow_live=self.allow_live,
            allow_replace=self.allow_replace,
            approved=self.approve or (),
            window_override=check_text(self.override_window, "--override-window").strip(),
        )

    @property
    def flags(self) -> str:
        """The options that were passed, each after a space."""
        names = ("delete", "live", "replace")
        allowed = [f" --allow-{name}" for name in names if getattr(self, f"allow_{name}")]
        approved = [f" --approve={policy}" for policy in self.approve or ()]
        override = f" --override-window {shlex.quote(self.override_window)}"
        return "".join((*allowed, *approved, override if self.override_window else ""))


@dataclass(frozen=True)
class PlanningOptions(OptionGroup):
    """What a plan is about, and which side it follows."""

    target: options.TargetOption = None
    exclude: options.ExcludeOption = None
    prefer: options.PreferOption = None
    on_drift: options.OnDriftOption = None

    @property
    def are_given(self) -> bool:
        """Whether any of them was passed."""
        return self.are_fixed or bool(self.prefer or self.on_drift)

    @property
    def are_fixed(self) -> bool:
        """Whether any was passed that a saved plan has decided already.

        What loosens a guard is never decided by a plan file.
        """
        return bool(self.target or self.exclude or self.on_drift not in (None, "overwrite"))

    @property
    def decisions(self) -> Decisions:
        """What a saved plan cannot decide by itself."""
        _, prefer, on_drift = self.wanted
        return Decisions(prefer, on_drift)

    @property
    def wanted(self) -> Wanted:
        """What the plan is to be."""
        return (
            options.build_scope(self.target, self.exclude),
            options.parse_prefer(self.prefer),
            options.parse_on_drift(self.on_drift),
        )


@dataclass(frozen=True)
class ChangeDisplayOptions(OptionGroup):
    """How much of each change is shown."""

    context: options.ContextOption = 1
    full: options.FullOption = False

    @property
    def display(self) -> DisplayOptions:
        """The options as the reports take them."""
        return DisplayOptions(context=self.context, full=self.full)

    @property
    def page_display(self) -> DisplayOptions:
        """The same for a page, which has more room."""
        return DisplayOptions(max(self.context, 3), self.full, new_lines=200, changed_lines=400)


@dataclass(frozen=True)
class ConnectionOptions(OptionGroup):
    """Which workspace is opened, by which settings, and with which credentials."""

    settings_from: options.SettingsFromOption = None
    allow_new_workspace: options.AllowNewWorkspaceOption = False
    api: options.ApiOption = None
    project: options.ProjectOption = None

    def open(
        self,
        workspace: str,
        listener: Listener,
        lock_timeout: str | None = None,
        revisions: RevisionFiles | None = None,
    ) -> AbstractContextManager[Workspace]:
        """Open the workspace that the command works on."""
        return opening.open_workspace(
            self.project,
            workspace,
            self.api,
            listener,
            lock_timeout=lock_timeout,
            settings_from=self.settings_from,
            allow_new_workspace=self.allow_new_workspace,
            revisions=revisions,
        )

    @property
    def open_options(self) -> OpenOptions:
        """The options as `open_workspace` of the services takes them, for many workspaces."""
        return {
            "apis": frozenset({Api(self.api)}) if self.api else None,
            "settings_from": self.settings_from,
            "allow_new_workspace": self.allow_new_workspace,
        }

    @property
    def to_repeat(self) -> dict[str, str]:
        """The options that suggested commands need too."""
        return options_to_repeat(self.project, self.api, self.settings_from)
