"""The `endpoint` of a workspace: which servers it talks to, and sends its credentials to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from cioform.config.permissions import how_to_allow_endpoint, may_receive_credentials
from cioform.config.settings_file import Hosts, SettingsFile
from cioform.core.paths import format_path
from cioform.core.suggest import did_you_mean
from cioform.model.remote_access.endpoints import ENDPOINTS, Endpoint
from cioform.model.resource import FieldPath
from cioform.model.values.value_errors import echo


class SettingProblem(NamedTuple):
    """What is wrong with a setting, and where."""

    summary: str
    detail: str
    path: FieldPath


def read_endpoint(
    settings: SettingsFile, environment: Mapping[str, str]
) -> tuple[Endpoint | None, list[SettingProblem]]:
    """Return the endpoint that settings name, None if it cannot be used, and its problems."""
    written = settings.endpoint or settings.region or "us"
    if isinstance(written, Hosts):
        hosts = {name: str(url).rstrip("/") for name, url in written.model_dump().items()}
        problems = list(_host_problems(hosts, environment))
        return None if problems else Endpoint(**hosts), problems
    if written not in ENDPOINTS:
        detail = (
            "`endpoint` must be `us`, `eu`, `sandbox`, or a mapping with the URLs `app`, "
            f"`journeys` and `track`, not {echo(written)}.{did_you_mean(written, ENDPOINTS)}"
        )
        return None, [SettingProblem("Wrong value", detail, ("endpoint",))]
    problems = []
    if settings.region is not None and written in ("us", "eu") and written != settings.region:
        detail = (
            f"`region` is `{settings.region}`, but `endpoint` is `{written}`. Remove the one that "
            "is wrong."
        )
        problems.append(SettingProblem("Endpoint and region disagree", detail, ("endpoint",)))
    return ENDPOINTS[written], problems


def _host_problems(
    hosts: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[SettingProblem]:
    for name, url in hosts.items():
        path = ("endpoint", name)
        if has_credentials(url):
            yield credentials_problem("Set `credentials` instead.", path)
        elif not _is_secure_url(url):
            detail = (
                f"`{url}` must start with `https://`, because credentials are sent to it. "
                "`http://` is only allowed for this machine (`localhost`, `127.0.0.1`)."
            )
            yield SettingProblem("Unsafe endpoint", detail, path)
        elif not may_receive_credentials(url, environment):
            yield SettingProblem("Endpoint not allowed", how_to_allow_endpoint(url), path)


def has_credentials(url: str) -> bool:
    """Return whether a URL contains a password, or a user name that may be a token."""
    parts = _split(url)
    if parts is None or parts.username is None:
        return False
    return parts.password is not None or not parts.scheme.endswith("ssh")


def credentials_problem(way_out: str, path: FieldPath) -> SettingProblem:
    """Return the problem of a URL with credentials, which the message does not repeat."""
    detail = (
        f"`{format_path(path)}` contains a user name or a password. Reports show this URL, and "
        f"everybody who can read the file can use them. Remove them from the URL. {way_out}"
    )
    return SettingProblem("Credentials in a URL", detail, path)


def _is_secure_url(url: str) -> bool:
    parts = _split(url)
    if parts is None or not parts.hostname:
        return False
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and local)


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if it is invalid."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
