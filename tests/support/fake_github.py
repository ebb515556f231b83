"""A GitHub in this process: the REST endpoints that cioform uses, answering as documented.

It pages by the Link header, counts requests against limits, refuses tokens without a permission
with 403 and hides what a token cannot see with 404.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

BOT: Final = {"login": "github-actions[bot]", "type": "Bot"}
MAX_BODY: Final = 65_536
EVERYTHING: Final = frozenset({"checks", "issues", "pulls"})
"""What a token may write."""
READABLE: Final = frozenset({"metadata"})
"""What a token may read besides."""


@dataclass
class Limit:
    """Refuse some requests, as a rate limit does."""

    times: int
    """How many requests are refused."""
    after: int = 0
    """How many are answered before."""
    status: int = 403
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "You have exceeded a secondary rate limit. Please wait a few minutes."
    method: str = ""
    """Refuse only requests of this method."""


@dataclass
class FakeGitHub:
    """One repository. It is a WSGI application."""

    repository: str = "acme/messages"
    token: str = "ghs_token_of_the_job"
    permissions: frozenset[str] = EVERYTHING
    readable: frozenset[str] = READABLE
    page_size: int = 100
    """Items of a page at most, whatever is asked for."""
    url: str = "http://github.test"
    limits: list[Limit] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[str]] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    writers: set[str] = field(default_factory=set)
    reactions: dict[int, list[str]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    now: str = "2026-11-28T10:00:00Z"
    _last_id: int = 1000

    def environment_of_job(self, folder: Path) -> dict[str, str]:
        """Return what every job of GitHub Actions has; the files of the job are in a folder."""
        return {
            "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": self.repository,
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "7",
            "GITHUB_ACTOR": "octocat", "GITHUB_API_URL": self.url,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        }  # fmt: skip

    def add_pull(self, number: int, head: str, **more: Any) -> None:
        """Add a pull request from a branch of the repository."""
        repo = {"full_name": self.repository, "pushed_at": self.now}
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": None,
            "head": {"sha": head, "ref": f"branch-{number}", "repo": repo},
            "base": {"sha": "0" * 39 + "1", "ref": "main", "repo": repo},
            **more,
        }

    def merge(self, number: int, commit: str) -> None:
        """Merge a pull request by a commit."""
        merged = {"state": "closed", "merged_at": self.now, "merge_commit_sha": commit}
        self.pulls[number] |= merged

    def comment(self, number: int, body: str, **more: Any) -> dict[str, Any]:
        """Add a comment, by default of a stranger."""
        stranger = {"user": {"login": "eve", "type": "User"}, "author_association": "NONE"}
        added = {"id": self._new_id(), "body": body, "created_at": self.now, **stranger, **more}
        self.comments.setdefault(number, []).append(added)
        return added

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        self.requests.append((request.method, request.full_path.rstrip("?")))
        if refused := self._limited(request):
            return refused
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "Bad credentials")
        prefix = f"/repos/{self.repository}"
        if not request.path.startswith(f"{prefix}/"):
            return _error(404, "Not Found")
        path = request.path.removeprefix(prefix)
        for method, pattern, permission, handler in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                if permission and permission not in self.permissions | self.readable:
                    return _error(403, "Resource not accessible by integration")
                return handler(self, request, *found.groups())
        return _error(404, "Not Found")

    def _limited(self, request: Request) -> Response | None:
        for limit in self.limits:
            if limit.method and limit.method != request.method:
                continue
            if limit.after:
                limit.after -= 1
            elif limit.times:
                limit.times -= 1
                return _error(limit.status, limit.message, limit.headers)
        return None

    def _page(self, request: Request, items: list[Any], name: str = "") -> Response:
        size = min(int(request.args.get("per_page", 30)), self.page_size)
        at = int(request.args.get("page", 1))
        shown = items[(at - 1) * size : at * size]
        headers = {}
        if at * size < len(items):
            rest = "&".join(f"{k}={v}" for k, v in request.args.items() if k != "page")
            url = f"{self.url}{request.path}?{rest}&page={at + 1}"
            headers["Link"] = f'<{url}>; rel="next", <{url}>; rel="last"'
        return _json({"total_count": len(items), name: shown} if name else shown, headers=headers)

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def list_comments(self, request: Request, number: str) -> Response:
        return self._page(request, self.comments.get(int(number), []))

    def add_comment(self, request: Request, number: str) -> Response:
        body = request.get_json()["body"]
        if refused := _too_long(body):
            return refused
        bot = {"user": BOT, "author_association": "NONE"}
        return _json(self.comment(int(number), body, **bot), 201)

    def change_comment(self, request: Request, number: str) -> Response:
        body = request.get_json()["body"]
        if refused := _too_long(body):
            return refused
        for each in (one for listed in self.comments.values() for one in listed):
            if each["id"] == int(number):
                each["body"] = body
                return _json(each)
        return _error(404, "Not Found")

    def react(self, request: Request, number: str) -> Response:
        content = request.get_json()["content"]
        self.reactions.setdefault(int(number), []).append(content)
        return _json({"id": self._new_id(), "content": content}, 201)

    def list_issues(self, request: Request) -> Response:
        label, state = request.args.get("labels"), request.args.get("state", "open")
        found = [
            each
            for each in reversed(self.issues)
            if label in each["labels"] and state in ("all", each["state"])
        ]
        return self._page(request, found)

    def add_issue(self, request: Request) -> Response:
        issue = {
            **request.get_json(), "number": self._new_id(), "state": "open", "user": BOT,
            "author_association": "NONE",
        }  # fmt: skip
        if refused := _too_long(issue["body"]):
            return refused
        self.issues.append(issue)
        return _json(issue, 201)

    def change_issue(self, request: Request, number: str) -> Response:
        for each in self.issues:
            if each["number"] == int(number):
                each.update(request.get_json())
                return _json(each)
        return _error(404, "Not Found")

    def add_check(self, request: Request) -> Response:
        body = request.get_json()
        if len(body["output"].get("text", "")) > MAX_BODY:
            return _error(422, "text is too long")
        check = {**body, "id": self._new_id(), "app": {"slug": "github-actions"}}
        self.checks.append({**check, "completed_at": self.now})
        return _json(check, 201)

    def list_checks(self, request: Request, commit: str) -> Response:
        name = request.args.get("check_name")
        found = [
            each
            for each in self.checks
            if each["head_sha"] == commit and name in (None, each["name"])
        ]
        return self._page(request, found, "check_runs")

    def list_pulls(self, request: Request) -> Response:
        return self._page(request, [p for p in self.pulls.values() if p["state"] == "open"])

    def read_pull(self, _request: Request, number: str) -> Response:
        found = self.pulls.get(int(number))
        return _json(found) if found else _error(404, "Not Found")

    def list_files(self, request: Request, number: str) -> Response:
        return self._page(request, [{"filename": each} for each in self.files.get(int(number), [])])

    def review(self, number: int, user: str, state: str, commit: str) -> None:
        """Add a review of a pull request."""
        review = {"user": {"login": user}, "state": state, "commit_id": commit}
        self.reviews.setdefault(number, []).append(review)

    def list_reviews(self, request: Request, number: str) -> Response:
        return self._page(request, self.reviews.get(int(number), []))

    def pulls_of(self, request: Request, commit: str) -> Response:
        found = [p for p in self.pulls.values() if p["merge_commit_sha"] == commit]
        return self._page(request, found)

    def permission(self, _request: Request, user: str) -> Response:
        return _json({"permission": "write" if user in self.writers else "read"})


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(data), status, headers, mimetype="application/json")


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"message": message, "status": str(status)}, status, headers)


def _too_long(body: str) -> Response | None:
    length = len(body.encode("utf-16-le")) // 2
    if length <= MAX_BODY:
        return None
    return _error(422, f"Body is too long (maximum is {MAX_BODY} characters)")


_Handler = Callable[..., Response]
_ROUTES: Final[tuple[tuple[str, str, str, _Handler], ...]] = (
    ("GET", r"/issues/(\d+)/comments", "", FakeGitHub.list_comments),
    ("POST", r"/issues/(\d+)/comments", "pulls", FakeGitHub.add_comment),
    ("PATCH", r"/issues/comments/(\d+)", "pulls", FakeGitHub.change_comment),
    ("POST", r"/issues/comments/(\d+)/reactions", "pulls", FakeGitHub.react),
    ("GET", r"/issues", "", FakeGitHub.list_issues),
    ("POST", r"/issues", "issues", FakeGitHub.add_issue),
    ("PATCH", r"/issues/(\d+)", "issues", FakeGitHub.change_issue),
    ("POST", r"/check-runs", "checks", FakeGitHub.add_check),
    ("GET", r"/commits/([0-9a-f]+)/check-runs", "", FakeGitHub.list_checks),
    ("GET", r"/commits/([0-9a-f]+)/pulls", "", FakeGitHub.pulls_of),
    ("GET", r"/pulls", "", FakeGitHub.list_pulls),
    ("GET", r"/pulls/(\d+)", "", FakeGitHub.read_pull),
    ("GET", r"/pulls/(\d+)/files", "", FakeGitHub.list_files),
    ("GET", r"/pulls/(\d+)/reviews", "", FakeGitHub.list_reviews),
    ("GET", r"/collaborators/([^/]+)/permission", "metadata", FakeGitHub.permission),
)
"""Method, path, the permission that a token needs for it, and what answers."""


@contextmanager
def serve(github: FakeGitHub) -> Iterator[FakeGitHub]:
    """Serve a repository on a port of this machine, for commands that connect by themselves."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, github, threaded=True)
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
