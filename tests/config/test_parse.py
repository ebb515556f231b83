from __future__ import annotations

from collections.abc import Callable

import pytest

from cioform.config.read.parsing import parse as parsing
from cioform.config.read.parsing import positions as positions_module
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.core.data.json_value import JsonValue
from cioform.core.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("off", "off"),
        ("2024-01-01", "2024-01-01"),
        ("007", "007"),
        ("0", 0),
        ("-12", -12),
        ("12345678901234567890123", "12345678901234567890123"),
        ("1.5", 1.5),
        ("1.0", 1.0),
        ("1e+20", 1e20),
        ("1.50", "1.50"),
        ("3.10", "3.10"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("+49301234", "+49301234"),
        ("-0", "-0"),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("+", "+"),
        ("14d", "14d"),
    ],
)
def test_scalars(written: str, value: JsonValue) -> None:
    found = parse_yaml(f"a: {written}", "f")[0].value["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written() -> None:
    assert parse_yaml("yes: 1\n200: 2\n'': 3\n", "f")[0].value == {"yes": 1, "200": 2, "": 3}


def test_documents_have_their_first_line() -> None:
    found = parse_yaml("# c\na: 1\n---\n\nb: 2\n", "f")
    assert [(one.index, one.line, one.value) for one in found] == [
        (0, 2, {"a": 1}),
        (1, 5, {"b": 2}),
    ]


def test_aliases_repeat_a_value() -> None:
    assert parse_yaml("a: &x [1, 2]\nb: *x\n", "f")[0].value == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "summary", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "Duplicate key", 3),
        ("a:\n\tb: 1\n", "Tab in the indentation", 2),
        ("a: [1\nb: 2\n", "Invalid YAML", 2),
        ("a: 'x\n", "Invalid YAML", 2),
        ("a: *x\n", "Unknown anchor", 1),
        ("a: &x [*x]\n", "Unknown anchor", 1),
        ("a: !!python/object:os.system x\n", "YAML tag", 1),
        ("a: !!int [1]\n", "YAML tag", 1),
        ("a: 1\n? [b]\n: 2\n", "Invalid key", 2),
        ("a: {{ customer.name }}\n", "Invalid key", 1),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "Merge key", 3),
        ("a: x\x01\n", "Control character", 1),
        ("a: " + "[" * 200 + "]" * 200, "Nested too deeply", 1),
    ],
)
def test_invalid_yaml(text: str, summary: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f.yaml")
    found = caught.value.diagnostics[0]
    assert (found.summary, str(found.location)) == (summary, f"f.yaml:{line}")


def test_an_alias_bomb_is_refused_before_it_is_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(ConfigError, match="Too many aliases"):
        parse_yaml("\n".join(lines), "f")


def test_every_duplicate_is_reported() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\n", "f")
    assert [str(found.location) for found in caught.value.diagnostics] == ["f:2", "f:3"]


def test_the_python_parser_returns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# c\na: &x [1, 'b', {c: yes}]\nd: *x\n---\ne: |\n  x\n   y\n"
    with_libyaml = parse_yaml(text, "f")
    monkeypatch.setattr(parsing, "yaml_events", parsing._python_yaml_events)
    assert parse_yaml(text, "f") == with_libyaml


@pytest.mark.parametrize("parser", [parsing.yaml_events, parsing._python_yaml_events])
@pytest.mark.parametrize(
    "text", ["a: 1\nb: {c: 2}\n", "---\na: 1\n", "- a\n- b\n", "# c\na: 1\n", ""]
)
def test_a_byte_order_mark_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, parser: Callable[[str], parsing.NextEvent], text: str
) -> None:
    monkeypatch.setattr(parsing, "yaml_events", parser)
    monkeypatch.setattr(positions_module, "yaml_events", parser)
    marked = f"\ufeff{text}"
    assert parse_yaml(marked, "f") == parse_yaml(text, "f")
    if text:
        assert dict(Positions(marked, "f", 0)) == dict(Positions(text, "f", 0))


def test_positions_of_one_document() -> None:
    text = "x: 1\n---\nname: a\nparts:\n  - id: b\n    body: &b c\n  - *b\n"
    positions = Positions(text, "f", 1)
    assert {path: (at.line, at.column) for path, at in positions.items()} == {
        (): (3, 1),
        ("name",): (3, 1),
        ("parts",): (4, 1),
        ("parts", 0): (5, 5),
        ("parts", 0, "id"): (5, 5),
        ("parts", 0, "body"): (6, 5),
        ("parts", 1): (7, 5),
    }
    found = nearest_location(positions, ("parts", 0, "colour"))
    assert found is not None
    assert found.line == 5


@pytest.mark.parametrize(
    ("text", "summary", "line"),
    [
        ("---\na: 1\n" * 4, "Too many documents", 8),
        ("a:\n" + "- 1\n" * 20, "Too many values", 20),
    ],
    ids=["documents", "values"],
)
def test_files_have_limits(
    monkeypatch: pytest.MonkeyPatch, text: str, summary: str, line: int
) -> None:
    monkeypatch.setattr(parsing, "MAX_DOCUMENTS", 3)
    monkeypatch.setattr(parsing, "MAX_VALUES", 20)
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "a.yaml")
    (problem,) = caught.value.diagnostics
    assert problem.summary == summary
    assert problem.location is not None
    assert problem.location.line == line
