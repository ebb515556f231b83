"""The commands for people, events, sends, broadcasts, campaigns and members."""

import io
import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from cioform.cli.app import run
from cioform.cli.commands import broadcasts, campaigns, events, people, segments, send
from cioform.cli.parameters.parsers import parse_assignments, parse_json_object
from cioform.cli.terminal.counter import ImportCounter, ImportProgressLine
from cioform.cli.terminal.status import StatusLine
from cioform.cli.terminal.watch import warn_if_interrupted, watching
from cioform.core.errors import IncompleteError, RemoteError, UsageError
from cioform.operate.bulk_import.options import ImportProgress
from tests.support.command_line import CommandLine, Terminal

JANE = "jane+news@acme.com"
GROUPS: dict[str, Any] = {
    "people": people.app,
    "events": events.app,
    "send": send.app,
    "broadcasts": broadcasts.app,
    "campaigns": campaigns.app,
    "segments members": segments.members,
}
COMMANDS = [
    f"{group} {each.name or each.callback.__name__}"
    for group, app in GROUPS.items()
    for each in app.registered_commands
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_and_json(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Examples:\n      cioform {command} " in text
    assert "--json" in text


@pytest.mark.parametrize("group", GROUPS)
def test_the_list_of_a_group_does_not_truncate(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*group.split(), "--help"]) == 0
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_a_person_from_identify_to_delete(cio: CommandLine) -> None:
    attributes = ("--attr", "plan=trial", "--attr", "since=1700000000", "--attr", 'zip="01234"')
    done = cio("people", "identify", "demo", "u1", *attributes, "--attr", f"email={JANE}")
    assert (done.code, done.out) == (
        0,
        "Sent 4 attributes of u1 to demo. Customer.io ignores this if the person is suppressed.\n",
    )
    shown = cio("people", "show", "demo", JANE)
    assert re.search(r"^  since +2023-11-14T22:13:20Z \(1700000000\)$", shown.out, re.MULTILINE)
    assert shown.out.index("\nstandard\n") < shown.out.index("\ncustom\n")
    found = {a["name"]: a for a in cio("people", "show", "demo", "u1", "--json").json["person"][
        "attributes"
    ]}  # fmt: skip
    assert (found["zip"]["value"], found["zip"]["type"]) == ("01234", "text")
    assert (found["since"]["value"], found["since"]["date"]) == (
        1_700_000_000,
        "2023-11-14T22:13:20Z",
    )
    asked = cio("people", "delete", "demo", "u1")
    assert (asked.code, "Confirmation required" in asked.err) == (64, True)
    assert cio("people", "show", "demo", "u1").code == 0
    assert cio("people", "delete", "demo", "u1", "--yes").out == "Deleted u1.\n"
    gone = cio("people", "show", "demo", "u1", "--json")
    assert gone.code == 5
    assert json.loads(gone.err)["diagnostics"][0]["summary"] == "Person not found"


def test_only_yes_is_accepted_as_confirmation(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Person(io.StringIO):
        def isatty(self) -> bool:
            return True

    cio("people", "identify", "demo", "u1")
    monkeypatch.setattr("sys.stdin", Person("y\n"))
    assert cio("people", "delete", "demo", "u1").code == 4
    assert cio("people", "show", "demo", "u1").code == 0
    monkeypatch.setattr("sys.stdin", Person("yes\n"))
    assert cio("people", "delete", "demo", "u1").code == 0
    assert cio("people", "show", "demo", "u1").code == 5


def test_attributes_from_a_file(cio: CommandLine) -> None:
    Path("jane.json").write_text('{"plan": "trial", "age": 42}')
    cio("people", "identify", "demo", JANE, "--by", "email", "--json-file", "jane.json",
        "--attr", "age=43")  # fmt: skip
    person = cio("people", "show", "demo", JANE, "--json").json["person"]
    found = {each["name"]: each["value"] for each in person["attributes"]}
    assert (found["plan"], found["age"]) == ("trial", 43)


def test_events_of_known_and_anonymous_people(cio: CommandLine) -> None:
    assert cio("events", "track", "demo", "u1", "bought", "--data", '{"price": 9.5}').code == 0
    assert cio("events", "track", "demo", "--anonymous", "a-7", "viewed").code == 0
    cio("people", "identify", "demo", "u1", "--attr", "anonymous_id=a-7")
    rows = cio("people", "activities", "demo", "u1", "--type", "event", "--json").json
    assert {each["name"] for each in rows["activities"]} == {"bought", "viewed"}
    assert '{"price": 9.5}' in cio("people", "activities", "demo", "u1").out
    assert cio("events", "track", "demo", "bought").code == 64
    assert cio("events", "track", "demo", "u1", "x", "--data", "[1]").code == 64
    assert cio("events", "track", "demo", "u1", "x", "--timestamp", "soon").code == 64


def test_imports_count_reject_and_resume(cio: CommandLine) -> None:
    Path("e.ndjson").write_text('{"id": "u1", "name": "a"}\nbroken\n')
    dry = cio("events", "import", "demo", "e.ndjson", "--dry-run")
    assert dry.code == 8
    assert "e.ndjson into demo would send: 1 event, 1 line rejected. Nothing was sent." in dry.out
    assert "line 2: Invalid JSON" in dry.err
    done = cio("events", "import", "demo", "e.ndjson", "--rejected", "bad.ndjson")
    assert (done.code, done.out) == (8, "Imported into demo: 1 event, 1 line rejected.\n")
    assert "bad.ndjson" in done.err
    assert json.loads(Path("bad.ndjson").read_text())["line"] == 2
    again = cio("events", "import", "demo", "e.ndjson", "--json").json
    assert (again["accepted_now"], again["accepted"], again["rejected"]) == (0, 1, 1)
    assert cio("events", "import", "demo", "e.ndjson").code == 0
    Path("p.csv").write_text("id,plan\nu1,pro\nu2,free\n")
    assert cio("people", "import", "demo", "p.csv").out == "Imported into demo: 2 lines.\n"
    assert cio("people", "import", "demo", "none.csv").code == 64


def test_what_was_sent_is_shown_as_it_was_rendered(cio: CommandLine) -> None:
    text = "<style>p {}</style><p>Hi {{ trigger.who }},</p><a href='https://a.io'>see</a>"
    Path("workspaces/demo/transactional/hi.yaml").write_text(
        f'name: hi\nemail: {{subject: "For {{{{ trigger.who }}}}", body: "{text}"}}\n'
    )
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert cio("people", "identify", "demo", "u9", "--attr", f"email={JANE}").code == 0
    send = ("send", "email", "demo", "transactional.hi", "--to", JANE, "--data", '{"who": "Ada"}')
    shown = cio(*send, "--show")
    assert shown.code == 0, shown.err
    assert "  Subject: For Ada\n\n  Hi Ada,\n\n  see (https://a.io)\n" in shown.out
    assert "<p>Hi Ada,</p>" in cio(*send, "--show", "--json").json["archived"]["body"]
    listed = cio("people", "messages", "demo", "u9", "--limit", "1", "--body")
    assert "  Hi Ada,\n" in listed.out
    failed = cio(*send[:-1], "{}", "--show", "--no-contract")
    assert failed.code == 5
    assert "Variable 'trigger.who' is missing (subject, line 1, column 8)" in failed.out


def test_a_send_with_dry_run_and_watch(cio: CommandLine) -> None:
    cio("people", "identify", "demo", "u1", "--attr", f"email={JANE}")
    message = ("send", "email", "demo", "transactional.password_reset", "--to", JANE)
    dry = cio(*message, "--dry-run", "--json").json
    assert (dry["method"], dry["path"]) == ("POST", "/v1/send/email")
    assert dry["body"]["identifiers"] == {"email": JANE}
    assert cio("people", "messages", "demo", "u1").out == "Nothing was sent to u1.\n"
    failed = cio(*message, "--watch", "--timeout", "1", "--no-contract")
    assert failed.code == 5
    assert "trigger.reset_link" in failed.err
    assert JANE not in failed.err
    data = ("--data", '{"reset_link": "https://acme.example/r"}')
    later = str(int(time.time()) + 86_400)
    waiting = cio(*message, *data, "--send-at", later, "--watch", "--timeout", "0", "--json")
    assert (waiting.code, waiting.json["delivery"]["state"]) == (8, "created")
    assert "Do not send it again" in waiting.err
    assert cio(*message, *data, "--watch", "--timeout", "nan").code == 64
    sent = cio(*message, *data, "--watch", "--timeout", "0", "--json")
    assert sent.code == 0
    assert sent.json["delivery"]["state"] in ("sent", "delivered")
    assert cio("send", "sms", "demo", "X", "--identifier", JANE).code == 64
    assert cio("send", "push", "demo", "X", "--identifier", "u1", "--dry-run").code == 0


def test_a_broadcast_names_its_audience_and_needs_confirmation(cio: CommandLine) -> None:
    cio("people", "identify", "demo", "u1", "--attr", f"email={JANE}", "--attr", "first_name=J")
    [found] = cio("broadcasts", "list", "demo", "--json").json["broadcasts"]
    name = found["name"]
    asked = cio("broadcasts", "trigger", "demo", name, "--id", "u1", "--no-contract")
    assert asked.code == 64
    assert f"{name} (broadcast {found['id']}) goes to people by id: 1.\n" in asked.err
    dry = cio("broadcasts", "trigger", "demo", name, "--id", "u1", "--dry-run", "--json").json
    assert (dry["path"], dry["body"]) == (f"/v1/campaigns/{found['id']}/triggers", {"ids": ["u1"]})
    data = '{"headline": "Hi", "text": "Hi", "link": "x"}'
    done = cio(
        "broadcasts", "trigger", "demo", name, "--id", "u1", "--data", data, "--yes", "--json"
    )
    assert done.code == 0
    assert done.json["trigger"]["processed_at"]
    assert len(cio("people", "messages", "demo", "u1", "--json").json["messages"]) == 1
    shown = cio("broadcasts", "show", "demo", str(found["id"]), "--json").json["broadcast"]
    assert [each["id"] for each in shown["triggers"]] == [done.json["trigger"]["id"]]
    counted = cio("broadcasts", "metrics", "demo", name, "--csv").out.splitlines()
    assert counted[0].startswith("start,")
    assert len(counted) == 15
    both = ("--id", "u1", "--email", "a@b.co")
    assert cio("broadcasts", "trigger", "demo", name, *both, "--yes").code == 64
    assert cio("broadcasts", "trigger", "demo", name, "--segment", "", "--yes").code == 64


def test_campaigns_and_their_metrics(cio: CommandLine) -> None:
    found = cio("campaigns", "list", "demo", "--json").json["campaigns"]
    address = next(each["address"] for each in found if each["address"])
    assert cio("campaigns", "show", "demo", address, "--json").json["campaign"] in found
    assert "There is no data" in cio("campaigns", "metrics", "demo", address).out
    for more in (["--journey"], ["--links"], ["--csv"], ["--json"], ["--period", "months"]):
        assert cio("campaigns", "metrics", "demo", address, *more).code == 0
    assert cio("campaigns", "metrics", "demo", address, "--journey", "--links").code == 64
    assert cio("campaigns", "metrics", "demo", "newsletter#999").code == 5


def test_members_are_added_listed_and_removed(cio: CommandLine) -> None:
    cio("people", "identify", "demo", "u1", "--attr", f"email={JANE}")
    addresses = [path.stem for path in Path("workspaces/demo/segments").glob("*.yaml")
                 if "manual: true" in path.read_text()]  # fmt: skip
    address = f"segment.{addresses[0]}"
    members = ("segments", "members")
    Path("ids.txt").write_text("u1\n")
    added = cio(*members, "add", "demo", address, "ids.txt")
    assert added.out == f"1 id added to {address} in 1 request.\n"
    assert f"u1\t{JANE}\t" in cio(*members, "list", "demo", address).out
    listed = cio(*members, "list", "demo", address, "--json").json["members"]
    assert "u1" in [each["id"] for each in listed]
    assert cio(*members, "list", "demo", address, "out.txt").code == 0
    everybody = Path("out.txt").read_text()
    assert everybody.startswith("id\temail\tcio_id\n")
    assert cio(*members, "list", "demo", "segment.none", "out.txt").code != 0
    assert cio(*members, "list", "demo", "segment.none").out == ""
    assert Path("out.txt").read_text() == everybody
    assert cio(*members, "list", "demo", address, "no/where/out.txt").code == 64
    Path("link.txt").symlink_to("out.txt")
    assert cio(*members, "list", "demo", address, "link.txt").code == 0
    assert cio(*members, "list", "demo", address, "/dev/null").code == 0
    assert Path("link.txt").is_symlink()
    assert Path("/dev/null").is_char_device()
    assert JANE in cio(*members, "list", "demo", address, "--by", "email").out.splitlines()
    cio("people", "identify", "demo", "u2", "--attr", "email=x@y.z\nu1")
    cio(*members, "add", "demo", address, "--id", "u2")
    assert '\nu2\t"x@y.z\nu1"\t' in cio(*members, "list", "demo", address).out
    left_out = cio(*members, "list", "demo", address, "--by", "email")
    text = "Left out 1 member: control characters or outer spaces in the email"
    assert (left_out.code, text in left_out.err) == (8, True)
    assert "u1" not in left_out.out.splitlines()
    assert cio(*members, "list", "demo", address, "out.txt").code == 0
    assert cio(*members, "remove", "demo", address, "out.txt").code == 0
    assert cio(*members, "list", "demo", address).out == "id\temail\tcio_id\n"
    assert cio(*members, "add", "demo", address).code == 64


def test_assignments_keep_types() -> None:
    given = ["a=1", "b=1.5", "c=true", "d=007", 'e="1"', "f=[1]", "g=", "h=x=y", "i=null",
             "j=+49", "k=0x1", "l=1.0", "m=-0.0", "n=3.10", "o=1e3"]  # fmt: skip
    assert parse_assignments(given) == {
        "a": 1, "b": 1.5, "c": True, "d": "007", "e": "1", "f": [1], "g": "", "h": "x=y",
        "i": "null", "j": "+49", "k": "0x1", "l": "1.0", "m": "-0.0", "n": "3.10", "o": "1e3",
    }  # fmt: skip
    for bad in ("a", "=1", "a=[1"):
        with pytest.raises(Exception, match="Invalid"):
            parse_assignments([bad])
    assert parse_json_object(None, "--data") == {}
    for bad in ("[", "[1]", '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}'):
        with pytest.raises(UsageError, match="Invalid"):
            parse_json_object(bad, "--data")


def test_an_error_after_a_send_says_that_it_was_accepted() -> None:
    lost = RemoteError.of("Customer.io cannot be reached", "Nothing was changed by it.")
    with pytest.raises(IncompleteError) as caught, watching("delivery d1", "cioform look", 60):
        raise lost
    [only] = caught.value.diagnostics
    assert "Customer.io accepted delivery d1" in only.detail
    assert "(Customer.io cannot be reached). Do not send it again" in only.detail


@pytest.mark.parametrize(
    ("block", "expected_message"),
    [
        (
            lambda: warn_if_interrupted("The message", "cioform look"),
            "The message may have been sent. Check before you send it again:",
        ),
        (
            lambda: warn_if_interrupted("The event"),
            "The event may have been sent. Check before you send it again, in Customer.io.",
        ),
        (
            lambda: watching("delivery d1", "cioform look", 60),
            "Customer.io accepted delivery d1; do not send it",
        ),
    ],
)
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit], ids=["ctrl-c", "sigterm"])
def test_an_interrupt_reports_what_was_sent(
    block: Callable[[], AbstractContextManager[Any]],
    expected_message: str,
    interrupt: type[BaseException],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(interrupt), block():
        raise interrupt
    assert expected_message in capsys.readouterr().err


def test_progress_is_one_line_on_a_terminal_and_absent_from_logs() -> None:
    seen, log = Terminal(), io.StringIO()
    for stream in (seen, log):
        ticks = iter([0.0, 4.0])
        with ImportProgressLine(StatusLine(stream), ticks.__next__) as counting:
            counting(ImportProgress(1200, 1190, 10, 50, 200))
            counting(ImportProgress(2400, 2390, 10, 100, 200))
        with ImportCounter("added", StatusLine(stream)) as tally:
            tally(3000)
    assert "importing: line 1,200, 25 %, 10 rejected\r" in seen.getvalue()
    assert "importing: line 2,400, 50 %, 10 rejected, about 8.0 s left" in seen.getvalue()
    assert "3,000 added" in seen.getvalue()
    assert seen.getvalue().endswith("\r\x1b[K")
    assert log.getvalue() == ""


def test_lines_about_one_person_are_not_counted_as_people(cio: CommandLine) -> None:
    Path("p.csv").write_text("id,plan\nu1,a\nu1,b\n")
    assert "would send: 2 lines." in cio("people", "import", "demo", "p.csv", "--dry-run").out
    assert cio("people", "import", "demo", "p.csv").out == "Imported into demo: 2 lines.\n"


def test_a_person_who_does_not_exist_is_what_customer_io_refused(cio: CommandLine) -> None:
    """As docs/python.md and the exit codes in docs/safety.md say."""
    assert cio("people", "show", "demo", "nobody").code == 5
