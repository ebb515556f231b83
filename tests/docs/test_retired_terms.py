"""Terms that readers had to translate, and that stay out of the code and the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
GOLDEN: Final = ROOT / "tests" / "golden_errors"

RETIRED: Final = {
    r"\banew\b": "again",
    r"\b(thereof|hereby|whence|hitherto)\b": "an ordinary sentence",
    r"\b(laid|lays|lay) out (alike|again|anew)\b": "formatted, reformatted",
    r"\bat hand\b": "set, known or available",
    r"\bforeign\b": "unmanaged",
    r"\balike\b": "the same",
    r"\bleft alone\b": "unmanaged, or not changed",
    r"\bmend(s|ed|ing)?\b": "correct, repair or fix",
    r"\bbad manners\b|\bTrouble on order\b": "known quirks, fault injection",
    r"\bNobody to ask\b|\btaken as consent\b": "confirmation required",
    r"\bbec(ome|omes|ame) of\b": "what happened to, the outcome of",
    r"\b[Oo]ld words?\b|\bwords of (today|the file)\b": "outdated syntax, the current format",
    r"\b[Ww]hoever\b": "anyone who, the person who",
    r"\btold\b": "notified, reported, known",
    r"\bways? out\b": "a hint of an error, a branch or an edge of a step",
    r"\brehears": "dry-run, try, practice",
    r"\blearn(s|ed)?\b": "detect, record, remember",
    r"\btwice is once\b|\bonce is twice\b": "idempotent",
    r"\bcomes? in once\b": "each person enters once",
    r"\bwhole talk\b": "the requests, the conversation",
    r'"(Wrong|No such|Not an?(?! Git)) [\w -]*"': "Invalid X, Unknown X or X not found",
    r'"[A-Z]\w+ (missing|exists( already)?|is (gone|corrupt)|cannot be (read|written))"': (
        "Missing X, X not found, X already exists, X corrupt, X not readable, X not writable"
    ),
    r"\b(is|was|were|un)[ _]?settled\b|\bsettles? (a|the) ": "resolved",
    r"\b(silent|speaking) members\b": "significant members",
    r"\b(is|was|were|be|not) answered\b": "returned 404, got no response",
    r"\banswer(s|ed)? (with )?[2-5]\d\d\b": "return 404",
    r"\bquiet users\b": "inactive users",
    r"\bdead runs?\b": "killed run",
    r"\bresponse forms?\b": "response schema",
    r"\blate pattern\b|\bloaded late\b": "lazy",
    r"\bpolicy breach": "policy violation",
    r"\bunfit\b": "unsuitable",
    r"\blikeness\b": "similarity",
    r"\b(is|was|accept) set back\b": "reset",
    r"\b(a|in|no|the) circles?\b": "cycle",
    r"\bas usual\b|\busual value": "the default",
    r"\bspell (like|\w+ like)\b": "rewrite in the notation of something",
    r"^\s*\"\"\"(Give|Tell|Say)\b": "Return",
    r"^\s*\"\"\"Of ": "a sentence that says what it is",
}
"""The pattern of each term, and what is written instead."""


WIRE_NAMES: Final = frozenset({"foreign_event"})
"""Names of Customer.io that have a retired term in them."""
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@pytest.mark.parametrize("pattern", RETIRED)
def test_retired_terms_are_not_used(pattern: str, texts: dict[Path, str]) -> None:
    uses = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, text in texts.items()
        for number, line in lines_with(pattern, text).items()
    ]
    assert not uses, f"write {RETIRED[pattern]}:\n" + "\n".join(uses)


@pytest.mark.parametrize("pattern", RETIRED)
def test_retired_terms_are_no_part_of_a_name(pattern: str, names: dict[str, str]) -> None:
    uses = [names[parts] for parts in lines_with(pattern, "\n".join(names)).values()]
    assert not uses, f"write {RETIRED[pattern]}:\n" + "\n".join(uses)


def lines_with(pattern: str, text: str) -> dict[int, str]:
    """Return the lines of a text in which a pattern is, by their numbers.

    Python finds a pattern ten times as fast without the borders of its words, so that they are
    looked at only in the lines that are left.
    """
    lines: dict[int, str] = {}
    for match in re.finditer(pattern.replace(r"\b", ""), text, re.MULTILINE):
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        found = text[start : None if end < 0 else end].split("\n")
        lines.update(enumerate(found, text.count("\n", 0, start) + 1))
    return {number: line for number, line in lines.items() if re.search(pattern, line)}


def test_a_pattern_is_found_by_its_whole_words() -> None:
    text = 'It was told.\nUntold\n\na tolder, "told"\n\n  told'
    assert lines_with(r"\btold\b", text).keys() == {1, 4, 6}
    assert lines_with(r"^\s*told", text) == {6: "  told"}
    assert lines_with(r"\btold |\bw", text) == {1: "It was told."}


def test_the_parts_of_a_name_are_words() -> None:
    assert _PART.findall("_foreign") == ["foreign"]
    assert _PART.findall("foreign_keys") == ["foreign", "keys"]
    assert _PART.findall("ForeignHTTPKeys2") == ["Foreign", "HTTP", "Keys", "2"]


@pytest.fixture(scope="module")
def names(texts: dict[Path, str]) -> dict[str, str]:
    """Return all names in code and texts, and those of files, each with one place, by its parts."""
    found = {path.stem: path for path in (*texts, *GOLDEN.glob("*/"))}
    for path, text in texts.items():
        found |= dict.fromkeys(_NAME.findall(text), path)
    return {
        " ".join(_PART.findall(name)).lower(): f"{path.relative_to(ROOT)}: {name}"
        for name, path in found.items()
        if name not in WIRE_NAMES
    }


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """Return what people read: the code with its tests, the documentation and the README."""
    code = [path for folder in ("cioform", "tests") for path in (ROOT / folder).rglob("*.py")]
    code.remove(Path(__file__).resolve())
    pages = (ROOT / "docs").rglob("*.md")  # a release moves docs/changes into the changelog
    paths = [ROOT / "README.md", *code, *pages]
    return {path: path.read_text(encoding="utf-8") for path in paths}
