"""Promotion: the files of one workspace become those of another one, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cioform.cli.app import run
from tests.support.command_line import CommandLine, CommandResult

Files = Mapping[str, str]
SETTINGS = "format: 1\nendpoint: sandbox\n"
WELCOME = """\
name: Welcome
trigger: {event: signed_up}
workflow:
  - {id: hello, email: {subject: Hi, from: a@acme.com, layout: none, body: x}}
"""


@pytest.fixture
def cio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Return a function that runs a command in an empty project."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        code = run(words)
        return CommandResult(code, *capsys.readouterr())

    return command


@pytest.fixture
def put(tmp_path: Path) -> Callable[[Files], None]:
    """Return a function that writes files of the workspaces `staging` and `production`."""

    def write(files: Files) -> None:
        settings = {f"{name}/workspace.yaml": SETTINGS for name in ("staging", "production")}
        for name, text in {**settings, **files}.items():
            path = tmp_path / "workspaces" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    return write


Put = Callable[[Files], None]


def test_what_is_promoted_keeps_the_target_as_people_wrote_it(cio: CommandLine, put: Put) -> None:
    put(
        {
            "staging/workspace.yaml": f"{SETTINGS}variables: {{city: Test, days: 1}}\n",
            "production/workspace.yaml": f"{SETTINGS}variables: {{city: London, days: 3}}\n",
            "staging/snippets/a.yaml": "name: a\nvalue: New in ${var.city}\n",
            "production/snippets/a.yaml": '# ours\nname: a\nvalue: "Old"   # text\n',
            "staging/layouts/main.yaml": "name: Main\nbody: {file: main.html}\n",
            "staging/layouts/main.html": "{{ content }} ${var.city} 2\n",
            "production/layouts/main.yaml": "name: Main\nbody: {file: other.html}\n",
            "production/layouts/other.html": "{{ content }}\r\n",
            "staging/segments/vip.yaml": "# who\nname: VIP\nremote_id: 12\n"
            "conditions: {attribute: plan, is: vip}\n",
            "staging/campaigns/c.yaml": "name: C\ntrigger: {event: e}\nworkflow:\n"
            '  - {id: first, push: {title: A, body: B}}\n  - {id: pause, wait: "${var.days}d"}\n'
            "  - {id: last, push: {title: X, body: New}}\n",
            "production/campaigns/c.yaml": "name: C\nremote_id: 7\nignore: [first.push.title]\n"
            "because: They edit it.\ntrigger: {event: e}\nworkflow:\n  # one\n"
            "  - {id: first, push: {title: Theirs, body: B}}\n  # two\n"
            "  - {id: last, push: {title: X, body: Old}}\n",
        }
    )
    shown = cio("diff", "staging", "production")
    assert (shown.code, "1 to create, 3 to update" in shown.out) == (2, True)
    done = cio("promote", "staging", "production")
    assert (done.code, done.err) == (0, "")
    target = Path("workspaces/production")
    assert (target / "snippets/a.yaml").read_text() == (
        '# ours\nname: a\nvalue: "New in ${var.city}"   # text\n'
    )
    assert (target / "layouts/other.html").read_bytes() == b"{{ content }} ${var.city} 2\r\n"
    assert (target / "segments/vip.yaml").read_text() == (
        "# who\nname: VIP\nconditions: {attribute: plan, is: vip}\n"
    )
    assert (target / "campaigns/c.yaml").read_text() == (
        "name: C\nremote_id: 7\nignore: [first.push.title]\nbecause: They edit it.\n"
        "trigger: {event: e}\nworkflow:\n  # one\n"
        "  - {id: first, push: {title: Theirs, body: B}}\n"
        "  - id: pause\n    wait: ${var.days}d\n  # two\n"
        "  - {id: last, push: {title: X, body: New}}\n"
    )
    assert cio("diff", "staging", "production").code == 0
    assert "Nothing to promote" in cio("promote", "staging", "production").out
    assert not Path(".cioform").exists()


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        (
            {"staging/snippets/a.yaml": "name: a\nvalue: ${var.x}\n",
             "staging/workspace.yaml": f"{SETTINGS}variables: {{x: y}}\n"},
            "staging/snippets/a.yaml:2",
            "Define it in `workspaces/production/workspace.yaml`",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME.replace("none", "main"),
             "staging/layouts/main.yaml": "name: m\nbody: '{{ content }}'\n"},
            "staging/campaigns/c.yaml:4",
            "cioform promote staging production campaign.c layout.main",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME.replace("none", "main"),
             "staging/layouts/main.yaml": "name: m\nbody: '{{ content }} {{ snippets.s }}'\n",
             "staging/snippets/s.yaml": "name: s\nvalue: s\n"},
            "staging/campaigns/c.yaml:4",
            "cioform promote staging production campaign.c layout.main snippet.s",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME.replace("none", "main"),
             "staging/workspace.yaml": f"{SETTINGS}include: [_shared]\n",
             "_shared/layouts/main.yaml": "name: m\nbody: '{{ content }}'\n"},
            "staging/campaigns/c.yaml:4",
            "It is in the shared folder `_shared`.",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME.replace("body: x", "body: '{{snippets.s}}'"),
             "staging/snippets/s.yaml": "name: s\nvalue: s\n"},
            "staging/campaigns/c.yaml:1",
            "production has no `snippet.s`",
        ),
        (
            {"staging/campaigns/c.yaml": f"was: campaign.old\n{WELCOME}",
             "production/campaigns/old.yaml": WELCOME},
            "staging/campaigns/c.yaml:1",
            "`workspaces/production/campaigns/old.yaml:1`. Rename that file",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME, "production/campaigns/d.yaml": WELCOME},
            "staging/campaigns/c.yaml:1",
            "Duplicate name",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME + "exit: {when: {segment: segment#12}}\n"},
            "staging/campaigns/c.yaml:5",
            "`segment#12` is an object of staging",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME
             + "exit: {when: {raw: {segment: {id: 12, odd: 1}}}}\n",
             "production/campaigns/c.yaml": WELCOME
             + "exit: {when: {raw: {segment: {id: 34, odd: 1}}}}\n"},
            "staging/campaigns/c.yaml:5",
            "`raw` has the ID of `segment#12` in staging, and production has another object",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME.replace("body: x", "body: {file: ../../b/x.html}"),
             "b/x.html": "new", "production/campaigns/c/campaign.yaml": WELCOME},
            "staging/campaigns/c.yaml:1",
            "not in the folder of this workspace",
        ),
        (
            {"staging/campaigns/c.yaml": WELCOME,
             "production/campaigns/c.yaml": "id: d\n" + WELCOME.replace("Welcome", "D")},
            "staging/campaigns/c.yaml:1",
            "describes something else",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_resolved_is_listed_with_its_place_and_a_hint(
    cio: CommandLine, put: Put, files: Files, place: str, message: str
) -> None:
    put(files)
    before = contents()
    for command in ("diff", "promote"):
        done = cio(command, "staging", "production", "campaign.c" if "/c." in place else "*")
        assert done.code == 8
        shown = " ".join((done.out + done.err).split())
        assert f"workspaces/{place}" in shown
        assert message in shown
    assert contents() == before


def contents() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path("workspaces/production").rglob("*.*")}


def test_what_the_target_has_of_its_own_stays(cio: CommandLine, put: Put) -> None:
    segment = "{name: N, conditions: {attribute: a, is: b}}\n"
    exits = "exit: {when: {segment: segment#12}}\n"
    put(
        {
            "staging/workspace.yaml": f"{SETTINGS}include: [_shared, _more]\n",
            "production/workspace.yaml": f"{SETTINGS}include: [_shared]\n"
            "overrides: {snippet.footer: {value: ours}}\n",
            "_shared/snippets/footer.yaml": "name: footer\nvalue: theirs\n",
            "_more/tags/t.yaml": "name: t\n",
            "staging/campaigns/c.yaml": f"{WELCOME}{exits}description: new\n",
            "production/campaigns/c.yaml": WELCOME + exits.replace("12", "34"),
            "production/segments/own.yaml": segment,
        }
    )
    found = cio("diff", "staging", "production", "--json").json
    assert [each["address"] for each in found["documents"]] == ["campaign.c"]
    assert [each["path"] for each in found["documents"][0]["fields"]] == [["description"]]
    assert found["shared"] == ["snippet.footer"]
    assert found["only_in_target"] == ["segment.own"]
    assert found["not_included"] == {"_more": ["tag.t"]}
    assert "| `~` | `campaign.c` |" in cio("diff", "staging", "production", "--markdown").out
    written = cio("promote", "staging", "production", "--json").json["paths"]
    assert written == ["workspaces/production/campaigns/c.yaml"]
    text = (Path("workspaces/production") / "campaigns/c.yaml").read_text()
    assert text == f"{WELCOME}{exits.replace('12', '34')}description: new\n"


SEVERAL = """\
# All of our snippets.
# First
name: first   # one
value: one
---
# The footer of every mail.
id: footer
name:   'footer'
value: |     # in two lines
  Acme Ltd
  # no comment

# The end of the footer.
--- # Second
{id: second, name: second, value: '2'}
...
---
id: last
name: last
value: |+
  Last

"""
FIRST, FOOTER, SECOND, LAST = SEVERAL.replace("...\n", "").split("---")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_documents_of_a_file_with_several_keep_their_comments(
    cio: CommandLine, put: Put, end: str
) -> None:
    put({"staging/snippets/first.yaml": SEVERAL.replace("\n", end)})
    assert cio("promote", "staging", "production").code == 0
    folder = Path("workspaces/production/snippets")
    written = {file.stem: file.read_bytes().decode() for file in folder.iterdir()}
    assert {name: text.replace("\r\n", "\n") for name, text in written.items()} == {
        "first": FIRST,
        "footer": FOOTER.lstrip(),
        "second": SECOND.lstrip(),
        "last": "id: last\nname: last\nvalue: |+\n  Last\n\n",
    }
    assert written["footer"].endswith(end)
    assert cio("diff", "staging", "production").code == 0


def test_yaml_that_cannot_be_edited_without_loss_is_printed_as_a_patch(
    cio: CommandLine, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        {
            "staging/snippets/a.yaml": "name: a\nvalue: b\n",
            "production/snippets/a.yaml": "name: a\nvalue: a\n",
        }
    )
    edits = "cioform.config.write.editing.edit"
    monkeypatch.setattr(f"{edits}.splice_scalars", lambda text, *_: (text, set()))
    monkeypatch.setattr(f"{edits}.merge_edit", lambda *_: None)
    before = contents()
    done = cio("promote", "staging", "production")
    assert done.code == 8
    assert "cannot be edited without changing more" in " ".join(done.err.split())
    assert "    -value: a\n" in done.err
    assert contents() == before


def test_lines_to_write_keep_their_indentation_in_markdown(cio: CommandLine, put: Put) -> None:
    put(
        {
            "staging/snippets/a.yaml": "name: a\nvalue: ${var.x}\n",
            "staging/workspace.yaml": f"{SETTINGS}variables: {{x: y}}\n",
        }
    )
    shown = cio("diff", "staging", "production", "--markdown").out
    assert "      variables:\n        x: ...\n" in shown


def test_a_workspace_is_not_promoted_to_itself(cio: CommandLine, put: Put) -> None:
    put({})
    assert cio("promote", "staging", "staging").code == 64


NESTED = (
    "{all: [{attribute: plan, is: pro}, {all: [{attribute: a, is: x}, {attribute: b, is: y}]}]}"
)
FLAT = "[{attribute: plan, is: pro}, {attribute: a, is: x}, {attribute: b, is: y}]"
ASK = (
    "name: Ask\ntrigger: {event: e}\nworkflow:\n  - {id: ask, if: IF, then: [{id: p, wait: 1d}]}\n"
)


def test_conditions_in_other_groups_are_no_difference(cio: CommandLine, put: Put) -> None:
    put(
        {
            "staging/segments/a.yaml": f"name: A\nconditions: {NESTED}\n",
            "staging/campaigns/ask.yaml": ASK.replace("IF", NESTED),
            "production/segments/a.yaml": f"name: A\nconditions: {FLAT}\n",
            "production/campaigns/ask.yaml": ASK.replace("IF", FLAT),
        }
    )
    assert cio("diff", "staging", "production").code == 0
    put({"production/segments/a.yaml": f"name: A\nconditions: {FLAT.replace('y', 'z')}\n"})
    put({"production/campaigns/ask.yaml": ASK.replace("IF", FLAT.replace("y", "z"))})
    lines = cio("diff", "staging", "production").out.splitlines()
    assert [line.strip() for line in lines if "->" in line] == [
        "ask.if.all[1].all[1].is: z -> y",
        "conditions.all[1].all[1].is: z -> y",
    ]


def test_conditions_that_mean_something_else_differ(cio: CommandLine, put: Put) -> None:
    either = NESTED.replace("{all: [{attribute: a", "{any: [{attribute: a")
    put(
        {
            "staging/segments/a.yaml": f"name: A\nconditions: {either}\n",
            "production/segments/a.yaml": f"name: A\nconditions: {FLAT}\n",
        }
    )
    assert cio("diff", "staging", "production").code == 2


BARE = """\
name: Old
conditions:
  - {attribute: plan, is: pro} # first
  - any:
      - {attribute: country, is: FR} # second
      - {attribute: country, is: CH}
"""
GROUPED = """\
name: Old
conditions:
  all: # group
    - {attribute: plan, is: pro} # first
    - any:
        - {attribute: country, is: FR} # second
        - {attribute: country, is: CH}
"""


@pytest.mark.parametrize(("new", "old"), [(BARE, GROUPED), (GROUPED, BARE)])
def test_a_bare_list_and_all_stay_as_the_target_has_them(
    cio: CommandLine, put: Put, new: str, old: str
) -> None:
    put({"staging/segments/old.yaml": new, "production/segments/old.yaml": old.replace("FR", "IT")})
    assert cio("promote", "staging", "production").code == 0
    text = Path("workspaces/production/segments/old.yaml").read_text(encoding="utf-8")
    assert text.replace("  #", " #") == old


def test_raw_members_that_say_a_default_stay_in_the_target(cio: CommandLine, put: Put) -> None:
    raw = ", raw: {can_convert: true}"
    campaign = (
        "name: C\ntrigger: {{event: e}}\nworkflow:\n"
        "  - {{id: p, push: {{title: {title}, body: B{image}}}{raw}}}\n"
        "  - {{id: pause, wait: 1d{raw}}}\n"
    )
    ours = campaign.format(title="Old", image=", raw: {image_url: ''}", raw=raw)
    put(
        {
            "staging/campaigns/c.yaml": campaign.format(title="New", image="", raw=""),
            "production/campaigns/c.yaml": ours,
        }
    )
    done = cio("promote", "staging", "production")
    assert (done.code, done.err) == (0, "")
    file = Path("workspaces/production/campaigns/c.yaml")
    assert file.read_text() == ours.replace("Old", "New")


def test_a_text_that_means_the_same_keeps_the_spelling_of_the_target(
    cio: CommandLine, put: Put
) -> None:
    campaign = (
        "name: C\ntrigger: {{event: e}}\nreentry: {{mode: every_match, cooldown: {long}}}\n"
        "workflow:\n  - {{id: pause, wait: {wait}, name: {name}}}\n"
        "  - {{id: again, wait: {other}}}\n"
    )
    ours = campaign.format(long="2w", wait="24h", name="Old", other="48h")
    theirs = campaign.format(long="14d", wait="1d", name="24h", other="3d")
    put({"staging/campaigns/c.yaml": theirs, "production/campaigns/c.yaml": ours})
    done = cio("promote", "staging", "production")
    assert (done.code, done.err) == (0, "")
    text = Path("workspaces/production/campaigns/c.yaml").read_text()
    assert text == campaign.format(long="2w", wait="24h", name="24h", other="3d")
