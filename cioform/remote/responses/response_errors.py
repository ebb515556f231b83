"""The errors of one connection to Customer.io, each with what the user can do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import IN_USE, Diagnostic
from cioform.core.errors import (
    AuthError,
    ConfigError,
    LiveEditsRefusedError,
    OtherWorkspaceError,
    OutcomeUnknownError,
    RemoteError,
    UnavailableError,
)
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_first
from cioform.model.remote_access.conversation import Api, Request
from cioform.remote.redact import Redactor
from cioform.remote.responses.error_bodies import ErrorDetail, parse_errors
from cioform.remote.responses.status_hints import (
    in_use_hint,
    outcome_unknown_hint,
    status_hint,
    status_summary,
)
from cioform.remote.retry import is_retryable

_EXCERPT: Final = 200
"""Characters quoted of a body that is in no known error envelope."""
_LISTED: Final = 5
"""Workspaces that are listed."""
_IN_USE = lazy_pattern(r"\bin use\b", re.IGNORECASE)
_LIVE_DATA_ERROR = lazy_pattern(r"mcp_missing_write_live|live data", re.IGNORECASE)
_SETTINGS_LINK = lazy_pattern(r"https?://[^\s\"'<>]*/settings/ai[^\s\"'<>)]*")

_REGIONS: Final[Mapping[str, str]] = {
    "track.customer.io": "us",
    "track-eu.customer.io": "eu",
    "api.customer.io": "us",
    "api-eu.customer.io": "eu",
}
"""The region of each host (app facts, section 2)."""

_CREDENTIAL_FIELDS: Final[Mapping[Api, str]] = {
    Api.APP: "`app_api_key`",
    Api.JOURNEYS: "`service_account_token`",
    Api.TRACK: "`site_id` and `track_api_key`",
}
"""The fields of `workspace.yaml` that hold the credential of each API."""


@dataclass(frozen=True, slots=True)
class ResponseErrors:
    """Builds the errors of one workspace's connection, with its secrets redacted."""

    redact: Redactor
    workspace: str = ""
    """The workspace's name, for the commands that are proposed; empty where it has none."""

    def missing_credential(self, api: Api) -> AuthError:
        """Return the error for a request to an API that no credential is set for."""
        return AuthError.of(
            "Missing credential",
            f"This needs the {_api_name(api)}, but its credential is not set: "
            f"{_CREDENTIAL_FIELDS[api]}. Set it under `credentials` in `workspace.yaml`, from an "
            "environment variable.",
        )

    def missing_workspace_id(self) -> ConfigError:
        """Return the error for a Journeys request of a workspace without `workspace_id`."""
        hint = self._doctor_hint(" See the IDs of the account with:")
        return ConfigError.of(
            "Missing workspace_id",
            "A service account has access to every workspace of an account, so `workspace_id` in "
            f"`workspace.yaml` must name one of them.{hint}",
        )

    def other_workspace(
        self, api: Api, workspace_id: int, known: Mapping[int, str]
    ) -> OtherWorkspaceError:
        """Return the error for a credential that gives access to the `known` workspaces only."""
        names = [
            f"{number} {quoted(name)}" if name else str(number) for number, name in known.items()
        ]
        hint = self._doctor_hint(" See what each credential gives access to with:")
        detail = (
            f"`workspace_id` in `workspace.yaml` is {workspace_id}, but the credential for the "
            f"{_api_name(api)} ({_CREDENTIAL_FIELDS[api]}) gives access to "
            f"{join_first(names, _LISTED)}. Nothing was written with it. Set the credential of "
            f"{workspace_id}, or correct `workspace_id`.{hint}"
        )
        return OtherWorkspaceError.of("Credential of another workspace", self.redact(detail))

    def invalid_path(self, request: Request) -> ConfigError:
        """Return the error for a path that no URL can hold."""
        detail = f"{request} does not make a valid URL. Check the names in it."
        return ConfigError.of("Invalid request path", self.redact(detail))

    def no_token(self, request: Request) -> AuthError:
        """Return the error for a token exchange whose response has no token."""
        return AuthError.of(
            "Credential rejected",
            f"The response to {request} has no token in it. Check `service_account_token` and the "
            "`journeys` endpoint.",
        )

    def outcome_unknown(self, request: Request, detail: str) -> OutcomeUnknownError:
        """Return the error for a write that may or may not have been done."""
        text = (
            f"{request} was sent, and may or may not have been done. {detail} It is not sent "
            f"again, since that could do it twice. {outcome_unknown_hint(request)}"
        )
        return OutcomeUnknownError([Diagnostic("Outcome unknown", self.redact(text))])

    def write_failed(self, request: Request, status: int, text: str) -> OutcomeUnknownError:
        """Return the error for a write that returned a 5xx status."""
        return self.outcome_unknown(
            request, f"Customer.io returned {status}{_format_messages(text)}."
        )

    def unreachable(self, request: Request, host: str, reason: str) -> RemoteError:
        """Return the error for a request that got no response and did nothing."""
        return self._remote_error(
            "Customer.io cannot be reached",
            f"{request} to {host} got no response: {reason or 'no reason given'}. It changed "
            "nothing. Check the network, any proxy, and `endpoint` in `workspace.yaml`.",
        )

    def no_response(self, request: Request, host: str, reason: str) -> UnavailableError:
        """Return the error for a read without a response, or with a response that was cut off."""
        return UnavailableError.of(
            "No response from Customer.io",
            self.redact(
                f"{request} to {host} was retried and got no response: "
                f"{reason.rstrip('.')}. It changed nothing. Try again later."
            ),
        )

    def too_large(self, request: Request, limit: int) -> RemoteError:
        """Return the error for a response that is longer than `limit` bytes."""
        size = f"The response is larger than {limit // 2**20} MB and was not read."
        if request.writes:
            return self.outcome_unknown(request, size)
        return self._remote_error(
            "Response too large",
            f"{request} failed. {size} Check `endpoint` in `workspace.yaml`.",
        )

    def rejected(self, request: Request, status: int, text: str) -> RemoteError:
        """Return the error for a response with an error status."""
        failure = f"{request} returned {status}{_format_messages(text)}."
        summary, hint = status_summary(status), status_hint(request, status)
        if request.method == "DELETE" and _IN_USE.search(text):
            summary, hint = IN_USE, in_use_hint(request)
        problem = Diagnostic(summary, self.redact(f"{failure} {hint}".strip()))
        error = UnavailableError if is_retryable(request, status) else RemoteError
        return error([problem], status)

    def unauthorized(self, request: Request, status: int, text: str) -> AuthError:
        """Return the error for a 401 or 403 response."""
        failure = f"{request} returned {status}{_format_messages(text)}."
        credential = _CREDENTIAL_FIELDS[request.api]
        if status == 401:
            return self._auth_error(
                "Credential rejected",
                f"{failure} The {_api_name(request.api)} does not accept {credential}, or it has "
                "expired. Create a new one in Customer.io, and check that it belongs to this "
                "workspace and region.",
            )
        if _LIVE_DATA_ERROR.search(text):
            # Customer.io's message says the same, with the link twice.
            refused = f"{request} returned {status}."
            detail = self.redact(f"{refused} {_live_data_hint(text)}")
            return LiveEditsRefusedError.of("Live data is read-only", detail)
        return self._auth_error(
            "Permission denied",
            f"{failure} The credential {credential} may not do this: it is read-only, its role "
            "lacks the permission, or the account's plan does not include the feature.",
        )

    def redirected(self, request: Request, status: int, location: str) -> RemoteError:
        """Return the error for a redirect, which is not followed."""
        target = location.split("?")[0] or "an unnamed address"
        failure = (
            f"{request} was redirected to {target}, which is not followed, because the "
            "credentials would be sent there too."
        )
        region = _REGIONS.get(urlsplit(target).hostname or "")
        if region is not None:
            return self._remote_error(
                "Region mismatch",
                f"{failure} This workspace is in the region `{region}`. Write in its "
                f"`workspace.yaml`:\n\n    region: {region}",
                status,
            )
        return self._remote_error(
            "Redirected elsewhere",
            f"{failure} The region is probably wrong: check `region` or `endpoint` in "
            "`workspace.yaml`.",
            status,
        )

    def web_page(self, request: Request, status: int) -> RemoteError:
        """Return the error for a response that is HTML."""
        hint = self._doctor_hint(", then see what the credentials can do with:") or "."
        return self._remote_error(
            "Web page instead of JSON",
            f"{request} returned {status} with a web page instead of JSON. Possible reasons are "
            "an unknown path, a wrong host, a proxy or a login page. Check "
            f"`endpoint` in `workspace.yaml`{hint}",
            status,
        )

    def invalid_json(self, request: Request, status: int) -> RemoteError:
        """Return the error for a successful response that is not JSON."""
        failure = f"The response, {status}, is not valid JSON."
        if request.writes:
            return self.outcome_unknown(request, failure)
        return self._remote_error(
            "Invalid response",
            f"{request} failed. {failure} Try again, or check `endpoint` in `workspace.yaml`.",
            status,
        )

    def incomplete_character(self, request: Request, status: int, path: str) -> RemoteError:
        """Return the error for a text with half a surrogate pair; `path` is its place."""
        where = f"at `{path}`" if path else "at its top"
        what = f"contains an incomplete Unicode character {where}, which no file can hold"
        return self._unusable_value(request, status, what, "that text")

    def nested_too_deeply(
        self, request: Request, status: int, limit: int, path: str = ""
    ) -> RemoteError:
        """Return the error for a response with too many levels; `path` is where they begin."""
        where = f" at `{path}`" if path else ""
        what = f"is nested more than {limit} levels deep{where}"
        return self._unusable_value(request, status, what, "that value")

    def _unusable_value(
        self, request: Request, status: int, what: str, culprit: str
    ) -> RemoteError:
        failure = f"The response {what}."
        if request.writes:
            return self.outcome_unknown(request, failure)
        return self._remote_error(
            "Invalid response",
            f"{request} failed. {failure} Correct {culprit} in Customer.io, then try again.",
            status,
        )

    def _remote_error(self, summary: str, detail: str, status: int | None = None) -> RemoteError:
        return RemoteError([Diagnostic(summary, self.redact(detail))], status)

    def _auth_error(self, summary: str, detail: str) -> AuthError:
        return AuthError.of(summary, self.redact(detail))

    def _doctor_hint(self, lead: str) -> str:
        return f"{lead}\n\n    cioform doctor {self.workspace}" if self.workspace else ""


def _api_name(api: Api) -> str:
    return f"{api.value.capitalize()} API"


def _live_data_hint(text: str) -> str:
    link = _SETTINGS_LINK.search(text.replace("\\/", "/"))
    where = f":\n\n    {link[0]}\n\n" if link else ", under Settings, AI. "
    return (
        "Service accounts can change what is running only if the setting “Allow agent to edit "
        f"live data” is on. An administrator can turn it on{where}Then run the command again; it "
        "fetches a new token. `live_edits: no` in `workspace.yaml` blocks such changes in the plan."
    )


def _format_messages(text: str) -> str:
    """Return the messages of an error body, after a colon; empty for an empty body.

    A body in no known envelope is quoted, shortened.
    """
    try:
        found = parse_errors(json.loads(text))
    except (ValueError, RecursionError):
        found = []
    if not found and text:
        found = [ErrorDetail(text[:_EXCERPT])]
    return ": " + "; ".join(map(str, found)) if found else ""
