"""The `endpoint` of a workspace: which servers it talks to, and sends its credentials to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.config.permissions import how_to_allow_endpoint, may_receive_credentials
from cioform.config.section_models import Hosts
from cioform.config.sections.problem import SettingProblem
from cioform.config.sections.url_credentials import credentials_problem, has_credentials, split_url
from cioform.config.settings_file import SettingsFile
from cioform.core.suggest import did_you_mean
from cioform.model.remote_access.endpoints import ENDPOINTS, Endpoint
from cioform.model.values.value_errors import echo

_HINT: Final = "Set `credentials` instead."


def written_endpoint(settings: SettingsFile) -> str | Hosts:
    """Return the endpoint that settings name; without one it is that of the region."""
    return settings.endpoint or settings.region or "us"


def read_endpoint(
    settings: SettingsFile, environment: Mapping[str, str]
) -> tuple[Endpoint | None, list[SettingProblem]]:
    """Return the endpoint that settings name, None if it cannot be used, and its problems."""
    written = written_endpoint(settings)
    if isinstance(written, Hosts):
        hosts = {name: str(url).rstrip("/") for name, url in written.model_dump().items()}
        problems = list(_host_problems(hosts, environment))
        return None if problems else Endpoint(**hosts), problems
    if has_credentials(written):
        return None, [credentials_problem(_HINT, ("endpoint",))]
    if written not in ENDPOINTS:
        detail = (
            "`endpoint` must be `us`, `eu`, `sandbox`, or a mapping with the URLs `app`, "
            f"`journeys` and `track`, not {echo(written)}.{did_you_mean(written, ENDPOINTS)}"
        )
        return None, [SettingProblem("Invalid value", detail, ("endpoint",))]
    problems = []
    if settings.region is not None and written in ("us", "eu") and written != settings.region:
        detail = (
            f"`region` is `{settings.region}`, but `endpoint` is `{written}`. Remove the one that "
            "is wrong."
        )
        problems.append(SettingProblem("Endpoint and region mismatch", detail, ("endpoint",)))
    return ENDPOINTS[written], problems


def _host_problems(
    hosts: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[SettingProblem]:
    for name, url in hosts.items():
        path = ("endpoint", name)
        if has_credentials(url):
            yield credentials_problem(_HINT, path)
        elif not _is_secure_url(url):
            detail = (
                f"`{url}` must start with `https://`, because credentials are sent to it. "
                "`http://` is only allowed for this machine (`localhost`, `127.0.0.1`)."
            )
            yield SettingProblem("Unsafe endpoint", detail, path)
        elif not may_receive_credentials(url, environment):
            yield SettingProblem("Endpoint not allowed", how_to_allow_endpoint(url), path)


def _is_secure_url(url: str) -> bool:
    parts = split_url(url)
    if parts is None or not parts.hostname:
        return False
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and local)
