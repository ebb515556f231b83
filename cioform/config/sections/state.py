"""The `state` of a workspace: where its state is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.config.section_models import StateSection
from cioform.config.sections.problem import SettingProblem
from cioform.config.sections.url_credentials import credentials_problem, has_credentials
from cioform.config.settings_file import SettingsFile
from cioform.core.dataclasses import dataclass

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "local": (),
    "git": ("remote", "ref", "lineage", "public"),
    "object": ("url", "lineage"),
}
"""The fields that belong to each backend."""

_CREDENTIAL_SOURCES: Final[Mapping[str, str]] = {
    "remote": "Git asks its credential helper.",
    "url": "The credentials of a bucket come from the environment.",
}
"""Where the credentials of each address come from, which must not have them itself."""


@dataclass(frozen=True, slots=True)
class StateSettings:
    """Where a state is kept. Only a shared state has a lineage in the settings."""

    backend: str = "local"
    remote: str = "origin"
    ref: str = ""
    url: str = ""
    lineage: str | None = None
    is_public: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether other machines use the state too."""
        return self.backend != "local"


def read_state_setting(
    settings: SettingsFile, workspace: str
) -> tuple[StateSettings, list[SettingProblem]]:
    """Return where the state of a workspace is kept, and what is wrong with the setting."""
    written = settings.state
    ref = written.ref or default_ref(workspace)
    found = StateSettings(
        backend=written.backend,
        remote=written.remote or "origin",
        ref=ref if written.backend == "git" else "",
        url=written.url or "",
        lineage=written.lineage,
        is_public=written.public,
    )
    return found, list(_problems(settings, written))


def default_ref(workspace: str) -> str:
    """Return the ref that holds the state of a workspace unless the settings name another."""
    return f"refs/heads/cioform/{workspace}"


def _problems(settings: SettingsFile, written: StateSection) -> Iterator[SettingProblem]:
    allowed = _FIELDS[written.backend]
    for name in sorted(written.model_fields_set - {"backend"} - set(allowed)):
        owners = [f"`{backend}`" for backend, names in _FIELDS.items() if name in names]
        detail = (
            f"`state.{name}` belongs to the backend {' or '.join(owners)}, and `state.backend` is "
            f"`{written.backend}`. Remove it, or change the backend."
        )
        yield SettingProblem("Field of another backend", detail, ("state", name))
    for name, hint in _CREDENTIAL_SOURCES.items():
        if has_credentials(getattr(written, name) or ""):
            yield credentials_problem(hint, ("state", name))
    if written.backend == "object" and written.url is None:
        detail = (
            "`state.url` is missing. Name the bucket and a folder:\n\n    url: s3://bucket/acme"
        )
        yield SettingProblem("Missing field", detail, ("state",))
    if written.backend != "local" and settings.endpoint == "sandbox":
        detail = (
            "`endpoint` is `sandbox`, which exists on this machine only, so its state cannot be "
            "shared. Remove `state`."
        )
        yield SettingProblem("State of a sandbox", detail, ("state",))
