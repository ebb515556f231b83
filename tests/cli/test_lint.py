"""`cioform lint`, and what its findings stop."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cioform.config.load import load_configuration
from cioform.services.kinds import known_kinds
from cioform.services.linting.check import lint_workspace
from tests.support.command_line import CommandLine
from tests.support.git import git

DEMO = Path("workspaces/demo")
BROKEN = DEMO / "layouts/broken.yaml"
BODY = DEMO / "layouts/broken.html"
BASELINE = DEMO / "_lint-baseline.yaml"
TEXT = "{{ snippets.legl }}\n{% if customer.a &gt; 3 && b %}x{% end %}\n{{ content }}\n"
RENAMED = "name: broken\nbody: {file: broken.html}\n"
FIXED = "{{ snippets.legl }}\n{% if customer.a > 3 and b %}x{% endif %}\n{{ content }}\n"


@pytest.fixture
def broken(cio: CommandLine) -> CommandLine:
    """Return the command line in a project with one broken text."""
    BROKEN.write_text("name: broken\nbody: {file: broken.html}\n")
    BODY.write_text(TEXT)
    return cio


def test_imported_samples_have_no_error(cio: CommandLine) -> None:
    done = cio("lint", "demo")
    assert done.code == 0, done.out
    assert not BASELINE.exists()


def test_errors_are_shown_with_file_line_and_column(broken: CommandLine) -> None:
    done = broken("lint")
    assert done.code == 3
    assert "workspaces/demo/layouts/broken.html:2:18\n  `&gt;` inside of Liquid" in done.out
    assert done.err.startswith("3 errors,")


def test_a_value_in_the_yaml_has_its_own_place(cio: CommandLine) -> None:
    BROKEN.write_text("name: broken\nbody: |\n  {{ content }}\n  b {% esle %}\n")
    assert f"{BROKEN}:4:5\n  Unknown tag `esle`." in cio("lint").out


def test_errors_stop_validate(broken: CommandLine) -> None:
    done = broken("validate")
    assert done.code == 3
    assert "broken.html:1:4\n  No file describes a snippet" in done.err


def test_errors_stop_a_plan_that_writes_them(broken: CommandLine) -> None:
    done = broken("plan", "demo")
    assert (done.code, done.out) == (3, "")
    assert "error: Snippet that no file describes (DT110)" in done.err
    # Nothing of it changes, so that the rest can be planned.
    assert broken("plan", "demo", "--exclude", "layout.broken").code == 0


def test_fix_corrects_what_needs_no_decision(broken: CommandLine) -> None:
    done = broken("lint", "--fix")
    assert BODY.read_text() == FIXED
    assert "Written: workspaces/demo/layouts/broken.html\n1 error," in done.err
    assert done.code == 3


def test_fix_leaves_alone_what_yaml_spells_differently(cio: CommandLine) -> None:
    text = 'name: broken\nbody: "{{ content }}{% if customer.a = \\u0027x\\u0027 %}x{% endif %}"\n'
    BROKEN.write_text(text)
    assert cio("lint", "--fix").code == 3
    assert BROKEN.read_text() == text


def test_a_baseline_accepts_findings_until_their_line_changes(broken: CommandLine) -> None:
    assert broken("lint", "--write-baseline").code == 0
    assert 'text: "{{ snippets.legl }}"' in BASELINE.read_text()
    BODY.write_text(f"new first line\n{TEXT}")
    assert broken("validate").code == 0
    assert "in the baseline)" in broken("lint").err
    BODY.write_text(TEXT.replace("{% end %}", "x{% end %}"))
    assert broken("validate").code == 3


def test_a_pull_request_is_judged_by_the_baseline_of_its_target(broken: CommandLine) -> None:
    git("init", "-q")
    git("add", "workspaces/demo/workspace.yaml")
    git("commit", "-qm", "base")
    assert broken("lint", "--write-baseline").code == 0
    assert broken("plan", "demo").code == 0
    command = ("plan", "demo", "--settings-from", "HEAD")
    assert broken(*command).code == 3
    git("add", "workspaces")
    git("commit", "-qm", "accepted")
    assert broken(*command).code == 0
    BROKEN.rename(DEMO / "layouts/renamed.yaml")
    (DEMO / "layouts/renamed.yaml").write_text(f"was: layout.broken\n{RENAMED}")
    done = broken(*command)
    assert done.code == 0, done.err


def test_a_baseline_that_cannot_be_read(broken: CommandLine) -> None:
    BASELINE.write_text("findings: {}\n")
    done = broken("validate")
    assert done.code == 3
    assert "error: Invalid baseline" in done.err
    assert "    cioform lint demo --write-baseline" in done.err


def test_an_import_accepts_the_errors_that_customer_io_holds(cio: CommandLine) -> None:
    BROKEN.write_text("name: broken\nbody: '{{ content }}'\n")
    assert cio("apply", "demo", "--auto-approve", "--target", "layout.broken").code == 0
    edit = cio("sandbox", "edit", "demo", "layout.broken", "body={{ content }}{{ custmer.a }}")
    assert edit.code == 0, edit.err
    assert cio("import", "demo", "--target", "layout.broken", "--force").code == 0
    assert "rule: DT107" in BASELINE.read_text()
    assert cio("validate").code == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_new_since_a_revision(broken: CommandLine) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "workspaces"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    assert broken("lint", "--new-since", "HEAD").code == 0
    BODY.write_text(TEXT + "{% esle %}")
    done = broken("lint", "--new-since", "HEAD", "--format", "json")
    assert [finding["line"] for finding in json.loads(done.out)["findings"]] == [4]
    assert broken("lint", "--new-since", "nowhere").code == 64


def test_a_baseline_of_what_is_new_is_refused(broken: CommandLine) -> None:
    done = broken("lint", "--write-baseline", "--new-since", "HEAD")
    assert (done.code, done.out) == (64, "")
    assert not BASELINE.exists()


def test_ignored_rules_and_other_severities(broken: CommandLine) -> None:
    settings = DEMO / "workspace.yaml"
    text = settings.read_text()
    ignore = "{rule: DT110, address: 'layout.*', because: Later., until: %s}"
    lint = "lint:\n  severity: {LQ001: warning, LQ005: 'off', LQ006: 'off'}\n  ignore: [%s]\n"
    settings.write_text(text + lint % (ignore % "2999-01-01"))
    done = broken("lint")
    assert done.code == 0
    assert "(1 ignored)" in done.err
    settings.write_text(text + lint % (ignore % "2020-01-01"))
    done = broken("lint")
    assert done.code == 3
    assert "warning: Ignored rule counts again" in done.err
    settings.write_text(text + "lint: {severity: {DT199: error}}\n")
    assert "`lint` names the rule `DT199`, which does not exist." in broken("lint").err


def test_a_draft_that_nobody_started(cio: CommandLine) -> None:
    done = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert done.code == 0, done.err
    kinds = known_kinds()
    configuration = load_configuration(Path.cwd(), "demo", kinds, {})
    for days, expected in ((89, set()), (91, {"campaign.welcome", "transactional.password_reset"})):
        day = datetime.now(UTC).date() + timedelta(days=days)
        result = lint_workspace(Path.cwd(), configuration, kinds, today=day)
        drafts = [each.finding for each in result.findings if each.rule.id == "HY603"]
        assert {str(each.address) for each in drafts} == expected


def test_a_comment_suppresses_a_rule(broken: CommandLine) -> None:
    comment = "{% comment %}cioform-ignore DT110 LQ001 LQ005{% endcomment %}"
    BODY.write_text(TEXT.replace("&&", "and") + comment)
    assert broken("lint").code == 0


def test_formats(broken: CommandLine) -> None:
    sarif = json.loads(broken("lint", "--format", "sarif").out)
    places = [found["locations"][0]["physicalLocation"] for found in sarif["runs"][0]["results"]]
    [first, *_] = [p["region"] for p in places if p["artifactLocation"]["uri"] == str(BODY)]
    assert first == {"startLine": 1, "startColumn": 4}
    assert len(ET.fromstring(broken("lint", "--format", "junit").out)) == len(places)
    assert f"::error file={BODY},line=1,col=4," in broken("lint", "--format", "github").out
    paths = [
        each["location"]["path"] for each in json.loads(broken("lint", "--format", "gitlab").out)
    ]
    assert str(BODY) in paths
    assert "Did you mean `sarif`?" in broken("lint", "--format", "sarf").err


def test_rules_are_listed(cio: CommandLine) -> None:
    assert "LQ001  error" in cio("lint", "--rules").out


def test_a_plan_shows_the_warnings_of_what_it_writes(cio: CommandLine) -> None:
    outputs = "".join(f"{{{{ customer.a{number} }}}}" for number in range(12))
    BROKEN.write_text(f"name: broken\nbody: '{{{{ content }}}}{outputs}'\n")
    done = cio("plan", "demo")
    assert done.code == 0
    assert done.out.count("Value that may be missing (DT101)") == 10
    assert "2 more warnings" in done.out
    found = cio("plan", "demo", "--json").json["warnings"]
    assert {(each["rule"], each["location"]["line"]) for each in found} == {("DT101", 2)}
    assert len(found) == 12
    for form, shown in (("markdown", "**Warnings: about"), ("sarif", '"ruleId": "DT101"')):
        assert shown in cio("plan", "demo", "--format", form).out
    assert cio("validate").err == ""


def test_a_saved_plan_keeps_its_warnings(cio: CommandLine) -> None:
    BROKEN.write_text("name: broken\nbody: '{{ content }}{{ customer.a }}'\n")
    assert cio("plan", "demo", "--out", "demo.plan.json").code == 0
    shown = cio("plan", "demo", "demo.plan.json").out
    assert "Warnings: about the texts that this plan writes" in shown
    assert f"{BROKEN}:2:" in shown
    assert "Warnings" not in cio("apply", "demo", "--auto-approve", "--target", "layout.*").out
