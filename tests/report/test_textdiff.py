"""The differing lines, compared with the standard library's diff of the same texts."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from cioform.report.plan.parts.text_diff import DiffMark, diff_lines

TEXT = st.lists(st.sampled_from(["a", "b", "c", "", "dd"]), max_size=12)


def sides(before: list[str], after: list[str], context: int) -> tuple[list[str], list[str]]:
    lines = diff_lines(before, after, context)
    old = [line.text for line in lines if line.mark in (DiffMark.SAME, DiffMark.REMOVED)]
    new = [line.text for line in lines if line.mark in (DiffMark.SAME, DiffMark.ADDED)]
    return old, new


@given(TEXT, TEXT)
def test_full_context_contains_both_texts(before: list[str], after: list[str]) -> None:
    if before != after:
        assert sides(before, after, 50) == (before, after)


@given(TEXT, TEXT, st.integers(0, 3))
def test_only_differences_and_their_context_are_shown(
    before: list[str], after: list[str], context: int
) -> None:
    lines = diff_lines(before, after, context)
    removed = sum(line.mark is DiffMark.REMOVED for line in lines)
    added = sum(line.mark is DiffMark.ADDED for line in lines)
    assert len(after) - len(before) == added - removed
    assert bool(lines) == (before != after)
    run = 0
    for line in lines:
        run = run + 1 if line.mark is DiffMark.SAME else 0
        assert run <= 2 * context


def test_the_headers_match_the_standard_library() -> None:
    before = [str(n) for n in range(40)]
    after = [*before[:5], "five", *before[6:20], "new", *before[20:30], *before[33:]]
    groups = SequenceMatcher(None, before, after).get_grouped_opcodes(1)
    expected = [(g[0][1], g[-1][2] - g[0][1], g[0][3], g[-1][4] - g[0][3]) for g in groups]
    headers = [line.text for line in diff_lines(before, after, 1) if line.mark is DiffMark.HUNK]
    assert headers == [f"@@ -{a + 1},{b} +{c + 1},{d} @@" for a, b, c, d in expected]


def test_one_cell_of_a_long_table_is_one_line() -> None:
    table = [f"<td>{n % 50}</td>" for n in range(6_000)]
    lines = diff_lines(table, [*table[:7], "<td>x</td>", *table[8:]], 0)
    assert [(line.mark, line.text) for line in lines[1:]] == [
        (DiffMark.REMOVED, "<td>7</td>"),
        (DiffMark.ADDED, "<td>x</td>"),
    ]


def test_differences_within_a_line_are_marked() -> None:
    old, new = diff_lines(["<p>1 High Street</p>"], ["<p>8 Canal Street</p>"], 1)
    assert (old.span, new.span) == ((3, 9), (3, 10))
    unlike = diff_lines(["abc"], ["xyz"], 1)
    assert [line.span for line in unlike] == [None, None]


def test_trailing_spaces_are_visible() -> None:
    assert [line.text for line in diff_lines(["a"], ["a  "], 1)] == ["a", "a··"]
