"""Lines, cells and records of an import file, and the reasons to reject them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import UsageError
from cioform.operate.bulk_import.lines import MAX_LINE_BYTES, LineReader
from cioform.operate.bulk_import.records import (
    ImportType,
    deterministic_ulid,
    encode_item,
    parse_line,
    to_item,
)
from cioform.operate.bulk_import.tables import CsvTable
from cioform.operate.timestamps import to_seconds

ID = "01HZX3F8Y6M3K9Q2W7R5T1V0BN"


def item(record: dict[str, Any], what: ImportType = ImportType.EVENTS, table: bool = False) -> Any:
    return json.loads(encode_item(to_item(what, record, ID, table=table)))


@pytest.fixture
def table(tmp_path: Path) -> Callable[[bytes], tuple[CsvTable, list[Any]]]:
    """Return a function that reads a CSV file: a record or the reason to reject it for each row."""

    def read(content: bytes) -> tuple[CsvTable, list[Any]]:
        path = tmp_path / "t.csv"
        path.write_bytes(content)
        with path.open("rb") as file:
            found = CsvTable(LineReader(file, len(content)), path.name)
            rows: list[Any] = []
            for line in found.iter_from(0, 1):
                try:
                    rows.append(line.error or found.record(line))
                except ValueError as error:
                    rows.append(str(error))
            return found, rows

    return read


def test_an_event_as_an_item() -> None:
    record = {"id": 7, "name": "viewed", "timestamp": "2026-01-31T10:00:00+01:00", "data": {"n": 1}}
    assert item(record) == {
        "type": "person",
        "identifiers": {"id": "7"},
        "action": "event",
        "id": ID,
        "name": "viewed",
        "timestamp": 1_769_850_000,
        "attributes": {"n": 1},
    }
    own = deterministic_ulid(1, "of its own")
    assert item({**record, "event_id": own})["id"] == own
    made = item({**record, "event_id": "MINE"})["id"]
    assert len(made) == 26
    assert made == item({**record, "event_id": "MINE", "data": {}})["id"] != ID
    for invalid in ({"a": 1}, True):
        with pytest.raises(ValueError, match="`event_id` is neither"):
            item({**record, "event_id": invalid})
    with pytest.raises(ValueError, match="`action` is"):
        item({"action": ["x"]})


def test_a_person_as_an_item() -> None:
    record = {"email": "a@b.c", "plan": "x", "attributes": {"age": 3}}
    assert item(record, ImportType.PEOPLE) == {
        "type": "person",
        "identifiers": {"email": "a@b.c"},
        "action": "identify",
        "attributes": {"plan": "x", "age": 3},
    }
    both = item({"id": "u1", "email": "a@b.c"}, ImportType.PEOPLE)
    assert (both["identifiers"], both["attributes"]) == ({"id": "u1"}, {"email": "a@b.c"})


def test_a_complete_item_is_sent_unchanged() -> None:
    ready = {"identifiers": {"phone": "+1"}, "action": "page", "name": "/"}
    assert item(ready) == {"type": "person", "id": ID, **ready}
    with pytest.raises(ValueError, match='`action` is "delete"'):
        item({"identifiers": {"id": "u1"}, "action": "delete"}, ImportType.PEOPLE)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"name": "x"}, "The person is missing"),
        ({"id": "", "name": "x"}, "The person is missing"),
        ({"id": True, "name": "x"}, "`id` is neither text nor a whole number"),
        ({"anonymous_id": "a", "name": "x"}, "The event is anonymous"),
        ({"id": "u"}, "`name` is missing"),
        ({"id": "u", "name": "é" * 51}, "`name` is longer than 100 bytes"),
        ({"id": "u", "name": "x", "price": 1}, "Unknown field `price`. Put it in `data`"),
        ({"id": "u", "name": "x", "data": []}, "`data` is not an object"),
        ({"id": "u", "name": "x", "timestamp": "soon"}, "a number of seconds or an ISO 8601 date"),
        (
            {"id": "u", "name": "x", "timestamp": 1_700_000_000_000},
            "`timestamp`: The value is in milli",
        ),
        ({"id": "u", "name": "x", "timestamp": "20240131"}, "Write 2024-01-31 for the date"),
        ({"id": "u", "name": "x", "data": {"t": "\ud800"}}, "lone surrogate"),
        (
            {"id": "u", "name": "x", "data": {"t": "x" * 33_000}},
            "33,1.. bytes; the limit is 32,768",
        ),
    ],
)
def test_invalid_records(record: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        item(record)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{broken", r"Invalid JSON: .* \(column 2\)"),
        ("[1]", "not an object"),
        ('{"a": NaN}', r"Invalid JSON: NaN is not JSON \(column 7\)"),
        (r'{"NaN \" NaN": 1, "a": [-Infinity]}', r"-Infinity is not JSON \(column 25\)"),
        ("[" * 100_000, "(nested too deeply|Invalid JSON)"),
    ],
)
def test_invalid_lines(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_line(text)


def test_event_ids_are_deterministic_ulids() -> None:
    one = deterministic_ulid(1_790_000_000, "import/0")
    assert len(one) == 26
    assert set(one) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert (
        one
        == deterministic_ulid(1_790_000_000, "import/0")
        != deterministic_ulid(1_790_000_000, "import/1")
    )
    assert (
        one[:10]
        == deterministic_ulid(1_790_000_000, "other")[:10]
        < deterministic_ulid(1_790_000_001, "other")[:10]
    )


def test_timestamps() -> None:
    assert to_seconds("2026-01-31") == to_seconds(1_769_817_600) == to_seconds(" 1769817600 ")
    for bad in (True, None, [], "31.1.2026"):
        with pytest.raises(ValueError, match="a number of seconds or an ISO 8601 date"):
            to_seconds(bad)
    for digits in ("20260731", 20260731, 20260731120000):
        with pytest.raises(ValueError, match="Write 2026-07-31"):
            to_seconds(digits)


def test_cells_with_quotes_commas_and_line_breaks(table: Any) -> None:
    content = b'\xef\xbb\xbfid,note\r\nu1,"one\r\ntwo, ""three"""\r\nu2,5" pipe\r\n\r\nu3,\r\n'
    found, rows = table(content)
    assert [column.name for column in found.columns] == ["id", "note"]
    assert rows == [
        {"id": "u1", "note": 'one\r\ntwo, "three"'},
        {"id": "u2", "note": '5" pipe'},
        {"id": "u3"},
    ]


def test_column_types_in_the_header(table: Any) -> None:
    header = b"id;age:number;vip:boolean;created_at;tags:json;code\n"
    _, rows = table(header + b"u1;4.5;yes;2024-01-31;[1];007\nu2;x;;;;\nu3;;;;{;\n")
    assert rows == [
        {"id": "u1", "age": 4.5, "vip": True, "created_at": 1_706_659_200, "tags": [1],
         "code": "007"},
        '`age`: "x" is not a number.',
        "`tags`: The cell is not valid JSON.",
    ]  # fmt: skip


def test_an_unclosed_quote_rejects_one_line(table: Any) -> None:
    _, rows = table(b'id,note\nu1,"oops\nu2,fine\nu3,fine\n')
    assert rows == [
        "A quoted cell is not closed.",
        {"id": "u2", "note": "fine"},
        {"id": "u3", "note": "fine"},
    ]


def test_a_stray_quote_does_not_affect_other_lines(table: Any) -> None:
    _, rows = table(b'id,note\nu1,"oops\nu2,fine\nu3,"oops too\nu4,"good\nend"\n')
    assert rows == [
        "A quoted cell is not closed.",
        {"id": "u2", "note": "fine"},
        "A quoted cell is not closed.",
        {"id": "u4", "note": "good\nend"},
    ]


def test_too_many_cells_and_invalid_utf8(table: Any) -> None:
    _, rows = table(b"id,note\nu1,a,b\nu2,\xff\nu3,c\n")
    assert rows == [
        "The row has 3 cells, but the header has 2.",
        "The line is not UTF-8.",
        {"id": "u3", "note": "c"},
    ]


@pytest.mark.parametrize("header", [b"id,id\n", b"id,\n", b"id,age:many\n", b"\xff\n"])
def test_invalid_headers(table: Any, header: bytes) -> None:
    with pytest.raises(UsageError):
        table(header + b"u1,2\n")


def test_a_line_that_is_too_long_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"a\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\nb\n")
    with path.open("rb") as file:
        lines = list(LineReader(file, path.stat().st_size).iter_from(0, 1))
    assert [(each.number, each.text, each.error) for each in lines] == [
        (1, "a\n", ""),
        (2, "", "The line is too long."),
        (3, "b\n", ""),
    ]
    assert len(lines[1].raw) <= 200


def test_a_growing_file_is_read_to_its_initial_size(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\nb")
    with path.open("rb") as file:
        lines = LineReader(file, 3)
        with path.open("ab") as more:
            more.write(b"bb\nc\n")
        assert [each.text for each in lines.iter_from(0, 1)] == ["a\n"]
        assert lines.unfinished


def test_a_shrinking_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\nb\n")
    with path.open("rb") as file:
        lines = LineReader(file, 400)
        read = lines.iter_from(0, 1)
        assert [next(read).text, next(read).text] == ["a\n", "b\n"]
        with pytest.raises(UsageError, match="became shorter"):
            next(read)


def test_parsing_returns_the_same_as_json() -> None:
    assert parse_line('{"a": [1, 2.5, null, true]}') == json.loads('{"a": [1, 2.5, null, true]}')
