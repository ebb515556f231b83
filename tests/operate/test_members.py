"""Members of manual segments: a thousand ids a request, files of any size."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import IncompleteError, RemoteError, UsageError
from cioform.model.remote_access.conversation import Api, Request
from cioform.operate.id_file import parse_ids, read_id_file
from cioform.operate.pagination import first_items
from cioform.operate.segments.members import Member, Members
from cioform.report.operate.members import write_members


@pytest.fixture
def segment(sandbox: Any) -> str:
    """Return the address of a manual segment."""
    segments = sandbox.store.dump("acme")["segments"]
    number = next(each["id"] for each in segments if each["type"] == "manual")
    dynamic = next(each["id"] for each in segments if each["type"] != "manual")
    sandbox.bind(segment__vips=str(number), segment__inactive=str(dynamic))
    return "segment.vips"


def test_members_are_added_listed_and_removed(sandbox: Any, segment: str) -> None:
    for who in ("u1", "u2", "u3"):
        sandbox.acme.people.identify(who, {"email": f"{who}@acme.com"})
    before = {each.id for each in sandbox.acme.members.list(segment)}
    sandbox.acme.members.add(segment, ["u1", "u2", "u3"])
    found = {each.id: each for each in sandbox.acme.members.list(segment)}
    assert set(found) - before == {"u1", "u2", "u3"}
    assert found["u1"].email == "u1@acme.com"
    sandbox.acme.members.remove(segment, ["u2"])
    assert "u2" not in {each.id for each in sandbox.acme.members.list(segment)}


def test_ids_are_read_and_sent_by_the_thousand(scripted: Any, targets: Any) -> None:
    read: list[int] = []

    def ids() -> Iterator[str]:
        for number in range(2500):
            read.append(number)
            yield f"u{number}"

    def answer(request: Any) -> Any:
        if request.method == "GET":
            return {"segment": {"type": "manual"}}
        assert len(read) == min(2500, 1000 * (len(provider.asked) - 1))
        return {}

    provider = scripted(answer)
    progress_events: list[int] = []
    moved = Members(provider, targets()).add(
        "3", ids(), by="email", listener=progress_events.append
    )
    assert (moved.ids, moved.calls, progress_events) == (2500, 3, [1000, 2000, 2500])
    sent = provider.asked[1:]
    assert [len(request.body["ids"]) for request in sent] == [1000, 1000, 500]
    assert {request.path for request in sent} == {"/api/v1/segments/3/add_customers"}
    assert {request.query["id_type"] for request in sent} == {"email"}


def test_a_request_that_is_too_large_is_split(scripted: Any, targets: Any) -> None:
    def answer(request: Any) -> Any:
        if request.method == "GET":
            return {"segment": {"type": "manual"}}
        if sum(map(len, request.body["ids"])) > 5000:
            return RemoteError([], 413)
        return {}

    provider = scripted(answer)
    ids = [f"{number:010}" for number in range(1000)]
    moved = Members(provider, targets()).remove("3", ids)
    assert (moved.ids, moved.calls) == (1000, 2)


def test_an_addition_of_unknown_outcome_is_retried(sandbox: Any, segment: str) -> None:
    sandbox.acme.people.identify("u1", {})
    sandbox.order("cut-after", "add_customers")
    sandbox.acme.members.add(segment, ["u1"])
    assert [each.id for each in sandbox.acme.members.list(segment)].count("u1") == 1


@pytest.mark.usefixtures("segment")
def test_a_data_driven_segment_is_refused(sandbox: Any) -> None:
    with pytest.raises(UsageError, match="Segment is not manual"):
        sandbox.acme.members.add("segment.inactive", ["u1"])
    assert not [path for path in sandbox.paths if "add_customers" in path]


def test_unknown_segments(sandbox: Any) -> None:
    with pytest.raises(RemoteError, match="Segment not found"):
        sandbox.acme.members.add("999", ["u1"])
    with pytest.raises(UsageError, match="neither the address of a segment"):
        sandbox.acme.members.add("vips", ["u1"])


def test_ids_from_a_file(tmp_path: Path) -> None:
    text, table = tmp_path / "a.txt", tmp_path / "a.csv"
    text.write_bytes(b"\xef\xbb\xbfid\r\nu1\r\n\r\nid\r\n")
    table.write_text('email,name\n"a@b.co","x\ny"\nc@d.co,z\n')
    assert list(read_id_file(text)) == ["u1", "id"]
    assert list(read_id_file(table)) == ["a@b.co", "c@d.co"]
    with pytest.raises(UsageError, match="File not readable"):
        list(read_id_file(tmp_path / "none"))


@pytest.mark.parametrize(
    ("text", "by", "found"),
    [
        ("id\temail\tcio_id\nu1\ta@b.co\t03\nu2\t\t04\n", "id", ["u1", "u2"]),
        ("id\temail\tcio_id\nu1\ta@b.co\t03\n", "email", ["a@b.co"]),
        ("u1\tJane\nu2\tSam\n", "id", ["u1", "u2"]),
        ('say "x"\n', "id", ['say "x"']),
        ("id,email\nu3,e3@x.y\n", "email", ["e3@x.y"]),
        ("\ufeffid\nu7\n", "id", ["u7"]),
        ("", "id", []),
        ('id\temail\n"a\tb"\t"x@y.z\nu9"\n', "id", ["a\tb"]),
        ('id\temail\n"a\tb"\t"x@y.z\r\nu9"\n', "email", ["x@y.z\r\nu9"]),
    ],
)
def test_a_written_list_can_be_read(text: str, by: str, found: list[str]) -> None:
    assert list(parse_ids(io.StringIO(text, newline=""), "a pipe", by)) == found


STRANGE = [
    "u1", "a\tb", "x@y.z\nu9", "x\ru9", "x\r\nu9", '"', 'say "x"', '"quoted"', "a,b", "a;b",
    "\x1b[2J", "a\u2028b", " u1", "u1\n", "id", "email", "\0", "ä", "a\x85b",
]  # fmt: skip
"""IDs of which a careless list makes other people."""


@pytest.mark.parametrize("name", ["list.txt", "list.tsv", "list.csv"])
@pytest.mark.parametrize("by", [None, "id"])
def test_no_line_of_a_list_is_somebody_else(tmp_path: Path, name: str, by: str | None) -> None:
    for strange in STRANGE:
        lines: list[str] = []
        members = iter([Member(strange, f"{strange}@x", "03"), Member("last", None, None)])
        counts = write_members(members, by, lines.append, is_csv=name.endswith("csv"))
        (tmp_path / name).write_text("".join(lines), encoding="utf-8", newline="")
        read = list(read_id_file(tmp_path / name, "id"))
        assert read == ([strange, "last"] if counts.unsafe == 0 else ["last"])
        is_plain = strange.isprintable() and strange == strange.strip()
        assert counts.unsafe == 0 or not is_plain or strange in ("id", "email")


@pytest.mark.parametrize("line", ["u1\x1b[2J", "u1\x00", "u1\u2028u2", "u1\x85u2"])
def test_a_control_character_in_a_plain_list_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="Line 2 of a pipe has a control character"):
        list(parse_ids(io.StringIO(f"u0\n{line}\n", newline=""), "a pipe"))


@pytest.mark.parametrize(
    ("text", "by", "expected_message"),
    [
        ("id\temail\nu1\ta@b.co\nu2\t\n", "email", "Line 3 of a pipe has no email"),
        ("email\na@b.co\n", "id", "has email but no id.*`--by email`"),
        ('{"id": "u1"}\n', "id", "looks like NDJSON"),
    ],
)
def test_ids_of_another_type_are_refused(text: str, by: str, expected_message: str) -> None:
    with pytest.raises(UsageError, match=expected_message):
        list(parse_ids(io.StringIO(text), "a pipe", by))


def test_an_email_address_needs_its_identifier_type(sandbox: Any, segment: str) -> None:
    for wrong in (["u1", "jane@acme.com"], [" "]):
        with pytest.raises(UsageError, match=r"E-mail address used as ID|Missing ID"):
            sandbox.acme.members.add(segment, wrong)
    with pytest.raises(UsageError, match="Invalid ID list"):
        sandbox.acme.members.add(segment, "u1")
    assert not [path for path in sandbox.paths if "add_customers" in path]
    assert sandbox.acme.members.add(segment, ["jane@acme.com"], by="email").ids == 1


def test_a_list_that_repeats_a_page_is_refused(sandbox: Any, segment: str) -> None:
    sandbox.order("repeat-page", "membership", nth=2, times=50)
    sandbox.acme.members.add(segment, (f"u{number}" for number in range(2500)))
    with pytest.raises(RemoteError, match="List repeats a page"):
        list(sandbox.acme.members.list(segment))


def test_members_that_repeat_under_new_cursors_are_refused(scripted: Any, targets: Any) -> None:
    page = [{"id": "u1", "email": None, "cio_id": "c1"}]
    provider: Any = scripted(lambda _: {"identifiers": page, "next": f"c{len(provider.asked)}"})
    with pytest.raises(RemoteError, match="same page twice"):
        list(Members(provider, targets()).list("3"))


def test_rows_that_repeat_are_refused_before_the_limit(scripted: Any) -> None:
    rows = [{"id": str(number)} for number in range(50)]
    provider: Any = scripted(lambda _: {"messages": rows, "next": f"c{len(provider.asked)}"})
    request = Request(Api.APP, "GET", "/v1/messages")
    assert first_items(provider, request, "messages", 50) == rows
    with pytest.raises(RemoteError, match="same page twice"):
        first_items(provider, request, "messages", 60)
    errors = ["no such person"] * 50
    provider = scripted(lambda _: {"errors": errors, "next": f"c{len(provider.asked)}"})
    assert first_items(provider, request, "errors", 100) == errors * 2


def test_an_error_says_how_many_ids_were_sent_before(sandbox: Any, segment: str) -> None:
    sandbox.order("status:500", "add_customers", nth=2, times=5)
    sent = r"1,000 ids were sent before.*already sent"
    with pytest.raises(IncompleteError, match=sent) as caught:
        sandbox.acme.members.add(segment, (f"u{number}" for number in range(2500)))
    assert "could do it twice" not in str(caught.value)
