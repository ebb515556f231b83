"""The page of compatibility: which calls of the official clients the sandbox serves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from cioform.emulator.apis import not_implemented
from cioform.emulator.routes import IMPLEMENTED_ROUTES
from tests.support.clients.runs import Outcome, Run, Support
from tests.support.clients.served_sandbox import CLIENTS, ROOT

PAGE: Final = ROOT / "docs" / "compatibility.md"
SETTINGS: Final = "/v1/projects/<write_key>/settings"
"""The settings that the browser SDK loads first. They are not in the table of routes."""

_ARGUMENT: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_INTRO: Final = """\
# Compatibility: the official clients and the sandbox

Customer.io's own clients work with a served sandbox (`cioform sandbox serve`) without any change
except for the host. The tests call every method of each client and then check the content of the
sandbox. This page is generated from such a run.

- **served**: the client accepted the response.
- **501**: the sandbox does not support the operation. The response is JSON in the format of the API
  and names the operation. The client raises its own error, which contains the response: in Python
  in its message, in Node.js in `body`.

The sandbox follows the documented and recorded behavior of Customer.io. Where that is unknown, the
[sandbox](sandbox.md) has a switch, or it chooses the stricter alternative.

To connect a client to a sandbox of the workspace `acme`, use the URLs and credentials that
`cioform sandbox serve acme --json` prints. A client that supports only HTTPS needs `--tls`, and it
must trust the certificate authority (CA) whose file that command prints.
"""

SECTIONS: Final[Mapping[str, str]] = {
    "python": """\
## Python: `customerio`

`CustomerIO` takes a host and a port and supports only HTTPS; `APIClient` takes `url=`. Set the
environment variable `REQUESTS_CA_BUNDLE` to the CA file of the sandbox, so that both trust it.
""",
    "node": """\
## Node: `customerio-node` {customerio-node}

Each client takes `url`: the URL of the sandbox followed by `/api/v1` for `TrackClient`, and by
`/v1` for `APIClient` and `PipelinesClient`.
""",
    "browser": """\
## Browser: `@customerio/cdp-analytics-browser` {@customerio/cdp-analytics-browser}

`AnalyticsBrowser.load` takes `cdnURL`, which is the URL of the sandbox, and
`integrations["Customer.io Data Pipelines"]` with `apiHost` (the URL without its scheme, followed by
`/v1`) and `protocol: "http"`. The page can have another origin.
""",
}


def page(runs: Mapping[str, Run]) -> str:
    """Return the page."""
    return "\n".join([_INTRO, *(section(name, runs[name]) for name in SECTIONS)])


def section(name: str, run: Run) -> str:
    """Return the section of one client."""
    head = SECTIONS[name]
    for package, version in _pinned_versions().items():
        head = head.replace("{" + package + "}", version)
    rows = list(dict.fromkeys(_rows(run)))
    served = sum(row.endswith("| served |") for row in rows)
    count = f"{served} of {len(rows)} calls are served.\n"
    table = ["| call | request | result |", "|---|---|---|", *rows]
    return "\n".join([head, count, *table]) + "\n"


def _rows(run: Run) -> Iterator[str]:
    for each in sorted(run.outcomes, key=_order):
        yield f"| `{each.name}` | {_request(each)} | {each.support.value} |"


def _order(outcome: Outcome) -> tuple[bool, bool]:
    """Return the sort key: served calls first, each client in the order of its calls."""
    return (outcome.support is Support.NOT_SERVED, outcome.client == "APIClient")


def _request(outcome: Outcome) -> str:
    requests = ", ".join(
        f"{each.method} {_template(each.method, each.path)}" for each in outcome.requests
    )
    return f"`{requests}`" if requests else ""


def _template(method: str, path: str) -> str:
    """Return the path with parameter names, as in `/v1/segments/{segment}`."""
    try:
        rule, _ = _MAP.bind("sandbox").match(path, method, return_rule=True)
    except HTTPException:
        return path
    return _ARGUMENT.sub(r"{\1}", rule.rule)


def _pinned_versions() -> dict[str, str]:
    text = (CLIENTS / "package.json").read_text(encoding="utf-8")
    versions: dict[str, str] = json.loads(text)["dependencies"]
    return versions


_ROUTES: Final = (*IMPLEMENTED_ROUTES, *not_implemented.routes(IMPLEMENTED_ROUTES))
_MAP: Final = Map(
    [
        *(Rule(each.path, methods=[each.method], endpoint=each.path) for each in _ROUTES),
        Rule(SETTINGS, methods=["GET"], endpoint=SETTINGS),
    ],
    strict_slashes=False,
    merge_slashes=False,
)
