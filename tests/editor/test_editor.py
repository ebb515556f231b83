"""Editors find mistakes, complete words and show descriptions, at every depth of a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editor.editor import Editor
from tests.editor.marks import Mark, all_marks, documents, marks


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.stem)
def test_mistakes_are_reported_at_their_line_and_nothing_else(
    document: Path, editor: Editor
) -> None:
    planted = sorted((mark.position.line + 1, mark.expected) for mark in marks(document, "problem"))
    found = editor.problems(document)
    assert [line for line, _ in found] == [line for line, _ in planted]
    assert [text for (_, text), (_, begin) in zip(found, planted, strict=True)
            if not text.startswith(begin)] == []  # fmt: skip


@pytest.mark.parametrize("mark", all_marks("completes"), ids=lambda mark: mark.name)
def test_words_are_offered(mark: Mark, editor: Editor) -> None:
    offered = editor.completions(mark)
    assert set(mark.expected.split(", ")) <= set(offered), offered


@pytest.mark.parametrize("mark", all_marks("hover"), ids=lambda mark: mark.name)
def test_the_description_is_shown(mark: Mark, editor: Editor) -> None:
    assert mark.expected in editor.hover(mark).replace("\n", " ")


@pytest.mark.parametrize("what", ["problem", "completes", "hover"])
def test_there_are_forty_marks(what: str) -> None:
    assert len(all_marks(what)) >= 40
