"""A plan file is no authority: what it writes has to be what the files say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.core.data.json_value import digest
from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")
PLAN = Path("p.json")


def move_office() -> None:
    SNIPPET.write_text(SNIPPET.read_text().replace("1 High Street", "8 Canal Road"))


def forge(edit: Callable[[dict[str, Any]], None]) -> None:
    """Edit the plan file, and make its checksum again as anybody can."""
    content = json.loads(PLAN.read_text())
    del content["checksum"]
    edit(content)
    PLAN.write_text(json.dumps({**content, "checksum": digest(content)}))


def change_of(content: dict[str, Any], address: str = "snippet.main_address") -> dict[str, Any]:
    return next(change for change in content["changes"] if change["address"] == address)


def draft_campaign(cio: CommandLine) -> tuple[Path, str]:
    """Return the file and the address of a campaign, which is a draft from now on."""
    file = next(
        path
        for path in Path("workspaces/demo/campaigns").glob("*/campaign.yaml")
        if "from: " in path.read_text()
    )
    address = f"campaign.{file.parent.name}"
    cio("sandbox", "edit", "demo", address, "state=draft")
    return file, address


BECAUSE = "ignore: [send_to_unsubscribed]\nbecause: Legal decides it.\n"


def write_another_value(content: dict[str, Any]) -> None:
    change_of(content)["wanted"]["value"] = "Pay to account 12345"


def name_another_object(content: dict[str, Any]) -> None:
    change_of(content)["remote_id"] = "999"


def delete_instead(content: dict[str, Any]) -> None:
    change_of(content)["action"] = "delete"


def add_a_deletion(content: dict[str, Any]) -> None:
    change = dict(change_of(content), address="snippet.not_ours", action="delete", wanted=None)
    content["changes"].append(change)


def claim_a_protection(content: dict[str, Any]) -> None:
    change_of(content)["protect"] = True


def change_it_twice(content: dict[str, Any]) -> None:
    content["changes"].append(change_of(content))


def take_the_id_away(content: dict[str, Any]) -> None:
    change_of(content)["remote_id"] = None


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (write_another_value, "would write other values than the file has"),
        (delete_instead, "would delete it, and a file describes it"),
        (add_a_deletion, "would remove it, and the state does not know it"),
        (claim_a_protection, "disagree about `protect`"),
        (change_it_twice, "The plan changes it twice."),
        (take_the_id_away, "The plan does not have the ID of its object."),
    ],
)
def test_a_forged_plan_file_is_refused(
    cio: CommandLine, edit: Callable[[dict[str, Any]], None], reason: str
) -> None:
    move_office()
    cio("plan", "demo", "--out", str(PLAN))
    forge(edit)
    done = cio("apply", "demo", str(PLAN), "--allow-delete")
    assert done.code == 4
    assert reason in " ".join(done.err.split())
    assert "1 update" in cio("plan", "demo").out.replace("to ", "")


def test_users_that_were_taken_out_of_a_plan_are_missed(cio: CommandLine) -> None:
    move_office()
    cio("plan", "demo", "--out", str(PLAN))
    forge(lambda content: change_of(content).update(users=[], unmanaged_users=[]))
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert refused.code == 4
    assert "uses it now, but the plan does not list it." in " ".join(refused.out.split())
    assert "1 High Street" in cio("show", "demo", "snippet.main_address", "--live").out


def test_another_object_is_not_written(cio: CommandLine) -> None:
    move_office()
    cio("plan", "demo", "--out", str(PLAN))
    forge(name_another_object)
    done = cio("apply", "demo", str(PLAN), "--allow-live")
    assert done.code == 4
    assert (
        "the plan is for the object with the ID 999, and the state binds this address to"
        in " ".join((done.out + done.err).split())
    )


def test_a_plan_of_other_files_is_refused_unless_that_is_asked_for(cio: CommandLine) -> None:
    before = SNIPPET.read_text()
    move_office()
    cio("plan", "demo", "--out", str(PLAN))
    SNIPPET.write_text(before)
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert refused.code == 4
    assert "snippets/main_address.yaml" in refused.err
    assert cio("apply", "demo", str(PLAN), "--allow-live", "--no-check-files").code == 0


def test_an_ignored_value_cannot_be_forged(cio: CommandLine) -> None:
    file, address = draft_campaign(cio)
    file.write_text(f"{file.read_text()}message_limits: false\n{BECAUSE}")
    cio("plan", "demo", "--out", str(PLAN))

    def send_to_everybody(content: dict[str, Any]) -> None:
        change_of(content, address)["wanted"]["send_to_unsubscribed"] = True

    forge(send_to_everybody)
    done = cio("apply", "demo", str(PLAN), "--allow-live")
    assert done.code == 4
    assert "a field that its file ignores has another value" in " ".join(
        (done.out + done.err).split()
    )
    assert "send_to_unsubscribed" not in cio("show", "demo", address, "--live").out


def test_a_reference_by_id_is_no_difference_where_a_field_is_ignored(cio: CommandLine) -> None:
    file, _ = draft_campaign(cio)
    by_id = re.sub(r"from: \S+@[^\s,}]+", "from: sender#1", file.read_text())
    assert by_id != file.read_text()
    file.write_text(f"{by_id}message_limits: false\n{BECAUSE}")
    cio("plan", "demo", "--out", str(PLAN))
    assert cio("apply", "demo", str(PLAN), "--allow-live").code == 0


def test_files_that_ignore_a_field_are_not_looked_at_if_that_is_asked_for(
    cio: CommandLine,
) -> None:
    file, _ = draft_campaign(cio)
    before = f"{file.read_text()}{BECAUSE}"
    file.write_text(f"{before}message_limits: false\n")
    cio("plan", "demo", "--out", str(PLAN))
    file.write_text(before)
    assert cio("apply", "demo", str(PLAN), "--allow-live", "--no-check-files").code == 0


def test_the_command_that_goes_on_after_a_start_allows_what_is_live(cio: CommandLine) -> None:
    file, address = draft_campaign(cio)
    file.write_text(f"{file.read_text()}message_limits: false\n")
    cio("plan", "demo", "--out", str(PLAN))
    cio("sandbox", "edit", "demo", address, "state=running")
    done = cio("apply", "demo", str(PLAN))
    assert done.code == 4
    assert "Next:\n    cioform apply demo --allow-live\n" in done.out + done.err


def test_a_draft_that_was_started_is_skipped(cio: CommandLine) -> None:
    file, address = draft_campaign(cio)
    file.write_text(f"{file.read_text()}message_limits: false\n")
    cio("plan", "demo", "--out", str(PLAN))
    cio("sandbox", "edit", "demo", address, "state=running")
    done = cio("apply", "demo", str(PLAN), "--allow-live")
    assert done.code == 4
    assert "it was draft and became running since the plan was made" in " ".join(
        (done.out + done.err).split()
    )


def test_a_conflict_that_was_called_a_change_of_the_files_is_refused(cio: CommandLine) -> None:
    move_office()
    cio("sandbox", "edit", "demo", "snippet.main_address", "value=2 Other Street")
    cio("plan", "demo", "--out", str(PLAN))

    def call_it_a_change(content: dict[str, Any]) -> None:
        change = change_of(content)
        for item in (*change["fields"], *change["differences"]):
            item["origin"] = "config"

    forge(call_it_a_change)
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert refused.code == 4
    assert "was changed both in the files and in the workspace" in " ".join(refused.err.split())


def test_people_that_were_taken_out_of_a_plan_are_counted_again(cio: CommandLine) -> None:
    for file in Path("workspaces/demo/segments").glob("*.yaml"):
        file.write_text(f"{file.read_text()}description: Changed\n")
    settings = Path("workspaces/demo/workspace.yaml")
    settings.write_text(settings.read_text().replace("guards:\n", "guards:\n  max_people: 0\n"))
    cio("plan", "demo", "--out", str(PLAN))
    assert any(change["reach"]["people"] for change in json.loads(PLAN.read_text())["changes"])

    def leave_out_people(content: dict[str, Any]) -> None:
        for change in content["changes"]:
            change["reach"]["people"] = None

    forge(leave_out_people)
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert refused.code == 4
    assert "people; the limit is 0" in " ".join(refused.err.split())


CAMPAIGN = "campaign.re_engagement_3_days"
CAMPAIGN_FILE = Path("workspaces/demo/campaigns/re_engagement_3_days/campaign.yaml")


def another_action(content: dict[str, Any]) -> None:
    change_of(content)["action"] = "noop"


def an_object_of_no_file(content: dict[str, Any]) -> None:
    change = change_of(content, "segment.new")
    change.update(action="update", remote_id="1", fingerprint="0" * 64)


def an_object_to_adopt(content: dict[str, Any]) -> None:
    change_of(content, "segment.new").update(action="adopt", remote_id="1", identity="x")


def other_names(content: dict[str, Any]) -> None:
    content["known"]["sender"] = dict.fromkeys(content["known"]["sender"], "2")


def swapped_steps(content: dict[str, Any]) -> None:
    parts = change_of(content, CAMPAIGN)["parts"]
    change_of(content, CAMPAIGN)["parts"] = dict(zip(parts, reversed(parts.values()), strict=True))


def nothing_for_people(content: dict[str, Any]) -> None:
    for change in content["changes"]:
        change.update(fields=[], differences=[], changed_parts=[], depends_on=[], requests=[])
    content["changes"].reverse()


def fields_that_are_kept(content: dict[str, Any]) -> None:
    change_of(content, CAMPAIGN)["kept"] = {"description": "0" * 64}


def all_of_it_unchanged(content: dict[str, Any]) -> None:
    content["unchanged"] = 10_000


def leave_only(address: str, content: dict[str, Any]) -> None:
    content["changes"] = [change_of(content, address)]


CLAIMS = (
    (another_action, "snippet.main_address", "a new plan makes another change"),
    (an_object_of_no_file, "segment.new", "since the plan was made"),
    (an_object_to_adopt, "segment.new", "a new plan makes another change"),
    (swapped_steps, CAMPAIGN, "somebody has changed it since"),
    (fields_that_are_kept, CAMPAIGN, "a new plan makes another change"),
)


@pytest.mark.parametrize("way", ["--check-files", "--no-check-files"])
def test_what_a_plan_file_claims_is_found_out_again(cio: CommandLine, way: str) -> None:
    move_office()
    CAMPAIGN_FILE.write_text(CAMPAIGN_FILE.read_text().replace("We miss you", "Come back"))
    Path("workspaces/demo/segments/new.yaml").write_text(
        "name: New\nconditions: {attribute: plan, is: new}\n"
    )
    cio("plan", "demo", "--out", str(PLAN))
    honest = PLAN.read_text()
    before = cio("show", "demo", CAMPAIGN, "--live").out
    apply = ("apply", "demo", str(PLAN), way)
    for edit, address, reason in CLAIMS:
        PLAN.write_text(honest)
        forge(edit)
        forge(partial(leave_only, address))
        done = cio(*apply, "--allow-live")
        said = " ".join((done.out + done.err).split())
        is_refused = "cannot decide a conflict by itself" in said and done.code == 4
        assert (done.code == 4 and reason in said) or is_refused, (edit, done)
    PLAN.write_text(honest)
    forge(nothing_for_people)
    assert cio(*apply).code == 4
    assert cio("show", "demo", CAMPAIGN, "--live").out == before
    forge(other_names)
    code = cio(*apply, "--allow-live").code
    after = cio("show", "demo", CAMPAIGN, "--live").out
    assert (code, after) in [(4, before), (0, before.replace("We miss you", "Come back"))]


def test_a_plan_file_decides_no_conflict(cio: CommandLine) -> None:
    move_office()
    cio("sandbox", "edit", "demo", "snippet.main_address", "value=2 Other Street")
    live = cio("show", "demo", "snippet.main_address", "--live").out
    apply = ("apply", "demo", str(PLAN), "--allow-live")
    for side in ("config", "live"):
        cio("plan", "demo", "--prefer", side, "--out", str(PLAN))
        refused = cio(*apply)
        assert (refused.code, f"pass `--prefer {side}` to apply" in refused.err) == (4, True)
    cio("plan", "demo", "--out", str(PLAN))
    forge(lambda content: content["header"].update(prefer="config"))
    assert cio(*apply).code == 4
    assert cio("show", "demo", "snippet.main_address", "--live").out == live
    assert cio(*apply, "--prefer", "config").code == 0


def test_a_plan_file_undoes_no_edit_where_that_is_not_the_default(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cio("sandbox", "edit", "demo", "snippet.main_address", "value=2 Other Street")
    cio("plan", "demo", "--out", str(PLAN))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("CIOFORM_ALLOW_ENDPOINT", "*")
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert refused.code == 4
    assert "the plan would undo that" in " ".join(refused.err.split())
    assert cio("apply", "demo", str(PLAN), "--allow-live", "--on-drift", "overwrite").code == 0


def test_the_number_of_unchanged_objects_is_limited_to_those_that_exist(cio: CommandLine) -> None:
    move_office()
    settings = Path("workspaces/demo/workspace.yaml")
    settings.write_text(settings.read_text().replace("max_percent: 50\n", "max_percent: 10\n"))
    for file in Path("workspaces/demo").glob("s*/*.yaml"):
        field = {"segments": "name", "snippets": "value"}.get(file.parent.name, "none")
        file.write_text(re.sub(rf"(?m)^{field}: ", r"\g<0>New ", file.read_text()))
    cio("plan", "demo", "--out", str(PLAN))
    forge(all_of_it_unchanged)
    refused = cio("apply", "demo", str(PLAN), "--allow-live")
    assert (refused.code, "the limit is 10%" in refused.err) == (4, True)


def test_no_text_of_a_plan_file_reaches_the_terminal_as_it_is(cio: CommandLine) -> None:
    move_office()
    cio("plan", "demo", "--out", str(PLAN))
    escape = "\x1b[2J\u202e"

    def write_escapes(content: dict[str, Any]) -> None:
        content["header"].update(settings_from=escape, changed_settings=[escape], target=[escape])
        change = change_of(content)
        change.update(reason=escape, requests=[{"api": "app", "method": escape, "path": escape}])
        reason = {"action": "update", "reason": escape, "has_config": True}
        content["left"] = [{"address": "snippet.a", **reason}]

    forge(write_escapes)
    for shown in (cio("plan", "demo", str(PLAN), "--explain"), cio("apply", "demo", str(PLAN))):
        assert not set(shown.out + shown.err).intersection(escape[:1] + escape[-1:])
    forge(lambda content: content["header"].update(rolls_back="x; true"))
    assert "never applied from a file" in cio("apply", "demo", str(PLAN)).err


def test_a_plan_file_that_changes_only_the_state_says_how_it_ended(cio: CommandLine) -> None:
    move_office()
    value = yaml.safe_load(SNIPPET.read_text())["value"]
    cio("sandbox", "edit", "demo", "snippet.main_address", f"value={value}")
    assert "only the state file is updated" in cio("plan", "demo", "--out", str(PLAN)).out
    applied = cio("apply", "demo", str(PLAN))
    assert (applied.code, "Applied to demo: nothing to do." in applied.out) == (0, True)
    assert "only the state file" not in cio("plan", "demo").out
