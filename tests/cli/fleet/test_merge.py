"""Results of several jobs, joined into one report that lacks nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.fleet.conftest import NAMES
from tests.support.command_line import CommandLine


@pytest.fixture
def drift(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Return the command line, with the drift of all workspaces in `r/` and their list in `w`."""
    monkeypatch.setenv("CIOFORM_RUN_ID", "7")
    cio("sandbox", "edit", "eu_two", "snippet.footer", "value=Bye", "--as", "jane@acme.com")
    Path("w").write_text(cio("workspaces", "--json").out)
    for number in (1, 2):
        cio("drift", "--all", "--reports", "r", "--shard", f"{number}/2")
    return cio


def test_the_drift_of_shards_is_one_report_in_every_format(drift: CommandLine) -> None:
    assert sorted(file.stem for file in Path("r").iterdir()) == sorted(NAMES)
    done = drift("report", "merge", "r", "--html", "page.html")
    assert (done.code, done.out) == (2, drift("drift", "--all").out)
    assert "eu_two: snippet.footer" in Path("page.html").read_text()
    markdown = drift("report", "merge", "r", "--expect", "w", "--markdown").out
    assert markdown.startswith("### 4 workspaces: 1 with drift, 3 without\n")
    assert "`eu_two: snippet.footer`" in markdown
    Path("all.json").write_text(drift("drift", "--all", "--json").out)
    assert drift("report", "merge", "all.json").out == done.out
    listed = drift("report", "merge", "r", "--json").json
    assert [each["workspace"] for each in listed["workspaces"]] == sorted(NAMES)
    assert (listed["exit_code"], listed["run"]) == (2, "7")


def test_annotations_name_the_workspace_and_the_line(drift: CommandLine) -> None:
    done = drift("report", "merge", "r", "--format", "sarif")
    [result] = done.json["runs"][0]["results"]
    assert result["message"]["text"].startswith("eu_two: snippet.footer was changed by jane@acme")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "workspaces/eu_two/snippets/footer.yaml"
    assert place["region"]["startLine"] == 3
    for name in ("sarif", "junit", "github", "gitlab"):
        merged = drift("report", "merge", "r", "--format", name)
        assert merged == drift("drift", "--all", "--format", name)._replace(err="")
    assert '<testsuite name="cioform drift" tests="1" failures="1">' in (
        drift("report", "merge", "r", "--format", "junit").out
    )
    result = json.loads(Path("r/eu_two.json").read_text())
    Path("r/eu_two.json").write_text(json.dumps(result | {"annotations": [{"rule": 1}]}))
    assert drift("report", "merge", "r").code == 4
    Path("r/eu_two.json").write_text(drift("drift", "eu_two", "--json").out)
    alone = drift("report", "merge", "r", "--format", "junit").out
    assert 'name="drift eu_two: snippet.footer"' in alone


def test_a_missing_result_is_not_looked_at(drift: CommandLine) -> None:
    Path("r/us_one.json").unlink()
    done = drift("report", "merge", "r")
    assert done.code == 8
    assert "4 workspaces: 1 with drift, 2 without, 1 not looked at" in done.out
    assert "cioform drift --all --only us_one" in done.err


OF_ANOTHER_RUN: list[tuple[dict[str, object], str]] = [
    ({"commit": "0" * 40}, "it was made from commit 000000000000 and not from files"),
    ({"run": "6"}, "it is of pipeline run 6 and not of pipeline run 7"),
    ({"workspace_id": 4}, "that of the workspace with the ID 4 instead of"),
    ({"workspace": "stranger"}, "this workspace is not expected"),
    ({"workspace": "canary"}, "both have a result of canary"),
    ({"result": None}, "is not a result of"),
    ({"format": 3}, "is not a result of"),
    ({"workspace": ["us_one"]}, "is not a result of"),
    ({"commit": 5}, "is not a result of"),
    ({"run": {}}, "is not a result of"),
    ({"report": "audit", "result": None, "exit_code": 1}, "is not a result of"),
    ({"exit_code": -1}, "is not a result of"),
]


def test_a_result_of_another_run_is_refused(drift: CommandLine) -> None:
    expected = json.loads(Path("w").read_text())
    for each in expected["workspaces"]:
        result = json.loads(Path("r", f"{each['name']}.json").read_text())
        each["workspace_id"] = result["workspace_id"]
    Path("w").write_text(json.dumps(expected))
    right = Path("r/us_one.json").read_text()
    for values, reason in OF_ANOTHER_RUN:
        Path("r/us_one.json").write_text(json.dumps(json.loads(right) | values))
        done = drift("report", "merge", "r", "--expect", "w")
        assert (done.code, done.out) == (4, ""), reason
        assert reason in " ".join(done.err.split())


def test_what_was_not_fully_looked_at_never_looks_like_no_drift(drift: CommandLine) -> None:
    result = json.loads(Path("r/us_one.json").read_text())
    result["result"]["compared"] = 0
    Path("r/us_one.json").write_text(json.dumps(result))
    done = drift("report", "merge", "r", "--markdown").out
    assert "4 workspaces: 1 with drift, 2 without, 1 not fully looked at" in done
    assert "2 of 4 workspaces have drift or were not fully looked at." in done


def test_the_drift_of_one_workspace_keeps_its_exit_code(drift: CommandLine) -> None:
    Path("r/eu_two.json").write_text(drift("drift", "eu_two", "--json").out)
    assert drift("report", "merge", "r").code == 2


def test_plans_of_matrix_jobs_are_judged_by_the_guards(cio: CommandLine) -> None:
    settings = Path("workspaces/eu_one/workspace.yaml")
    settings.write_text(settings.read_text().replace("guards:", "guards:\n  max_changes: 0"))
    snippet = Path("workspaces/eu_one/snippets/footer.yaml")
    snippet.write_text(snippet.read_text() + "  <p>New</p>\n")
    for name in NAMES:
        Path(f"{name}.json").write_text(cio("plan", name, "--json").out)
    done = cio("report", "merge", *(f"{name}.json" for name in NAMES))
    assert "1 to update; refused by max_changes" in done.out
    text = Path("canary.json").read_text()
    Path("canary.json").write_text(text.replace('"serial": ', '"serial": 9'))
    assert cio("report", "merge", "canary.json").code == 4  # the checksum is another one


def test_files_that_are_no_results(drift: CommandLine) -> None:
    Path("r/zz.json").write_text("[1]")
    assert drift("report", "merge", "r").code == 4
    assert drift("report", "merge", "nowhere.json").code == 64
    assert drift("report", "merge", "w", "--expect", "r/zz.json").code == 4
    Path("w").write_text(json.dumps(json.loads(Path("w").read_text()) | {"commit": 7}))
    assert drift("report", "merge", "r/us_one.json", "--expect", "w").code == 4
