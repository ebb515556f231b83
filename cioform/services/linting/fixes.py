"""Correct texts in the files: what a finding can replace without a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from cioform.core.text.text_places import offset_of
from cioform.lint.finding import Fix
from cioform.lint.placed import PlacedFinding
from cioform.storage.user_files import read_text, write_text


def fix_files(root: Path, findings: Iterable[PlacedFinding]) -> list[Path]:
    """Write the corrections of findings into their files, and return the changed files.

    A value that YAML escapes or folds is not changed, because its text differs from the file's.
    """
    by_file: dict[str, list[PlacedFinding]] = defaultdict(list)
    for each in findings:
        if each.finding.fix is not None and each.location is not None and each.location.is_exact:
            by_file[each.location.file].append(each)
    changed: list[Path] = []
    for name, found in sorted(by_file.items()):
        path = root / name
        text = read_text(path, newline="")
        corrected = _corrected(text, found)
        if corrected != text:
            write_text(path, corrected)
            changed.append(path)
    return changed


def _corrected(text: str, found: Iterable[PlacedFinding]) -> str:
    fixes = sorted(filter(None, (_fix_in_file(text, each) for each in found)), key=_start)
    done = len(text)
    for fix in reversed(fixes):
        if fix.end <= done:
            text = text[: fix.start] + fix.replacement + text[fix.end :]
            done = fix.start
    return text


def _fix_in_file(text: str, each: PlacedFinding) -> Fix | None:
    """Return a correction with its place in the file; None if the file has another text there."""
    finding, place = each.finding, each.location
    fix, value = finding.fix, finding.text
    if fix is None or value is None or finding.offset is None or place is None:
        return None
    shift = offset_of(text.removeprefix("\ufeff"), place.line or 1, place.column or 1)
    shift += len(text) - len(text.removeprefix("\ufeff")) - finding.offset
    start, end = fix.start + shift, fix.end + shift
    is_same = text[start:end] == value.value[fix.start : fix.end]
    return Fix(start, end, fix.replacement) if is_same else None


def _start(fix: Fix) -> int:
    return fix.start
