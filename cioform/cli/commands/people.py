"""`cioform people`: the people in a workspace, one by one or from a file."""

from __future__ import annotations

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.commands import people_changes, people_queries

app = command_group("Identify, inspect, delete and import people.")

for _command in (
    people_changes.identify,
    people_queries.show,
    people_queries.segments,
    people_queries.messages,
    people_queries.activities,
    people_changes.delete,
    people_changes.suppress,
    people_changes.unsuppress,
):
    app.command()(_command)
app.command("import")(people_changes.import_)
