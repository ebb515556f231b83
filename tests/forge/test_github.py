"""The client of GitHub, against one that answers as documented."""

from __future__ import annotations

import httpx
import pytest

from cioform.core.errors import AuthError, CioformError, RemoteError, UnavailableError, UsageError
from cioform.core.secrets.secret import Secret
from cioform.forge.checks import check_name, put_check, read_check
from cioform.forge.client import GitHub, connect_github
from cioform.forge.comments import MAX_LENGTH, put_comment
from cioform.forge.issues import close_issue, put_issue
from cioform.forge.pulls import may_write, merged_pulls, open_pulls, touched_files
from cioform.forge.result import CiResult, CiWorkspaceResult, ReviewedChange
from tests.support.fake_github import FakeGitHub, Limit
from tests.support.known import known
from tests.support.sandbox_project import SleepClock

HEAD, MERGED = "a" * 40, "c" * 40
MARKER = "<!-- cioform:plan -->"


def connect(fake: FakeGitHub, time: SleepClock | None = None, token: str = "") -> GitHub:
    time = time or SleepClock()
    return GitHub(
        fake.repository, Secret(token or fake.token), fake.url,
        transport=httpx.WSGITransport(app=fake), clock=time.read, sleep=time.sleep,
    )  # fmt: skip


def test_one_comment_is_kept_up_to_date_over_pages() -> None:
    fake = FakeGitHub(page_size=2)
    for number in range(5):
        fake.comment(1, f"Comment {number}")
    github = connect(fake)
    for text in ("First", "Second", "Second"):
        put_comment(github, 1, MARKER, text)
    bodies = [known(each)["body"] for each in fake.comments[1]]
    assert bodies[5:] == [f"{MARKER}\nSecond"]
    assert [method for method, _ in fake.requests].count("PATCH") == 1


def test_a_marker_that_a_stranger_wrote_is_not_ours() -> None:
    fake = FakeGitHub()
    theirs = fake.comment(1, f"{MARKER}\nApproved!")
    member = fake.comment(1, f"{MARKER}\nBy a bot account", author_association="MEMBER")
    put_comment(connect(fake), 1, MARKER, "Plan")
    assert theirs["body"].endswith("Approved!")
    assert member["body"] == f"{MARKER}\nPlan"


@pytest.mark.parametrize("text", ["x" * 5_000_000, "\U0001f600" * 70_000])
def test_a_comment_is_never_longer_than_github_takes(text: str) -> None:
    fake = FakeGitHub()
    put_comment(connect(fake), 1, MARKER, text)
    [comment] = fake.comments[1]
    assert len(comment["body"].encode("utf-16-le")) // 2 <= MAX_LENGTH
    assert comment["body"].endswith("_The rest was cut off._\n")


@pytest.mark.parametrize(
    ("limit", "slept"),
    [
        (Limit(2, headers={"retry-after": "7"}), 14.0),
        (Limit(1), 60.0),
        (Limit(1, status=429, headers={"retry-after": "1"}), 1.0),
        (Limit(1, after=1, headers={"retry-after": "5"}), 5.0),  # in mid-comment
        (
            Limit(1, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1760000030"}),
            30.0,
        ),
        (Limit(1, status=502, method="GET"), 0.5),
    ],
)
def test_limits_are_obeyed(limit: Limit, slept: float) -> None:
    fake, time = FakeGitHub(limits=[limit]), SleepClock()
    put_comment(connect(fake, time), 1, MARKER, "Plan")
    assert (len(fake.comments[1]), time.slept) == (1, slept)


@pytest.mark.parametrize(
    ("limit", "error", "says"),
    [
        (Limit(1, headers={"retry-after": "3600"}), UnavailableError, "Rate limit"),
        (Limit(9, headers={"retry-after": "1"}), UnavailableError, "Rate limit"),
        (Limit(1, status=502, method="POST"), UnavailableError, "status 502"),
        (Limit(1, status=403, message="Resource not accessible"), AuthError, "more rights"),
        (Limit(1, status=404, message="Not Found"), AuthError, "cannot see it"),
        (
            Limit(1, status=422, message="ghs_token_of_the_job is bad"),
            RemoteError,
            r"\*\*\* is bad",
        ),
    ],
)
def test_what_github_refuses(limit: Limit, error: type[CioformError], says: str) -> None:
    fake = FakeGitHub(limits=[limit])
    with pytest.raises(error, match=says) as refused:
        put_comment(connect(fake), 1, MARKER, "Plan")
    assert fake.token not in str(refused.value)
    assert 1 not in fake.comments


def test_a_wrong_token_is_named_and_not_shown() -> None:
    with pytest.raises(AuthError, match="wrong or has expired") as refused:
        put_comment(connect(FakeGitHub(), token="ghs_wrong"), 1, MARKER, "Plan")
    assert "ghs_wrong" not in str(refused.value)


def test_the_token_does_not_follow_a_page_to_another_server() -> None:
    fake = FakeGitHub(page_size=1, comments={1: []})
    github = connect(fake)
    fake.url = "http://evil.test"
    for text in ("a", "b"):
        fake.comment(1, text)
    assert [known(each)["body"] for each in github.get_all("/issues/1/comments")] == ["a"]


def test_a_token_comes_from_an_allowed_name_only() -> None:
    with pytest.raises(AuthError, match="CIOFORM_GITHUB_TOKEN"):
        connect_github({"TOKEN": "x"}, "acme/messages")
    with pytest.raises(UsageError, match="GITHUB_REPOSITORY"):
        connect_github({"GH_TOKEN": "x"}, "../../user")
    with pytest.raises(UsageError, match="https"):
        connect_github({"GH_TOKEN": "x", "GITHUB_API_URL": "http://a.example"}, "acme/messages")


def result(changes: int = 2) -> tuple[CiResult, CiWorkspaceResult]:
    listed = tuple(
        ReviewedChange(address=f"snippet.a{n}", action="create", digest="d" * 64)
        for n in range(changes)
    )
    workspace = CiWorkspaceResult(
        name="acme", summary="2 to create", digest="e" * 64, changes=listed
    )
    return CiResult(
        command="plan", head=HEAD, target_branch="main", workspaces=(workspace,)
    ), workspace


def test_a_check_carries_the_digests() -> None:
    fake = FakeGitHub()
    github = connect(fake)
    whole, workspace = result()
    put_check(github, whole, workspace)
    assert read_check(github, HEAD, check_name(whole.project, "acme"), "main") == workspace
    assert read_check(github, HEAD, "cioform/other", "main") is None
    assert read_check(github, HEAD, "cioform/acme", "main", app="another-app") is None
    fake.checks[0]["output"]["text"] = "```json\n{}\n```"
    assert read_check(github, HEAD, "cioform/acme", "main") is None


def test_a_check_of_very_many_changes_has_the_digest_of_the_plan() -> None:
    fake = FakeGitHub()
    github = connect(fake)
    put_check(github, *result(2000))
    found = read_check(github, HEAD, "cioform/acme", "main")
    assert found is not None
    assert (found.digest, found.changes) == ("e" * 64, ())
    assert not found.lists_changes


def test_the_issue_is_opened_updated_closed_and_opened_again() -> None:
    fake = FakeGitHub()
    github = connect(fake)
    first = put_issue(github, MARKER, "Drift", "One object")
    assert put_issue(github, MARKER, "Drift", "Two objects") == first
    assert close_issue(github, MARKER) == first
    assert close_issue(github, MARKER) is None
    assert put_issue(github, MARKER, "Drift", "Again") == first
    [issue] = fake.issues
    assert (issue["state"], issue["body"]) == ("open", f"{MARKER}\nAgain")
    assert len(fake.comments[issue["number"]]) == 1


def test_pull_requests_and_people() -> None:
    fake = FakeGitHub(files={2: ["workspaces/acme/a.yaml"]}, writers={"jane"}, page_size=1)
    for number in (1, 2, 3):
        fake.add_pull(number, HEAD)
    fake.merge(3, MERGED)
    github = connect(fake)
    assert [each.number for each in open_pulls(github, without=1)] == [2]
    assert [each.number for each in merged_pulls(github, MERGED)] == [3]
    wanted = {"workspaces/acme/a.yaml", "workspaces/acme/b.yaml"}
    assert touched_files(github, 2, wanted) == {"workspaces/acme/a.yaml"}
    assert may_write(github, "jane")
    assert not may_write(github, "eve")
    assert not may_write(github, "../../user")


def test_a_refusal_to_say_who_may_write_is_no_answer() -> None:
    fake = FakeGitHub(writers={"jane"}, readable=frozenset())
    with pytest.raises(AuthError) as caught:
        may_write(connect(fake), "jane")
    detail = caught.value.diagnostics[0].detail
    assert "It is not known whether jane may push to acme/messages." in detail
    assert "`metadata: read`" in detail
