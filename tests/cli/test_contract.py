"""`cioform contract`: what messages need, drafts of declarations, types, and breaking changes."""

from __future__ import annotations

import json
import subprocess
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from cioform.cli.app import run
from cioform.emulator.protocol.behavior import Behavior
from cioform.services.connections import sandbox
from tests.support.command_line import CommandLine, CommandResult

SHOP = Path("workspaces/shop")
CAMPAIGN = """\
name: Welcome
trigger: {event: bought}
workflow:
  - id: hello
    sms:
      body: |
        Hi {{ customer.first_name | default: "you" }}, you paid {{ event.total | plus: 0 }}.
        {% for item in event.items %}{{ item.name }}{% endfor %}
"""
RECEIPT = """\
name: Receipt
trigger_name: RECEIPT
sms:
  body: Paid {{ trigger.total }}
"""

DataIndexForm = Literal["objects", "names", "refused"] | None


@pytest.fixture
def cio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Return a function that runs a command in a small project."""
    monkeypatch.chdir(tmp_path)
    for path, text in {
        "workspace.yaml": "format: 1\nendpoint: sandbox\n",
        "campaigns/welcome.yaml": CAMPAIGN,
        "transactional/receipt.yaml": RECEIPT,
    }.items():
        (SHOP / path).parent.mkdir(parents=True, exist_ok=True)
        (SHOP / path).write_text(text, encoding="utf-8")

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        code = run(words)
        return CommandResult(code, *capsys.readouterr())

    return command


def test_each_need_is_shown_with_its_type_and_place(cio: CommandLine) -> None:
    assert (
        cio("contract", "shop").out
        == """\
campaign.welcome  event `bought`
  customer.first_name  guarded   any     workspaces/shop/campaigns/welcome.yaml:7:15
  event.items          required  array   workspaces/shop/campaigns/welcome.yaml:8:24
  event.items[].name   required  any     workspaces/shop/campaigns/welcome.yaml:8:41
  event.total          required  number  workspaces/shop/campaigns/welcome.yaml:7:68

transactional.receipt  trigger `RECEIPT`
  trigger.total  required  any  workspaces/shop/transactional/receipt.yaml:4:17
"""
    )


def test_json_has_every_use(cio: CommandLine) -> None:
    answer = json.loads(cio("contract", "shop", "campaign.welcome", "--json").out)
    [contract] = answer["contracts"]
    total = contract["needs"][-1]
    assert total["path"] == "event.total"
    assert total["evidence"] == {"number": "the filter `plus`"}
    assert total["uses"][0]["location"] == "workspaces/shop/campaigns/welcome.yaml:7:68"


def test_an_unknown_address_is_refused(cio: CommandLine) -> None:
    done = cio("contract", "shop", "campaign.welcom")
    assert done.code == 64
    assert "Did you mean\n  `campaign.welcome`?" in done.err


def test_types_for_programs(cio: CommandLine) -> None:
    code = cio("contract", "shop", "--types", "ts").out
    assert "export interface EventBought {\n  items: Array<{\n    name: unknown;\n  }>;" in code
    python = cio("contract", "shop", "--types", "python").out
    compile(python, "types.py", "exec")
    assert "class EventBoughtItemsItem(TypedDict):\n    name: Any" in python


def test_the_schema_names_required_fields(cio: CommandLine) -> None:
    schema = json.loads(cio("contract", "shop", "--schema").out)
    event = schema["$defs"]["campaign.welcome"]["properties"]["event"]
    assert event["required"] == ["items", "total"]


def test_drafts_are_valid_and_kept(cio: CommandLine) -> None:
    done = cio("contract", "shop", "--write")
    assert "workspaces/shop/_data/events/bought.yaml" in done.out
    event = SHOP / "_data/events/bought.yaml"
    assert "total: {type: number, required: true}" in event.read_text("utf-8")
    event.write_text(event.read_text("utf-8").replace("number", "string"), encoding="utf-8")
    assert cio("contract", "shop", "--write").out == ""
    assert "total: {type: string, required: true}" in event.read_text("utf-8")


def test_drafts_leave_out_what_an_included_folder_declares(cio: CommandLine) -> None:
    settings = "format: 1\nendpoint: sandbox\ninclude: [_shared]\n"
    (SHOP / "workspace.yaml").write_text(settings, encoding="utf-8")
    shared = Path("workspaces/_shared/_data/events/bought.yaml")
    shared.parent.mkdir(parents=True)
    shared.write_text("fields: {total: {type: number, required: true}}\n", encoding="utf-8")
    before = shared.read_bytes()
    assert cio("contract", "shop", "--write").code == 0
    assert shared.read_bytes() == before
    event = (SHOP / "_data/events/bought.yaml").read_text("utf-8")
    assert "items:" in event
    assert "total" not in event
    assert cio("validate", "shop").code == 0
    assert cio("contract", "shop", "--write").out == ""


@pytest.fixture
def live(cio: CommandLine) -> CommandLine:
    """Return the function for a workspace with people, and a message without a default."""
    campaign = SHOP / "campaigns/welcome.yaml"
    text = CAMPAIGN.replace(' | default: "you"', "")
    campaign.write_text(text, encoding="utf-8")
    for person, *attributes in (("u1", "first_name=Ada", "plan=pro"), ("u2",), ("u3",)):
        words = (word for each in attributes for word in ("--attr", each))
        assert cio("people", "identify", "shop", person, *words).code == 0
    data = '{"coupon": "X", "total": 1, "items": []}'
    assert cio("events", "track", "shop", "u1", "bought", "--data", data).code == 0
    return cio


def test_a_missing_default_has_how_often_the_attribute_is_blank(
    live: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        "required  any     blank for 2 of 3 people, workspaces"
        in live("contract", "shop", "--live").out
    )
    need = json.loads(live("contract", "shop", "--live", "--json").out)["contracts"][0]["needs"][0]
    assert need["people"] == {"blank": 2, "all": 3}
    unread = "how often it is blank could not be read, workspaces"
    assert unread in live("contract", "shop", "--live", "--with", "app").out
    assert unread in live("contract", "shop", "--live", "--with", "journeys").out
    monkeypatch.setattr(sandbox, "Behavior", partial(Behavior, estimate_status=403))
    assert unread in live("contract", "shop", "--live").out


def test_missing_defaults_are_graded_by_how_often_the_attribute_is_blank(live: CommandLine) -> None:
    campaign = SHOP / "campaigns/welcome.yaml"
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("Hi ", "From {{ customer.city }}: Hi "), "utf-8")
    for person in ("u1", "u2", "u3"):
        assert live("people", "identify", "shop", person, "--attr", "city=Bonn").code == 0
    plan = " ".join(live("plan", "shop").out.split())
    first = plan.index(
        "The attribute is blank for 2 of 3 people, so every delivery to them fails. The message "
        "fails if `customer.first_name` is missing."
    )
    second = plan.index(
        "The attribute is blank for 0 of 3 people, as far as is known today. The message fails if "
        "`customer.city` is missing."
    )
    assert first < second
    unread = " ".join(live("plan", "shop", "--with", "journeys").out.split())
    assert "The attribute is" not in unread
    assert "The message fails if `customer.first_name` is missing." in unread


def test_a_plan_says_how_often_what_is_newly_needed_is_blank(live: CommandLine) -> None:
    campaign = SHOP / "campaigns/welcome.yaml"
    assert live("apply", "shop", "--auto-approve").code == 0
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("you paid", "{{ customer.plan.name }}"), encoding="utf-8")
    plan = " ".join(live("plan", "shop").out.split())
    assert (
        "campaign.welcome now needs `customer.plan.name`, which nothing declares. `customer.plan` "
        "is blank for 2 of 3 people."
    ) in plan
    plan = " ".join(live("plan", "shop", "--with", "journeys").out.split())
    assert "which nothing declares. The number of people who have it could not be read." in plan


@pytest.mark.parametrize("form", ["objects", "names", "refused", None])
def test_drafts_have_what_the_workspace_has_seen(
    live: CommandLine, monkeypatch: pytest.MonkeyPatch, form: DataIndexForm
) -> None:
    if form is not None:
        monkeypatch.setattr(sandbox, "Behavior", partial(Behavior, data_index=form))
    options = () if form else ("--with", "app")
    done = live("contract", "shop", "--write", "--live", *options)
    customer = (SHOP / "_data/customer.yaml").read_text("utf-8")
    event = (SHOP / "_data/events/bought.yaml").read_text("utf-8")
    assert done.code == 0
    assert "first_name: {type: string}" in customer
    assert ("plan: {type: string}" in customer) is (form in ("objects", "names"))
    assert ("coupon: {type: string}" in event) is (form == "objects")
    assert ("was not read" in done.err) is (form in ("refused", None))


def test_a_breaking_change_is_found(cio: CommandLine) -> None:
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.example")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        subprocess.run([*git, *words], check=True)
    assert cio("contract", "shop", "--against", "HEAD").out == "No contract changed since HEAD.\n"
    receipt = SHOP / "transactional/receipt.yaml"
    text = RECEIPT.replace("RECEIPT", "PAID").replace("total }}", "total }}{{ trigger.at }}")
    receipt.write_text(text, encoding="utf-8")
    done = cio("contract", "shop", "--against", "HEAD")
    assert done.code == 3
    assert "transactional.receipt: Its trigger name is now `PAID`, not `RECEIPT`." in done.out
    assert "transactional.receipt: It now needs `trigger.at`." in done.out
    assert cio("contract", "shop", "--against", "nowhere").code == 64
