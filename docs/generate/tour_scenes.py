"""What a team does in the tour: files that people write, and commands in their clones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from cioform.emulator.store.database import credentials

PORT: Final = 8025
_URL: Final = f"http://127.0.0.1:{PORT}"
IDS: Final = {"staging": 353854, "production": 559033}
"""The IDs of the two sandbox workspaces, which follow from their names."""
PEOPLE: Final = ("ada", "ben")


@dataclass(frozen=True)
class Shell:
    """A line of a shell that somebody types in the folder of their clone."""

    who: str
    line: str
    code: int = 0


@dataclass(frozen=True)
class Edit:
    """A file that somebody writes, or a part of it that they replace."""

    who: str
    path: str
    text: str
    before: str = ""


Step: TypeAlias = Shell | Edit


@dataclass(frozen=True)
class Scene:
    """A section of the page."""

    title: str
    description: str
    steps: tuple[Step, ...]


def settings(name: str, state: str) -> str:
    """Return the settings of one of the two workspaces."""
    upper = name.upper()
    return f"""\
format: 1
workspace_id: {IDS[name]}
endpoint: {{app: {_URL}, journeys: {_URL}, track: {_URL}}}
credentials:
  app_api_key: ${{env.CUSTOMERIO_{upper}_APP_API_KEY}}
  service_account_token: ${{env.CUSTOMERIO_{upper}_SERVICE_ACCOUNT_TOKEN}}
rate: {{app: 1000, journeys: 1000}}
state: {state.replace("WORKSPACE", name)}
variables: {{city: {"Test" if name == "staging" else "London"}}}
"""


def environment() -> dict[str, str]:
    """Return the credentials of both workspaces as environment variables."""
    found = {}
    for name in IDS:
        keys, upper = credentials(name), name.upper()
        found[f"CUSTOMERIO_{upper}_APP_API_KEY"] = keys.app_api_key
        found[f"CUSTOMERIO_{upper}_SERVICE_ACCOUNT_TOKEN"] = keys.service_account_token
    return found


_FOOTER: Final = "name: footer\nvalue: Acme Ltd, ${var.city}\n"
_WELCOME: Final = """\
name: Welcome
trigger: {event: signed_up}
exit: {when: {segment: paying}}
workflow:
  # The first message, at once.
  - id: hello
    push: {title: Welcome to Acme, body: "We are in ${var.city}."}
  - {id: pause, wait: 2d}
  - id: nudge
    push: {title: Still there?, body: Your first project takes two minutes.}
"""


def _commit(who: str, message: str, branch: str = "main") -> tuple[Shell, ...]:
    return (
        Shell(who, "git add --all"),
        Shell(who, f"git commit --quiet --message '{message}'"),
        Shell(who, f"git push --quiet origin {branch}"),
    )


def _merge(who: str, branch: str) -> tuple[Shell, ...]:
    return (
        Shell(who, "git pull --quiet origin main"),
        Shell(who, f"git fetch --quiet origin {branch}"),
        Shell(who, f"git merge --quiet --no-edit --no-ff origin/{branch}"),
        Shell(who, "git push --quiet origin main"),
    )


_LATER: Final = (
    Scene(
        "Plan, review, merge",
        "Ada adds a campaign and a segment to staging, on a branch. She puts the plan and its "
        "digest into the pull request.",
        (
            Shell("ada", "git switch --quiet --create welcome"),
            Edit("ada", "workspaces/staging/campaigns/welcome.yaml", _WELCOME),
            Edit(
                "ada",
                "workspaces/staging/segments/paying.yaml",
                "name: Paying\nconditions: {attribute: plan, is: pro}\n",
            ),
            Shell("ada", "cioform plan staging"),
            *_commit("ada", "Welcome new users", "welcome"),
        ),
    ),
    Scene(
        "Apply from the other clone",
        "Ben reads the plan and merges the branch. He applies what was reviewed: a plan with "
        "another digest would be refused. Ada's clone knows at once what he did.",
        (
            *_merge("ben", "welcome"),
            Shell("ben", "cioform apply staging --reviewed {digest}"),
            Shell("ada", "git switch --quiet main"),
            Shell("ada", "git pull --quiet origin main"),
            Shell("ada", "cioform plan staging"),
        ),
    ),
    Scene(
        "Promote to production",
        "The campaign works in staging. `diff` compares the files of the two workspaces, and "
        "`promote` writes the difference. `${var.city}` is another city there.",
        (
            Shell("ada", "cioform diff staging production", 2),
            Shell("ada", "cioform promote staging production"),
            *_commit("ada", "Welcome new users in production"),
            Shell("ada", "cioform apply production --auto-approve"),
        ),
    ),
    Scene(
        "An edit in the browser",
        "Jane works in Customer.io and edits a snippet. The nightly `drift` finds it, and "
        "says who it was and when.",
        (
            Shell(
                "ada",
                "cioform sandbox edit production snippet.footer "
                "'value=Acme Ltd, London E1' --as jane@acme.com",
            ),
            Shell("ben", "git pull --quiet origin main"),
            Shell("ben", "cioform drift production", 2),
        ),
    ),
    Scene(
        "Take it into the files",
        "Jane's edit is right. Ben writes it to the files on a branch; the variable in the "
        "text stays. After the merge, the files and the workspace agree.",
        (
            Shell("ben", "git switch --quiet --create janes-footer"),
            Shell("ben", "cioform pull production snippet.footer"),
            Shell("ben", "git diff --unified=0"),
            *_commit("ben", "Take the new address from production", "janes-footer"),
            Shell("ben", "git switch --quiet main"),
            *_merge("ben", "janes-footer"),
            Shell("ben", "cioform plan production"),
        ),
    ),
    Scene(
        "A bad change, and its rollback",
        "Ben shortens a pause in production, which turns out to be a mistake. `history` shows "
        "the run, and `rollback` makes a plan that undoes it.",
        (
            Edit("ben", "workspaces/production/campaigns/welcome.yaml", "wait: 2h", "wait: 2d"),
            *_commit("ben", "Nudge earlier"),
            Shell("ben", "cioform apply production --auto-approve"),
            Shell("ben", "cioform history production"),
            Shell("ben", "cioform rollback production {run} --auto-approve"),
        ),
    ),
    Scene(
        "Until the files agree",
        "The files still have the mistake, and apply refuses to make it again. Revert "
        "the commit, and the plan is empty.",
        (
            Shell("ben", "cioform plan production --detailed-exitcode", 4),
            Shell("ben", "git revert --no-edit {commit}"),
            Shell("ben", "git push --quiet origin main"),
            Shell("ben", "cioform plan production --detailed-exitcode"),
        ),
    ),
    Scene(
        "Who did what",
        "`history` lists the runs of all clones. With the ID of a run, it lists the changes of "
        "that run. `audit` shows the runs together with the edits in the browser.",
        (
            Shell("ada", "git pull --quiet origin main"),
            Shell("ada", "cioform history production"),
            Shell("ada", "cioform history production {run}"),
            Shell("ada", "cioform audit production"),
        ),
    ),
)
"""What happens once the state is shared."""


def scenes(state: str, location: str) -> tuple[Scene, ...]:
    """Return the tour with a state that the settings write as `state`; `location` names it."""
    return (
        Scene(
            "Share the state",
            "Ada writes the first files: the settings of both workspaces, which keep their "
            f"state in {location}, and a snippet with a variable. `state init` creates the "
            "states.",
            (
                Edit("ada", ".gitignore", ".cioform/\n"),
                Edit("ada", "workspaces/staging/workspace.yaml", settings("staging", state)),
                Edit("ada", "workspaces/production/workspace.yaml", settings("production", state)),
                Edit("ada", "workspaces/staging/snippets/footer.yaml", _FOOTER),
                Edit("ada", "workspaces/production/snippets/footer.yaml", _FOOTER),
                Shell("ada", "cioform state init staging"),
                Shell("ada", "cioform state init production"),
                *_commit("ada", "Manage two workspaces"),
                Shell("ada", "cioform apply staging --auto-approve"),
                Shell("ada", "cioform apply production --auto-approve"),
            ),
        ),
        *_LATER,
    )


GIT_LOG: Final = Scene(
    "The log of the state",
    "The state is on a branch of its own, and every change of it is a commit. This log leaves "
    "out the commits that hold the lock and the journal during a run:",
    (
        Shell("ada", "git fetch --quiet origin cioform/production"),
        Shell(
            "ada",
            "git log --format='%an: %s' --invert-grep --grep=^Journal --grep=^Lock FETCH_HEAD",
        ),
    ),
)
