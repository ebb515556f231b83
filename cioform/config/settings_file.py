"""The shape of `workspace.yaml`, checked before it becomes `Settings`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cioform.model.limits import Guards, Rates
from cioform.model.text_pattern import TextPattern

_GUARDS: Final = Guards()
_RATES: Final = Rates()


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Hosts(_Section):
    """The addresses of the three APIs of a server that speaks them."""

    app: str
    journeys: str
    track: str


class _Credentials(_Section):
    app_api_key: str | None = None
    """App API key, always `${env.NAME}`."""
    service_account_token: str | None = None
    """Service account token for the Journeys API, always `${env.NAME}`."""
    site_id: str | None = None
    """Site id for the Track API, always `${env.NAME}`."""
    track_api_key: str | None = None
    """Key for the Track API, always `${env.NAME}`."""


NonNegativeInt = Annotated[int, Field(ge=0)]


class _Guards(_Section):
    allow_delete: bool = _GUARDS.allow_delete
    """Whether a plan may delete at all."""
    max_changes: NonNegativeInt | None = _GUARDS.max_changes
    """The most changes in one plan."""
    max_deletes: NonNegativeInt | None = _GUARDS.max_deletes
    """The most deletions in one plan."""
    max_percent: Annotated[float, Field(ge=0, le=100)] = _GUARDS.max_percent
    """The largest part of the resources that a plan may change or delete; five always pass."""
    max_people: NonNegativeInt | None = _GUARDS.max_people
    """The largest audience that one change may touch."""


class _State(_Section):
    backend: Literal["local"] = "local"
    """Where the state is kept: `local`, a file below `.cioform/`."""


class _Rate(_Section):
    app: Annotated[float, Field(gt=0)] = _RATES.app
    """Requests a second to the App API."""
    journeys: Annotated[float, Field(gt=0)] = _RATES.journeys
    """Requests a second to the Journeys API."""
    track: Annotated[float, Field(gt=0)] = _RATES.track
    """Requests a second to the Track API."""


class SettingsFile(_Section):
    """The settings of a workspace, as the file has them."""

    region: Literal["us", "eu"] | None = None
    """Where the workspace lives: `us` or `eu`."""
    environment_id: int | Annotated[str, TextPattern(r"^[0-9]+$", "be a whole number")] | None = (
        None
    )
    """The workspace's number, as in the address of its pages. The Journeys API needs it."""
    endpoint: str | Hosts | None = None
    """`us`, `eu`, `sandbox` (the embedded Customer.io), or the addresses of the three APIs."""
    credentials: _Credentials = _Credentials()
    """Each from the environment: `${env.NAME}`."""
    variables: dict[str, str | int | float | bool] = {}
    """Values that documents use as `${var.name}`."""
    guards: _Guards = _Guards()
    """What a plan may do without being told twice."""
    state: _State = _State()
    """Where the state is kept."""
    include: list[str] = []
    """Folders beside this one whose documents belong to this workspace too: `_shared`."""
    rate: _Rate = _Rate()
    """Requests a second that cioform allows itself."""
