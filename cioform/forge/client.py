"""Send requests to GitHub's REST API: authorized, within its limits, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cioform.core.data.json_value import Json
from cioform.core.errors import (
    AuthError,
    CioformError,
    NotFoundError,
    RemoteError,
    UnavailableError,
    UsageError,
)
from cioform.core.lazy_modules import lazy_module
from cioform.core.secrets.secret import Secret
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.version import __version__
from cioform.forge.event import text_at
from cioform.forge.waiting import MAX_ATTEMPTS, MAX_WAIT, is_limit, seconds_to_wait
from cioform.storage.certificates import trusted_authorities

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")

TOKENS: Final = ("CIOFORM_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")
"""The environment variables that may hold the token; the first one that is set is used."""
_DEFAULT_URL: Final = "https://api.github.com"
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
_REPOSITORY: Final = lazy_pattern(r"[\w.-]+/[\w.-]+")
_MAX_BYTES: Final = 32 * 2**20
_MAX_PAGES: Final = 100
_NEXT: Final = lazy_pattern(r'<([^<>]+)>\s*;[^,]*\brel="next"')


class GitHub:
    """The API of GitHub for one repository."""

    def __init__(
        self,
        repository: str,
        token: Secret,
        url: str = _DEFAULT_URL,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.repository = repository
        self._token = token
        self._clock = clock
        self._sleep = sleep
        self._base = url.rstrip("/")
        self._client = httpx.Client(
            transport=transport,
            verify=trusted_authorities() if transport is None else False,
            timeout=httpx.Timeout(30.0, connect=10.0),
            follow_redirects=False,
            headers={
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": f"cioform/{__version__}",
            },
        )

    def get(self, path: str, **query: str | int) -> Json:
        """Return what is at a path of the repository. Raises as `send` does."""
        return _json(self.send("GET", self._url(path), query=query))

    def get_all(self, path: str, *, items: str = "", **query: str | int) -> Iterator[Json]:
        """Yield the items of a list, page by page. `items` names them if the list is an object."""
        url: str | None = self._url(path)
        wanted: Mapping[str, str | int] = {"per_page": 100, **query}
        for _ in range(_MAX_PAGES):
            if url is None:
                return
            response = self.send("GET", url, query=wanted)
            page = _json(response)
            found = page.get(items) if items and isinstance(page, dict) else page
            yield from found if isinstance(found, list) else ()
            url, wanted = self._next_page(response), {}

    def post(self, path: str, **body: Json) -> Json:
        """Create something and return it. Raises as `send` does."""
        return _json(self.send("POST", self._url(path), body=body))

    def patch(self, path: str, **body: Json) -> Json:
        """Change something and return it. Raises as `send` does."""
        return _json(self.send("PATCH", self._url(path), body=body))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Json] | None = None,
    ) -> httpx.Response:
        """Send a request, wait for limits, and return its response.

        Raises AuthError for a token without the rights, NotFoundError for what does not exist or
        cannot be seen with it, UnavailableError if GitHub is busy or not
        there, and RemoteError for everything else that it refuses.
        """
        for attempt in range(MAX_ATTEMPTS):
            response = self._send_once(method, url, query, body)
            if response.status_code < 300:
                return response
            pause = seconds_to_wait(response, attempt, self._clock())
            if pause is None or pause > MAX_WAIT or attempt == MAX_ATTEMPTS - 1:
                break
            self._sleep(pause)
        raise self._refused_error(response)

    def _send_once(
        self,
        method: str,
        url: str,
        query: Mapping[str, str | int] | None,
        body: Mapping[str, Json] | None,
    ) -> httpx.Response:
        request = self._client.build_request(
            method, url, params=query or None, json=body,
            headers={"Authorization": f"Bearer {self._token.reveal()}"},
        )  # fmt: skip
        try:
            response = self._client.send(request, stream=True)
            try:
                return _read(response, request)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise UnavailableError.of(
                "No response from GitHub",
                f"{request.url.host} could not be reached, or the connection failed: "
                f"{type(error).__name__}. Run the job again later.",
            ) from None

    def _url(self, path: str) -> str:
        return f"{self._base}/repos/{self.repository}{path}"

    def _next_page(self, response: httpx.Response) -> str | None:
        """Return the URL of the next page; one of another server would get the token."""
        found = _NEXT.search(response.headers.get("link", ""))
        return found[1] if found and found[1].startswith(f"{self._base}/") else None

    def _refused_error(self, response: httpx.Response) -> CioformError:
        status = response.status_code
        what = f"{response.request.method} {response.request.url.path}"
        if is_limit(response):
            return UnavailableError.of(
                "Rate limit of GitHub",
                f"GitHub limits the requests of this token, and did not accept `{what}` in time. "
                "Run the job again later.",
            )
        if status in (401, 403, 404):
            kind = NotFoundError if status == 404 else AuthError
            return kind.of("Refused by GitHub", _explain_rights(self.repository, what, status))
        if status >= 500:
            return UnavailableError.of(
                "GitHub returned an error",
                f"GitHub returned status {status} for `{what}`. Run the job again later.",
            )
        problem = self._hide(text_at(_json(response), "message") or "no reason given")
        return RemoteError.of(
            "Refused by GitHub", f"GitHub refused `{what}` with status {status}: {problem[:300]}."
        )

    def _hide(self, text: str) -> str:
        token = self._token.reveal()
        return text.replace(token, "***") if token else text


def connect_github(environment: Mapping[str, str], repository: str | None) -> GitHub:
    """Return the API for a repository, with the token that the environment allows.

    Raises AuthError if it has none, and UsageError if it is not known which repository it is.
    """
    token = next((environment[name] for name in TOKENS if environment.get(name)), None)
    if token is None:
        raise AuthError.of(
            "Missing GitHub token",
            f"Set one of {', '.join(f'`{name}`' for name in TOKENS)}. In GitHub Actions, give it "
            "to the step that needs it:\n\n    env: {GITHUB_TOKEN: '${{ github.token }}'}",
        )
    if repository is None or _REPOSITORY.fullmatch(repository) is None:
        raise UsageError.of(
            "Repository not known",
            "Set `GITHUB_REPOSITORY` to the owner and the name of the repository, as GitHub "
            "Actions does.",
        )
    url = environment.get("GITHUB_API_URL") or _DEFAULT_URL
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL_HOSTS:
        raise UsageError.of(
            "Insecure URL",
            "`GITHUB_API_URL` does not begin with `https://`, and would get the token of GitHub "
            "without encryption. Correct it.",
        )
    return GitHub(repository, Secret(token), url)


def _read(response: httpx.Response, request: httpx.Request) -> httpx.Response:
    """Return a response with its content. Raises RemoteError if it is too large."""
    content = bytearray()
    for piece in response.iter_bytes(2**16):
        content += piece
        if len(content) > _MAX_BYTES:
            raise RemoteError.of(
                "Response too large",
                f"The response of GitHub to `{request.method} {request.url.path}` is larger than "
                f"{_MAX_BYTES // 2**20} MB and was not read.",
            )
    dropped = ("content-encoding", "content-length", "transfer-encoding")
    headers = {k: v for k, v in response.headers.items() if k.lower() not in dropped}
    return httpx.Response(
        response.status_code, headers=headers, content=bytes(content), request=request
    )


def _json(response: httpx.Response) -> Json:
    """Return the data of a response, None if it is no JSON."""
    try:
        found: Json = response.json()
    except (ValueError, RecursionError):
        return None
    return found


def _explain_rights(repository: str, what: str, status: int) -> str:
    if status == 401:
        return f"The token for GitHub is wrong or has expired, so `{what}` was refused (401)."
    reason = "does not exist, or the token cannot see it" if status == 404 else "needs more rights"
    return (
        f"`{what}` {reason} ({status}). Check that the job has the permissions that docs/ci.md "
        f"lists, and that {repository} is the repository."
    )
