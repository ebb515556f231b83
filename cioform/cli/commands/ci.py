"""`cioform ci`: the steps of a CI job, on any CI system."""

from __future__ import annotations

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.command_list.option_groups import expand_option_groups
from cioform.cli.commands import ci_apply, ci_command, ci_drift, ci_plan, ci_publish

app = command_group("Plan, apply and check for drift in a CI job, and report to GitHub.")
app.command("plan")(expand_option_groups(ci_plan.plan))
app.command("apply")(expand_option_groups(ci_apply.apply))
app.command("drift")(expand_option_groups(ci_drift.drift))
app.command("publish")(expand_option_groups(ci_publish.publish))
app.command("command")(ci_command.command)
