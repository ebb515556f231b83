"""`cioform query`: what is listed of files, state and workspace."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.model.remote_access.conversation import Api, Request
from cioform.services.workspace import open_workspace
from tests.support.command_line import CommandLine

SNIPPETS = Path("workspaces/demo/snippets")


def write(name: str, value: str = "1") -> None:
    (SNIPPETS / f"{name}.yaml").write_text(f"name: {name}\nvalue: '{value}'\n")


def states(cio: CommandLine, *options: str) -> dict[str, str]:
    rows = cio("query", "demo", "snippet.query_*", "--json", *options).json["resources"]
    return {each["address"].removeprefix("snippet.query_"): each["state"] for each in rows}


def test_the_state_of_each_resource(cio: CommandLine) -> None:
    for name in ("kept", "removed", "deleted", "forgotten"):
        write(f"query_{name}")
    assert cio("apply", "demo", "--auto-approve").code == 0
    (SNIPPETS / "query_removed.yaml").unlink()
    (SNIPPETS / "query_forgotten.yaml").unlink()
    assert cio("state", "forget", "demo", "snippet.query_forgotten").code == 0
    with open_workspace(Path(), "demo") as opened:
        opened.provider.send(Request(Api.APP, "DELETE", "/v1/snippets/query_deleted"))
    write("query_added")
    expected = {"added": "not applied", "kept": "managed", "removed": "no file"}
    assert states(cio) == {**expected, "deleted": "managed"}
    live = {"deleted": "missing", "forgotten": "unmanaged"}
    assert states(cio, "--live") == {**expected, **live}


def test_users_tags_and_status(cio: CommandLine) -> None:
    [row] = cio("query", "demo", "segment.inactive_3_days", "--json").json["resources"]
    assert row["users"] == ["campaign.re_engagement_3_days"]
    file = Path("workspaces/demo/campaigns/welcome/campaign.yaml")
    file.write_text(file.read_text(encoding="utf-8") + "tags: [Été, eu]\n", encoding="utf-8")
    done = cio("query", "demo", "tag:ete,tag:eu", "--live", "--columns", "address,tags,status")
    assert done.out.splitlines() == [
        "ADDRESS           TAGS     STATUS",
        "campaign.welcome  eu, Été  draft",
    ]


def test_csv_has_a_row_for_each_resource(cio: CommandLine) -> None:
    write("query_odd", '"x"')
    file = SNIPPETS / "query_odd.yaml"
    file.write_text('name: "a,\\e[31m\\"b\\""\nvalue: x\n')
    done = cio("query", "demo", "snippet.query_odd", "--csv", "--columns", "name,file,line,uses")
    assert list(csv.reader(io.StringIO(done.out))) == [
        ["name", "file", "line", "uses"],
        ['a,\\x1b[31m"b"', file.as_posix(), "1", ""],
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("snippet.leggal",), "Did you mean `snippet.legal`"),
        (("--columns", "adress"), "Did you mean `address`?"),
        (("--csv", "--json"), "cannot be combined"),
    ],
)
def test_what_is_refused(cio: CommandLine, options: tuple[str, ...], message: str) -> None:
    done = cio("query", "demo", *options)
    assert (done.code, done.out) == (64, "")
    assert message in done.err


def test_a_program_gets_rows(cio: CommandLine) -> None:  # noqa: ARG001 - it makes the project
    with open_workspace(Path(), "demo") as opened:
        rows = opened.query("kind:layout")
    assert [row.address for row in rows] == [Address("layout", "main")]
    assert "transactional.receipt" in rows[0].users


def test_an_object_without_a_file_as_an_import_would_write_it(cio: CommandLine) -> None:
    file = Path("workspaces/demo/segments/beta_testers.yaml")
    written = file.read_text(encoding="utf-8")
    file.unlink()
    assert cio("state", "forget", "demo", "segment.beta_testers").code == 0
    done = cio("show", "demo", "segment.beta_testers", "--live", "--yaml")
    assert (done.code, done.out) == (0, "".join(written.splitlines(keepends=True)[1:]))
    done = cio("show", "demo", "segment.beta_tester", "--live")
    assert (done.code, "`segment.beta_testers`" in done.err) == (64, True)
