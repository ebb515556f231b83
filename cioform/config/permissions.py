"""The permissions that the environment gives to the settings of a workspace.

The author of a pull request may not be trusted with the credentials, but the job that plans its
files has them. Files choose which variables are read and which server receives the credentials. The
environment, which no pull request can change, limits what they may choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urlsplit

ALLOW_ENV: Final = "CIOFORM_ALLOW_ENV"
"""Further environment variables that settings may read: names with commas between, `*` allowed."""
ALLOW_ENDPOINT: Final = "CIOFORM_ALLOW_ENDPOINT"
"""Further servers that may receive the credentials: `host` or `host:port`, commas between, or
EVERYTHING."""
EVERYTHING: Final = "*"
"""The value of either variable that allows everything."""

CREDENTIAL_PREFIX: Final = "CUSTOMERIO_"
"""How the environment variables of credentials begin."""
VARIABLE_PREFIX: Final = "CIOFORM_VAR_"
"""How the environment variables of all other settings begin."""
NOTIFY_PREFIX: Final = "CIOFORM_NOTIFY_"
"""How the environment variables of webhooks begin."""
SECRET_PREFIX: Final = "CIOFORM_SECRET_"
"""How environment variables begin that only sensitive variables may read."""

_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CUSTOMER_IO: Final = "customer.io"


def may_read(name: str, prefix: str, environment: Mapping[str, str]) -> bool:
    """Return whether a setting may read the environment variable `name`.

    `prefix` is that of the setting. The comparison is case-sensitive.
    """
    allowed = (f"{prefix}*", *_entries(environment.get(ALLOW_ENV, "")))
    return any(fnmatchcase(name, pattern) for pattern in allowed)


def how_to_allow_variable(name: str, prefix: str) -> str:
    """Return the sentences that tell how to make an environment variable readable."""
    if name.startswith(CREDENTIAL_PREFIX):
        return (
            f"Environment variables whose names begin with `{CREDENTIAL_PREFIX}` hold credentials, "
            "which may only be under `credentials`. Remove it here."
        )
    return (
        f"A file may only read variables whose names begin with `{prefix}`, because anyone who "
        "writes it could otherwise read any secret of this machine. Rename the variable to "
        f"`{with_prefix(name, prefix)}`, or allow it by its name in the environment:"
        f"\n\n    export {ALLOW_ENV}={name}"
    )


def with_prefix(name: str, prefix: str) -> str:
    """Return a name that begins with `prefix`, for an environment variable called `name`."""
    return name if name.startswith(prefix) else prefix + name


def may_receive_credentials(url: str, environment: Mapping[str, str]) -> bool:
    """Return whether the server at `url` may receive the credentials of a workspace.

    Customer.io may, and this machine, unless the environment is that of a CI system: a job there
    shares the machine with what the pull request starts.
    """
    host = (urlsplit(url).hostname or "").lower()
    if host == _CUSTOMER_IO or host.endswith("." + _CUSTOMER_IO):
        return urlsplit(url).scheme == "https"
    if host in _LOCAL_HOSTS and not environment.get("CI"):
        return True
    allowed = (EVERYTHING, host, host_and_port(url))
    return any(entry in allowed for entry in _allowed_hosts(environment))


def how_to_allow_endpoint(url: str) -> str:
    """Return the sentences that tell how to let a server receive the credentials."""
    return (
        f"The credentials of the workspace would be sent to `{host_and_port(url)}`, which is not "
        "a server of Customer.io. If that is intended, allow it in the environment, which no pull "
        f"request can change:\n\n    export {ALLOW_ENDPOINT}={host_and_port(url)}"
    )


def host_and_port(url: str) -> str:
    """Return the host of a URL, with its port if the URL has one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return host if parts.port is None else f"{host}:{parts.port}"


def _allowed_hosts(environment: Mapping[str, str]) -> list[str]:
    return [entry.lower() for entry in _entries(environment.get(ALLOW_ENDPOINT, ""))]


def _entries(listed: str) -> list[str]:
    return [entry.strip() for entry in listed.split(",") if entry.strip()]
