"""What an answer means: a decoded body, or an error that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import AuthError, CioformError, OutcomeUnknownError, RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request, Response
from cioform.remote.redact import Redactor

_EXCERPT: Final = 200
_LIVE_DATA_ERROR = re.compile(r"mcp_missing_write_live|live data", re.IGNORECASE)
_SETTINGS_LINK = re.compile(r"https?://[^\s\"'<>]*/settings/ai[^\s\"'<>)]*")

_RUNTIME_PATHS = re.compile(
    r"/v1/(send|customers|messages|broadcasts)\b|/v1/campaigns/[^/]+/triggers"
)
_REGIONS: Final[Mapping[str, str]] = {
    "track.customer.io": "us",
    "track-eu.customer.io": "eu",
    "api.customer.io": "us",
    "api-eu.customer.io": "eu",
}
"""The hosts of each region (app facts, section 2)."""

CREDENTIAL_NAMES: Final[Mapping[Api, str]] = {
    Api.APP: "`app_api_key`",
    Api.JOURNEYS: "`service_account_token`",
    Api.TRACK: "`site_id` and `track_api_key`",
}
"""What `workspace.yaml` calls the credential of each API."""

_SUMMARIES: Final[Mapping[int, str]] = {
    400: "Request not accepted",
    404: "Not found in the workspace",
    409: "In conflict with what is in the workspace",
    413: "Too large for Customer.io",
    422: "Values not accepted",
    429: "Rate limit reached",
}
_HINTS: Final[Mapping[int, str]] = {
    404: "It may have been deleted since it was listed, or belong to another workspace. Plan "
    "again to see what is there now.",
    409: "Somebody or something else uses or changed it. Look at it in Customer.io, then plan "
    "again.",
    422: "Correct the value in the file, then plan again.",
    429: "Wait a while, then run the command again; what was done stays done.",
}
_RUNTIME_HINTS: Final[Mapping[int, str]] = {
    400: "Correct what it names, then try again.",
    404: "Check the name or number, and that it is of this workspace.",
    409: "Something else is going on with it. Look at it in Customer.io, then try again.",
    413: "Send less at once, or keep it elsewhere and send where it is.",
    422: "Correct what it names, then try again.",
}
"""Where no plan is involved: people, events, sends."""


@dataclass(frozen=True, slots=True)
class ParsedResponse:
    """An answer as it came over the wire, read whole."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    content: bytes

    @property
    def is_html(self) -> bool:
        """Tell whether it is a page for people."""
        kind = self.headers.get("content-type", "")
        return "html" in kind.lower() or self.content[:64].lstrip().startswith(b"<")


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One complaint of the remote."""

    detail: str
    code: str = ""
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.detail} (at {self.pointer})" if self.pointer else self.detail


def decode(request: Request, answer: ParsedResponse, redact: Redactor) -> Response:
    """Give the decoded answer, or raise what it says: RemoteRefused, CredentialRefused, or
    InDoubt for a write that may have been done all the same."""
    if answer.status >= 500 and request.writes:
        raise outcome_unknown_error(
            request, f"It was answered {answer.status}{_error_text(answer)}.", redact
        )
    if 300 <= answer.status < 400:
        raise _redirect_error(request, answer, redact)
    if answer.is_html:
        raise _html_error(request, answer, redact)
    if answer.status >= 400:
        raise _status_error(request, answer, redact)
    return Response(answer.status, _parse_body(request, answer, redact))


def outcome_unknown_error(request: Request, detail: str, redact: Redactor) -> OutcomeUnknownError:
    """Give the error of a write whose outcome is not known."""
    return OutcomeUnknownError(
        [
            Diagnostic(
                "Outcome of a write not known",
                redact(
                    f"{request} was sent, and may or may not have been done. {detail} It is not "
                    f"sent again, since that could do it twice. {_outcome_unknown_hint(request)}"
                ),
            )
        ]
    )


def _outcome_unknown_hint(request: Request) -> str:
    """Give what to do: an apply looks by itself, but nothing looks after an event or a send."""
    if _is_runtime_request(request):
        return "Look whether it was before you run the same command again."
    return "Run the same command again: it looks at what is there before it goes on."


def _is_runtime_request(request: Request) -> bool:
    """Tell whether it is about what flows through a workspace and not about what is set up."""
    return request.api is Api.TRACK or _RUNTIME_PATHS.match(request.path) is not None


def unreachable_error(request: Request, host: str, reason: str, redact: Redactor) -> RemoteError:
    """Give the error of a request that was never answered and did nothing."""
    return RemoteError(
        [
            Diagnostic(
                "Customer.io not reached",
                redact(
                    f"{request} to {host} got no answer: {reason or 'no reason given'}. Nothing was "
                    "changed by it. Check the network, any proxy, and `endpoint` in "
                    "`workspace.yaml`."
                ),
            )
        ]
    )


def response_too_large_error(request: Request, limit: int, redact: Redactor) -> RemoteError:
    """Give the error of an answer that is not read to its end."""
    size = f"The answer is larger than {limit // 2**20} MB and was not read."
    if request.writes:
        return outcome_unknown_error(request, size, redact)
    return RemoteError(
        [
            Diagnostic(
                "Answer too large",
                redact(f"{request} was refused by us. {size} Check `endpoint`."),
            )
        ]
    )


def missing_credential_error(api: Api) -> AuthError:
    """Give the error of a request to an API that nothing at hand opens."""
    return AuthError.of(
        "Credential missing",
        f"This needs the {api.value} API, and nothing is set to open it with: "
        f"{CREDENTIAL_NAMES[api]}. Set it under `credentials` in `workspace.yaml`, from an "
        "environment variable.",
    )


def parse_errors(body: JsonValue) -> list[ErrorDetail]:
    """Give the complaints in any of the error envelopes (app facts, section 2, Errors)."""
    if not isinstance(body, Mapping):
        return []
    found: list[ErrorDetail] = []
    errors = body.get("errors")
    if isinstance(errors, list):
        found += [_parse_error(error) for error in errors]
    elif isinstance(errors, Mapping):
        found += [ErrorDetail(f"{name}: {_join_values(texts)}") for name, texts in errors.items()]
    meta = body.get("meta")
    if isinstance(meta, Mapping):
        found += [
            ErrorDetail(str(text)) for text in _flatten(meta.get("error"), meta.get("errors"))
        ]
    found += [ErrorDetail(str(text)) for text in _flatten(body.get("error"))]
    return found


def parse_batch_errors(body: JsonValue) -> dict[int, str]:
    """Give what a 207 says of the items of a batch that were not taken, by their place from 0.
    The others were (app facts, section 7; operations: batch)."""
    found: dict[int, str] = {}
    errors = body.get("errors") if isinstance(body, Mapping) else None
    for error in errors if isinstance(errors, list) else ():
        place = error.get("batch_index") if isinstance(error, Mapping) else None
        if isinstance(place, int) and not isinstance(place, bool):
            told = str(_parse_error(error))
            found[place] = f"{found[place]}; {told}" if place in found else told
    return found


def _parse_error(error: JsonValue) -> ErrorDetail:
    """Read one item: `detail`, `code`, `source.pointer`, `meta`; or Track's `reason`, `field`,
    `message`; or bare text."""
    if not isinstance(error, Mapping):
        return ErrorDetail(str(error))
    detail = str(error.get("detail") or error.get("message") or error.get("reason") or "no detail")
    meta = error.get("meta")
    if isinstance(meta, Mapping) and meta:
        said = "; ".join(f"{name}: {_join_values(value)}" for name, value in meta.items())
        detail = f"{detail} [{said}]"
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, Mapping) else error.get("field")
    return ErrorDetail(detail, str(error.get("code") or ""), str(pointer or ""))


def _flatten(*values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        elif value:
            yield value


def _join_values(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _error_details(answer: ParsedResponse) -> list[ErrorDetail]:
    """Give its complaints; where it has no envelope, its first words."""
    if answer.is_html:
        return []
    text = answer.content[: 64 * 1024].decode("utf-8", "replace").strip()
    try:
        found = parse_errors(json.loads(text))
    except ValueError:
        found = []
    return found or ([ErrorDetail(text[:_EXCERPT])] if text else [])


def _error_text(answer: ParsedResponse) -> str:
    found = _error_details(answer)
    return ": " + "; ".join(map(str, found)) if found else ""


def _status_error(request: Request, answer: ParsedResponse, redact: Redactor) -> CioformError:
    said = f"{request} was answered {answer.status}{_error_text(answer)}."
    if answer.status in (401, 403):
        return _auth_error(request, answer, said, redact)
    summary = _SUMMARIES.get(answer.status)
    if summary is None:
        summary = "Customer.io failed" if answer.status >= 500 else "Request not accepted"
    way_out = _HINTS.get(answer.status, "")
    if _is_runtime_request(request):
        way_out = _RUNTIME_HINTS.get(answer.status, way_out)
    if answer.status >= 500:
        way_out = "It was tried several times. Try again later."
    detail = redact(f"{said} {way_out}".strip())
    return RemoteError([Diagnostic(summary, detail)], answer.status)


def _auth_error(
    request: Request, answer: ParsedResponse, message: str, redact: Redactor
) -> CioformError:
    name = CREDENTIAL_NAMES[request.api]
    if answer.status == 401:
        detail = (
            f"{message} To the {request.api.value} API {name} is unknown, or has expired. Make a "
            "new one in Customer.io, and check that it is of this workspace and region."
        )
        return AuthError.of("Credential not accepted", redact(detail))
    text = answer.content[: 64 * 1024].decode("utf-8", "replace")
    if _LIVE_DATA_ERROR.search(text):
        link = _SETTINGS_LINK.search(text.replace("\\/", "/"))
        where = f":\n    {link[0]}\n" if link else ", under Settings, AI. "
        detail = (
            f"{message} Changing what runs needs the setting “Allow agent to edit live data”, which "
            f"is off. An administrator switches it on{where}Then run the command again; a new "
            "token is fetched for it."
        )
        return AuthError.of("Live data may not be changed", redact(detail))
    detail = (
        f"{message} The credential {name} may not do this: it is read-only, its role does not reach "
        "so far, or the account's plan does not include it."
    )
    return AuthError.of("Credential not sufficient", redact(detail))


def _redirect_error(request: Request, answer: ParsedResponse, redact: Redactor) -> RemoteError:
    target = answer.headers.get("location", "an unnamed place").split("?")[0]
    region = _REGIONS.get(urlsplit(target).hostname or "")
    if region is not None:
        detail = (
            f"{request} was answered with a redirect to {target}, which is not followed, since "
            f"credentials would go along. This workspace lives in the region `{region}`. Write in "
            f"its `workspace.yaml`:\n\n    region: {region}"
        )
        return RemoteError([Diagnostic("Wrong region", redact(detail))], answer.status)
    detail = (
        f"{request} was answered with a redirect to {target}, which is not followed, since "
        "credentials would go along. The region is probably wrong: check `region` or "
        "`endpoint` in `workspace.yaml`."
    )
    return RemoteError([Diagnostic("Redirected elsewhere", redact(detail))], answer.status)


def _html_error(request: Request, answer: ParsedResponse, redact: Redactor) -> RemoteError:
    detail = (
        f"{request} was answered {answer.status} with a web page instead of JSON. Customer.io "
        "does so for a path it does not know; a wrong host, a proxy or a login page does too. "
        "Check `endpoint` in `workspace.yaml`, then see what the credentials reach with\n"
        "    cioform doctor WORKSPACE"
    )
    return RemoteError([Diagnostic("Web page instead of data", redact(detail))], answer.status)


def _parse_body(request: Request, answer: ParsedResponse, redact: Redactor) -> JsonValue:
    if not answer.content.strip():
        return None
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        what = f"The answer, {answer.status}, is not valid JSON."
        if request.writes:
            raise outcome_unknown_error(request, what, redact) from None
        del error
        detail = redact(f"{request} could not be understood. {what} Try again, or check the host.")
        raise RemoteError([Diagnostic("Answer not understood", detail)], answer.status) from None
