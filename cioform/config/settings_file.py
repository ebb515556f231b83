"""The fields of `workspace.yaml`, with their types, limits and defaults."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, Field

from cioform.config.section_models import (
    ApplyWindowSection,
    BlackoutSection,
    CredentialsSection,
    GuardsSection,
    Hosts,
    LintSection,
    ManagedBySection,
    NotifySection,
    OwnerSection,
    RateSection,
    Section,
    SensitiveVariable,
    StateSection,
)
from cioform.language.messages.defaults import Defaults, all_defaults
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.values.text_pattern import TextPattern

_MAX_DIGITS: Final = 12
"""The most digits of a workspace's number; those that are known have five or six."""


_WorkspaceNumber = Annotated[int, Field(ge=1, lt=10**_MAX_DIGITS)]
_WorkspaceNumberText = Annotated[
    str,
    TextPattern(
        rf"^[0-9]{{1,{_MAX_DIGITS}}}$",
        "be the number of the workspace, as in the URL of its pages, such as 12345",
    ),
]
"""The number as text, from an environment variable."""


def _left_out(section: type[Section]) -> Any:
    """Return the default of a section: that of each of its fields, for which nothing is built."""
    return Field(default_factory=section.model_construct)


class SettingsFile(BaseModel):
    """The settings of a workspace."""

    model_config = Section.model_config

    old_fields: ClassVar[Mapping[str, str]] = {"environment_id": "workspace_id"}
    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("time_zone", "timezone", "zone"), "defaults.time_zone"),
        **{field: f"defaults.email.{field}" for field in ("from", "reply_to", "to", "layout")},
        **dict.fromkeys(("email", "push", "sms", "whatsapp", "in_app", "slack"), "defaults"),
    }

    format: Literal[1]
    """The format of the workspace's files."""
    region: Literal["us", "eu"] | None = None
    """The region of the workspace's account: `us` or `eu`."""
    workspace_id: _WorkspaceNumber | _WorkspaceNumberText | None = None
    """The ID of the workspace, as in the URL of its pages. The Journeys API needs it."""
    tags: list[Annotated[str, TextPattern(r"^[a-z0-9_-]+$", "be lowercase, such as eu")]] = []
    """Labels by which commands for many workspaces select it: `--only tag:eu`."""
    endpoint: str | Hosts | None = None
    """`us`, `eu`, `sandbox` (the built-in emulator), or the URLs of the three APIs."""
    credentials: Annotated[CredentialsSection, OnFirstUse()] = _left_out(CredentialsSection)
    """The credentials, each an environment variable: `${env.NAME}`."""
    variables: dict[str, str | int | float | bool | SensitiveVariable] = {}
    """Variables, which documents use as `${var.name}`; a secret is declared with `sensitive`."""
    live_edits: Literal["yes", "no", "unknown"] = "unknown"
    """Whether service accounts may change what is running. Customer.io has a setting for it, which
    no request can read: "Allow agent to edit live data"."""
    guards: Annotated[GuardsSection, OnFirstUse()] = _left_out(GuardsSection)
    """Safety limits: what apply may do without an extra flag."""
    apply_window: Annotated[ApplyWindowSection, OnFirstUse()] | None = None
    """The hours in which plans may be applied; any time if left out."""
    blackout: list[Annotated[BlackoutSection, OnFirstUse()]] = []
    """Times in which nothing is applied."""
    owners: dict[str, Annotated[OwnerSection, OnFirstUse()]] = {}
    """Who has to approve which changes, by the name of the group."""
    notify: list[Annotated[NotifySection, OnFirstUse()]] = []
    """Webhooks that are called for applies, refusals and drift."""
    managed_by: Annotated[ManagedBySection, OnFirstUse()] = _left_out(ManagedBySection)
    """What descriptions in Customer.io say about the file that manages an object."""
    state: Annotated[StateSection, OnFirstUse()] = _left_out(StateSection)
    """Where the state is stored."""
    exclude: list[str] = []
    """Addresses that plans, drift and imports leave alone: `campaign.legacy_*`. Each is counted."""
    include: list[str] = []
    """Other folders in `workspaces/` whose documents belong to this workspace too: `_shared`."""
    defaults: Annotated[Defaults, OnFirstUse(all_defaults)] | None = None
    """Values for settings of messages and for time zones that a document leaves out."""
    overrides: dict[str, dict[str, Any]] = {}
    """Values for documents of included folders: by address, then by path."""
    bind: dict[str, int | str] = {}
    """The IDs of objects of documents of included folders, by address: `segment.vip: 12`."""
    lint: Annotated[LintSection, OnFirstUse()] = _left_out(LintSection)
    """What `cioform lint` checks, and what it leaves out."""
    rate: Annotated[RateSection, OnFirstUse()] = _left_out(RateSection)
    """Maximum requests per second that cioform sends."""
