"""The commands of `cioform`, in the order of its help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.cli.command_list.lazy_commands import LazyCommand

_PACKAGE: Final = "cioform.cli.commands"

COMMANDS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "Get started": (
        ("demo", "demo:demo", "Take a guided tour: no account, no network, 20 seconds."),
        ("init", "init:init", "Create a workspace folder."),
        ("import", "import_:import_", "Write existing resources to files and start managing them."),
    ),
    "Files": (
        ("validate", "validate:validate", "Check the files offline and report every problem."),
        ("lint", "lint:lint", "Check what messages say: Liquid, links, size, languages."),
        ("policies", "policies:app", "List, check and test the policies of the project."),
        ("fmt", "fmt:fmt", "Format YAML files and keep their comments."),
        ("workspaces", "workspaces:workspaces", "List the workspaces of the project."),
        ("schema", "schema:schema", "Print the JSON Schema of the files, for editors."),
        ("kinds", "kinds:kinds", "List the kinds of resources and what each API supports."),
    ),
    "Plan and apply": (
        ("plan", "plan:plan", "Show what apply would change, without changing anything."),
        ("apply", "apply:apply", "Change the workspace to match the files."),
        ("approvals", "approvals:approvals", "Show who has to approve a plan, and who has."),
        (
            "rollback",
            "rollback:rollback",
            "Undo a run: restore its objects to what they were before.",
        ),
        ("drift", "drift:drift", "Show who changed what in the workspace since the last apply."),
        ("report", "report:app", "Join the results of several jobs into one report."),
        ("ci", "ci:app", "Plan, apply and check for drift in a CI job, and report to GitHub."),
        ("pull", "pull:pull", "Copy what was edited in the workspace into the files."),
        ("diff", "diff:diff", "Show what `cioform promote` would write, from the files alone."),
        ("promote", "promote:promote", "Copy changes from one workspace's files to another's."),
    ),
    "Inspect": (
        ("show", "show:show", "Show a resource from the files, the workspace or the state."),
        ("query", "query:query", "List the resources that match selectors."),
        ("refs", "refs:refs", "Show what a resource uses and what uses it."),
        ("preview", "preview:preview", "Show messages as recipients see them."),
        ("contract", "contract:contract", "Show the data that messages need, with types."),
        ("history", "history:history", "List the runs: who applied what, when, and from where."),
        ("audit", "audit:audit", "Show who changed what, with cioform and in the browser."),
        ("doctor", "doctor:doctor", "Check credentials, clock, API description and state."),
    ),
    "People and messages": (
        ("people", "people:app", "Identify, inspect, delete and import people."),
        ("events", "events:app", "Track events, one at a time or from a file."),
        ("send", "send:app", "Send a transactional message to one person."),
        ("broadcasts", "broadcasts:app", "List, trigger and measure API-triggered broadcasts."),
        ("campaigns", "campaigns:app", "List campaigns and show metrics."),
        ("segments", "segments:app", "List and change the members of segments."),
    ),
    "State and sandbox": (
        ("state", "state:app", "Inspect, move and repair the state."),
        ("sandbox", "sandbox:app", "Serve, fill, reset or edit the emulator of Customer.io."),
    ),
}
"""By section of the help: name, module and attribute, and the first sentence of the help, which a
test compares with the command's own."""


def lazy_commands() -> list[LazyCommand]:
    """Return a command for each row, whose module is imported when it is called."""
    return [
        LazyCommand(name, f"{_PACKAGE}.{target}", summary)
        for rows in COMMANDS.values()
        for name, target, summary in rows
    ]
