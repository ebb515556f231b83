"""Drift becomes lines of the files: only these lines, and nothing in the state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.edits import edit_all

WORKSPACE = Path("workspaces/demo")
ADDRESS = WORKSPACE / "snippets/main_address.yaml"
OWN = WORKSPACE / "snippets/imprint.yaml"
APPLY = ("apply", "demo", "--auto-approve", "--allow-live", "--allow-delete")


def edit(cio: CommandLine, value: str, address: str = "snippet.main_address") -> None:
    done = cio("sandbox", "edit", "demo", address, f"value={value}", "--as", "jane@acme.com")
    assert done.code == 0


def pulled(cio: CommandLine, text: str, value: str) -> str:
    """Return what `text` is after the edit was pulled."""
    OWN.write_bytes(text.encode())
    assert cio(*APPLY).code == 0
    edit(cio, value, "snippet.imprint")
    done = cio("pull", "demo", "snippet.imprint")
    assert (done.code, done.err) == (0, "")
    assert cio("plan", "demo", "--detailed-exitcode").code == 0
    return OWN.read_bytes().decode()


def test_after_a_pull_the_plan_is_empty_and_the_state_is_as_before(cio: CommandLine) -> None:
    edit(cio, "PO Box 7")
    state = Path(".cioform/demo/state.json").read_bytes()
    done = cio("pull", "demo", "--all")
    assert done.code == 0
    assert done.out == (
        "Pulled 1 resource:\n  workspaces/demo/snippets/main_address.yaml\n\n"
        "Next:\n    cioform plan demo\n"
    )
    assert Path(".cioform/demo/state.json").read_bytes() == state
    plan = cio("plan", "demo", "--detailed-exitcode")
    assert (plan.code, plan.out.startswith("No changes.")) == (0, True)
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert cio("drift", "demo").code == 0
    assert cio("pull", "demo", "--all").out == (
        "Nothing to pull: the files of demo have everything that was edited in the workspace.\n"
    )


@pytest.mark.parametrize(
    ("edit", "code", "said"),
    [
        ("tags=[vip]", 0, "changed tags"),
        ("tags=", 64, "has no value to clear"),
        ("tags=null", 64, "write `tags=`"),
        ("goal=", 64, "has no value to clear"),
        ("goal=none", 0, "changed goal"),
    ],
)
def test_what_the_sandbox_cannot_empty_is_an_error(
    cio: CommandLine, edit: str, code: int, said: str
) -> None:
    result = cio("sandbox", "edit", "demo", "campaign.welcome", edit)
    assert (result.code, said in " ".join((result.out + result.err).split())) == (code, True)


def test_what_is_in_no_file_is_drift_until_it_is_pulled_or_recorded(cio: CommandLine) -> None:
    bcc = ("sandbox", "edit", "demo", "campaign.welcome")
    assert cio(*bcc, "welcome.email.bcc=audit@acme.com").code == 0
    drift = cio("drift", "demo")
    assert drift.code == 2
    assert 'welcome.email.bcc: "" -> audit@acme.com  (in no file)' in drift.out
    plan = cio("plan", "demo")
    assert "In no file: changed in the workspace; apply leaves these fields as they are" in plan.out
    assert cio("pull", "demo", "campaign.welcome").code == 0
    text = (WORKSPACE / "campaigns/welcome/campaign.yaml").read_text()
    assert text.count("bcc: audit@acme.com") == 1
    assert cio(*APPLY).code == 0
    assert cio("drift", "demo").code == 0
    assert cio(*bcc, "first_steps.email.bcc=audit@acme.com").code == 0
    assert cio(*APPLY, "--prefer", "live").code == 0
    assert cio("drift", "demo").code == 0
    assert cio(*bcc, "first_steps.email.bcc=").code == 0
    assert 'first_steps.email.bcc: (another value) -> ""' in cio("drift", "demo").out
    left = cio("pull", "demo", "--all")
    assert (left.code, "is back at its default" in left.err) == (8, True)


@pytest.mark.parametrize(
    "other", ["two_days.wait=9d", "first_steps.name=Hi", "welcome.only_if={attribute: plan, is: a}"]
)
def test_what_is_in_no_file_is_pulled_beside_another_edit(cio: CommandLine, other: str) -> None:
    for edit in ("first_steps.email.bcc=audit@acme.com", other):
        assert cio("sandbox", "edit", "demo", "campaign.welcome", edit).code == 0
    assert cio("pull", "demo", "campaign.welcome").code == 0
    text = (WORKSPACE / "campaigns/welcome/campaign.yaml").read_text()
    assert text.count("bcc: audit@acme.com") == 1
    assert "Nothing to pull" in cio("pull", "demo", "--all").out


def test_an_edit_of_an_object_without_its_file_is_named(cio: CommandLine) -> None:
    edit = ("sandbox", "edit", "demo", "snippet.main_address", "value=Elsewhere")
    assert cio(*edit).code == 0
    (WORKSPACE / "snippets/main_address.yaml").unlink()
    assert "cioform pull" not in cio("drift", "demo").out
    left = cio("pull", "demo", "--all")
    assert (left.code, "snippet.main_address: its file was removed" in left.err) == (8, True)
    assert cio("import", "demo", "--target", "snippet.main_address").code == 0
    assert "Elsewhere" in (WORKSPACE / "snippets/main_address.yaml").read_text()


RECEIPT = WORKSPACE / "transactional/receipt/transactional.yaml"
RECEIPT_EDIT = ("sandbox", "edit", "demo", "transactional.receipt")


def test_a_language_that_somebody_added_shows_what_is_not_a_default(cio: CommandLine) -> None:
    german = '{"subject":"Beleg","body":"<p>Hallo</p>"}'
    assert cio(*RECEIPT_EDIT, f"email.translations.de={german}").code == 0
    shown = cio("drift", "demo").out.split("email.translations.de:\n")[1].split("\n\n")[0]
    assert sorted(line.strip() for line in shown.splitlines()) == [
        "+ body: <p>Hallo</p>",
        "+ from: billing@acme.example",
        "+ layout: main",
        "+ subject: Beleg",
    ]


def test_a_language_without_a_layout_beside_one_with_a_layout_is_pulled(cio: CommandLine) -> None:
    text = RECEIPT.read_text()
    before, french = text.split("    fr:\n")
    assert "      layout: main\n" in french
    RECEIPT.write_text(before + "    fr:\n" + french.replace("      layout: main\n", ""))
    assert cio(*APPLY).code == 0
    assert cio(*RECEIPT_EDIT, "email.translations.fr.layout=none").code == 0
    done = cio("pull", "demo", "--all")
    assert (done.code, done.err) == (0, "")
    assert RECEIPT.read_text().split("    fr:\n")[1].count("      layout: none\n") == 1
    assert cio(*APPLY).code == 0
    assert cio("drift", "demo").code == 0


SPELLINGS = {
    "comments": "# who\nvalue:   'a'   # one\nname: comments\n",
    "lines": "name:   'lines'\nvalue: a\n\n\n# end\n",
    "windows": "\ufeffname: windows\r\nvalue: a\r\n",
    "flow": "---\n{name: flow,   value: a}\n",
    "anchors": "name: &n anchors\nvalue: a\nid: *n\n",
    "literal": "name: literal\nvalue: |\n  a\n",
}
LINE_ENDS = {"line_feed": "\n", "windows_body": "\r\n", "no_end": ""}
"""The ends of the lines of a body, which Customer.io trims."""


def test_every_other_line_stays(cio: CommandLine) -> None:
    snippets = WORKSPACE / "snippets"
    files = {snippets / f"{name}.yaml": text for name, text in SPELLINGS.items()}
    bodies = {snippets / f"{name}.html": f"<p>{end}a</p>{end}" for name, end in LINE_ENDS.items()}
    for body in bodies:
        files[body.with_suffix(".yaml")] = f"name: {body.stem}\nvalue: {{file: {body.name}}}\n"
    for path, text in (files | bodies).items():
        path.write_bytes(text.encode())
    assert cio(*APPLY).code == 0
    values = dict.fromkeys(SPELLINGS, "b") | {
        name: f"<p>{end}b</p>" for name, end in LINE_ENDS.items()
    }
    edit_all((f"snippet.{name}", "value", value) for name, value in values.items())
    done = cio("pull", "demo", "--all")
    assert (done.code, done.err) == (0, "")
    after = {path: re.sub(r"(?<=[ '>])a(?=['\r\n}<])", "b", text) for path, text in files.items()}
    after |= {path: text.replace("a", "b") for path, text in bodies.items()}
    assert {path: path.read_bytes().decode() for path in after} == after
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


ODD = """\
# a campaign
name: 'Odd'
trigger:   {event: signed_up}   # who
reentry: &r
  mode: every_match
  cooldown: 01d
workflow:
- id: "one"
  set_attributes: {x: 1.0}
- id: two
  set_attributes:
    y:   3.10     # no number
- {id: three, set_attributes: {z: 1e3}}
- id: four
  set_attributes: {flag: yes}
- id: pause
  wait: 60m
- id: branch
  if: {attribute: n, is: 010}
  then:
  - id: inner
    set_attributes: {a: 0x1F}
- id: mail
  email:
    subject: >-
      Hello
      there
    body: |
      <p>Hi</p>

    sending: draft
- id: hook
  webhook:
    url: 'https://acme.com'
    body: '{"a": 1.0}'
"""


SPELLED = [
    ("pause.wait", "2h", "wait: 60m", "wait: 120m"),
    ("name", "Even", "'Odd'", "'Even'"),
    ("reentry.cooldown", "2d", "01d", "2d"),
    ("two.set_attributes.y", "3.100", "y:   3.10 ", 'y:   "3.100" '),
    ("branch.if.is", "011", "010", '"011"'),
    ("mail.email.subject", "Bye", ">-\n      Hello\n      there", "Bye"),
    ("mail.email.body", "<p>Bye</p>", "|\n      <p>Hi</p>", "|-\n      <p>Bye</p>"),
    ("hook.webhook.url", "https://acme.com/[a]", "acme.com'", "acme.com/[a]'"),
]
"""Fields with a new value, what the file had, and what it has after a pull."""


def test_a_workflow_keeps_its_spelling(cio: CommandLine) -> None:
    file = WORKSPACE / "campaigns/odd.yaml"
    file.write_text(ODD)
    assert cio(*APPLY).code == 0
    expected = ODD
    for fields in (SPELLED[:1], SPELLED[1:]):  # one alone, and many at once
        edit_all(("campaign.odd", field, value) for field, value, _, _ in fields)
        assert cio("pull", "demo", "campaign.odd").code == 0
        for _, _, old, new in fields:
            assert expected.count(old) == 1
            expected = expected.replace(old, new)
        assert file.read_text() == expected
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


SUBJECT = "A subject with which the message does not fit on one line"
FORMATTED = f"""\
name: Short
trigger: {{event: signed_up}}
workflow:
  - id: mail
    email:
      from: team@acme.example
      subject: {SUBJECT}
      body: <p>Hello, this is a text of some length.</p>
"""


def test_a_block_stays_a_block_although_it_fits_on_one_line(cio: CommandLine) -> None:
    folder = WORKSPACE / "campaigns"
    files = {folder / f"short_{n}.yaml": FORMATTED.replace("Short", f"Short {n}") for n in range(3)}
    for file, text in files.items():
        file.write_text(text)
    assert cio("fmt", "--check", *map(str, files)).code == 0
    assert cio(*APPLY).code == 0
    edit_all(
        [
            ("campaign.short_0", "mail.email.subject", "Hi"),
            ("campaign.short_1", "mail.email.subject", "S" * 200),
            ("campaign.short_2", "mail.email.bcc", "a@acme.com"),
        ]
    )
    assert cio("pull", "demo", "--all").code == 0
    short, long, more = files.values()
    assert [file.read_text() for file in files] == [
        short.replace(SUBJECT, "Hi"),
        long.replace(SUBJECT, "S" * 200),
        more.replace("length.</p>\n", "length.</p>\n      bcc: a@acme.com\n"),
    ]
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_variables_stay(cio: CommandLine) -> None:
    settings = WORKSPACE / "workspace.yaml"
    settings.write_text(settings.read_text() + "variables: {city: London, zip: '12345'}\n")
    before = "name: imprint\nvalue: Acme, ${var.city} ${var.zip}\n"
    after = pulled(cio, before, "Acme Inc, 12345, London")
    assert after == "name: imprint\nvalue: Acme Inc, ${var.zip}, ${var.city}\n"


def test_a_variable_whose_value_is_gone_is_left_to_a_person(cio: CommandLine) -> None:
    settings = WORKSPACE / "workspace.yaml"
    settings.write_text(settings.read_text() + "variables: {city: London}\n")
    OWN.write_text("name: imprint\nvalue: Acme, ${var.city}\n")
    assert cio(*APPLY).code == 0
    edit(cio, "Acme, Paris", "snippet.imprint")
    done = cio("pull", "demo", "--all")
    assert done.code == 8
    assert "contains `${var.city}`" in done.err
    assert "${var.city}" in OWN.read_text()


def test_what_a_file_changed_is_not_overwritten(cio: CommandLine) -> None:
    edit(cio, "PO Box 7")
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))
    done = cio("pull", "demo", "--all")
    assert done.code == 8
    assert "`value` was changed in the file, too" in done.err
    assert "8 Canal Road" in ADDRESS.read_text()


def test_shared_files_only_on_request_with_the_workspaces_they_change(cio: CommandLine) -> None:
    shared = Path("workspaces/_shared/snippets/main_address.yaml")
    shared.parent.mkdir(parents=True)
    ADDRESS.rename(shared)
    settings = WORKSPACE / "workspace.yaml"
    settings.write_text(settings.read_text() + "include: [_shared]\n")
    other = Path("workspaces/other")
    other.mkdir()
    (other / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\ninclude: [_shared]\n")
    assert cio(*APPLY).code == 0
    edit(cio, "PO Box 7")
    refused = cio("pull", "demo", "--all")
    assert (refused.code, "PO Box 7" in shared.read_text()) == (8, False)
    assert "--into-shared" in refused.err
    done = cio("pull", "demo", "--all", "--into-shared")
    assert done.code == 0
    assert f"{shared} is shared, so this changes demo, other." in done.out
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_a_value_that_is_used_again_stays_there(cio: CommandLine) -> None:
    OWN.write_text("name: imprint\nvalue: &v a\nbecause: *v\n")
    assert cio(*APPLY).code == 0
    edit(cio, "b", "snippet.imprint")
    done = cio("pull", "demo", "--all")
    text = OWN.read_text()
    assert (done.code, text) == (0, "name: imprint\nvalue: b\nbecause: &v a\n")


def test_an_edit_that_would_change_more_is_shown_as_a_patch(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(cio, "PO Box 7")
    before = ADDRESS.read_text()
    edits = "cioform.config.write.editing.edit"
    monkeypatch.setattr(f"{edits}.splice_scalars", lambda text, *_: (text, set()))
    monkeypatch.setattr(f"{edits}.merge_edit", lambda *_: None)
    done = cio("pull", "demo", "--all")
    assert (done.code, ADDRESS.read_text()) == (8, before)
    assert "`value` cannot be edited without changing more of its file" in done.err
    assert "    +value: PO Box 7\n" in done.err


def test_each_hunk_is_asked_for(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cio("pull", "demo", "--interactive").code == 64
    body = "\n".join(f"line {n}" for n in range(9))
    OWN.write_text(f"name: imprint\nvalue: |-\n{body}\n".replace("line", "  line"))
    assert cio(*APPLY).code == 0
    edit(cio, body.replace("line 1", "first").replace("line 7", "second"), "snippet.imprint")
    edit(cio, "PO Box 7")
    monkeypatch.setattr("sys.stdin", _Person(["n\n", "what\n", "y\n", "q\n"]))
    done = cio("pull", "demo", "--interactive")
    assert done.code == 0
    assert "-   line 1\n+   first\n" in done.err
    assert "[2/3] Write these lines to the file? [y/n/a/q] y: yes" in done.err
    assert "1 resource" in done.out
    assert OWN.read_text().count("second") == 1
    assert "first" not in OWN.read_text()
    monkeypatch.setattr("sys.stdin", _Person(["a\n"]))
    done = cio("pull", "demo", "snippet.main_address", "--interactive")
    assert (done.code, "main_address.yaml" in done.out) == (0, True)


def test_a_partial_pull_is_a_conflict_that_can_be_decided_again(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "\n".join(f"line {n}" for n in range(9))
    OWN.write_text(f"name: imprint\nvalue: |-\n{body}\n".replace("line", "  line"))
    assert cio(*APPLY).code == 0
    edit(cio, body.replace("line 1", "first").replace("line 7", "second"), "snippet.imprint")
    state = Path(".cioform/demo/state.json").read_bytes()
    monkeypatch.setattr("sys.stdin", _Person(["n\n", "n\n"]))
    done = cio("pull", "demo", "--interactive")
    assert (done.code, done.out) == (0, "Nothing was pulled.\n")
    assert "`value` that were not accepted stay as they were applied. The next apply" in done.err
    monkeypatch.setattr("sys.stdin", _Person(["y\n", "n\n"]))
    done = cio("pull", "demo", "--interactive")
    command = "cioform apply demo --target snippet.imprint --prefer config"
    assert (done.code, command in done.err) == (0, True)
    assert cio("plan", "demo", "--detailed-exitcode").code == 4
    assert "`value` was changed in the file, too" in cio("pull", "demo", "--all").err
    assert Path(".cioform/demo/state.json").read_bytes() == state

    monkeypatch.setattr("sys.stdin", _Person(["y\n"]))
    done = cio("pull", "demo", "--interactive", "--json")
    assert "The lines that you accept replace those of the file." in done.err
    assert (done.code, done.json["declined"], done.json["left"]) == (0, [], [])
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_a_partial_answer_can_be_applied(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(cio, "PO Box 7")
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))
    monkeypatch.setattr("sys.stdin", _Person(["n\n"]))
    done = cio("pull", "demo", "--interactive")
    command = "cioform apply demo --target snippet.main_address --prefer config"
    assert (done.code, command in done.err) == (0, True)
    assert "8 Canal Road" in ADDRESS.read_text()
    assert cio(*command.split()[1:], "--auto-approve", "--allow-live").code == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


TWICE = """\
name: Twice
trigger: {event: signed_up}
workflow:
  - id: hello
    push: &push
      title: Hi
      body: Welcome
  - {id: pause, wait: 2d}
  - {id: rest, wait: 3d}
  - {id: again, push: *push}
"""


def test_lines_that_belong_together(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first step gets other lines, and the last one those that the first one had."""
    file = Path("workspaces/demo/campaigns/twice.yaml")
    file.write_text(TWICE)
    assert cio(*APPLY).code == 0
    there = ("campaign.twice", "workflow.hello.push.title=Ho")
    assert cio("sandbox", "edit", "demo", *there).code == 0
    monkeypatch.setattr("sys.stdin", _Person(["y\n", "n\n"]))
    done = cio("pull", "demo", "--interactive")
    assert (done.code, file.read_text()) == (3, TWICE)
    assert done.err.rpartition("[y/n/a/q] ")[2].startswith("error: Lines belong together\n")
    file.write_text(TWICE.replace("Hi", "Hey"))
    monkeypatch.setattr("sys.stdin", _Person(["n\n"] * 2))
    done = cio("pull", "demo", "--interactive")
    assert "campaign.twice: `hello.push.title` was changed in the file, too" in done.err
    assert "what the file says in `hello.push.title` is neither" in done.err
    assert "messages" not in done.err


def test_lines_of_a_step_are_accepted_and_those_of_its_message_are_not(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are the `workflow` of the file, and two fields of what is compared."""
    file = Path("workspaces/demo/campaigns/twice.yaml")
    file.write_text(TWICE.replace("&push", "").replace("  - {id: again, push: *push}\n", ""))
    assert cio(*APPLY).code == 0
    edits = ("workflow.hello.push.title=Ho", "workflow.rest.wait=5d")
    for each in edits:
        assert cio("sandbox", "edit", "demo", "campaign.twice", each).code == 0
    monkeypatch.setattr("sys.stdin", _Person(["n\n", "y\n"]))
    done = cio("pull", "demo", "--interactive")
    assert (done.code, "wait: 5d" in file.read_text(), "Hi" in file.read_text()) == (0, True, True)
    assert "The next apply will undo the edit" in done.err
    assert "refuses" not in done.err
    assert cio(*APPLY).code == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


class _Person:
    def __init__(self, says: list[str]) -> None:
        self._says = says

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._says.pop(0)


@pytest.mark.parametrize(("until", "code"), [("2999-12-31", 0), ("2020-01-31", 2)])
def test_fields_are_ignored_until_a_day(cio: CommandLine, until: str, code: int) -> None:
    edit(cio, "PO Box 7")
    extra = f"ignore: [value]\nbecause: They move.\nuntil: {until}\n"
    ADDRESS.write_text(extra + ADDRESS.read_text())
    assert cio("drift", "demo").code == code
    shown = [cio(word, "demo", *more) for word, *more in (["validate"], ["plan"], ["drift"])]
    texts = [" ".join((each.out + each.err).split()) for each in shown]
    assert [f"ignored until {until}" in text for text in texts] == [code == 2] * 3
    found = cio("drift", "demo", "--json").json["ended_ignores"]
    assert [(each["file"], each["line"]) for each in found] == [(str(ADDRESS), 3)] * (code // 2)


def test_something_has_to_be_named(cio: CommandLine) -> None:
    assert cio("pull", "demo").code == 64
    assert cio("pull", "demo", "snippet.main_adress").code == 64
