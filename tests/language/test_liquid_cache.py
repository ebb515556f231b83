"""What is kept of parsed texts between runs, and what is done with a cache that is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cioform.language.liquid import parse
from cioform.language.liquid.analyze import analyze
from cioform.language.liquid.serialize import decode, encode
from cioform.services.project import text_cache
from cioform.services.project.text_cache import cached_texts
from tests.language.test_liquid_parse import ERRORS, VALID
from tests.support.git import git

TEXT = "{% if customer.a %}{{ customer.a | default: 'x' }}{% end %}"


@pytest.mark.parametrize("text", [*VALID, *(text for text, _ in ERRORS)])
def test_a_parsed_text_survives_json(text: str) -> None:
    parsed = analyze(text)
    assert decode(json.loads(json.dumps(encode(parsed)))) == parsed


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".cioform").mkdir()
    monkeypatch.setattr(parse, "_parsed", {})
    return tmp_path


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "_parsed", {})


def test_a_text_is_parsed_once_in_two_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with cached_texts(project):
        first = parse.parse_liquid(TEXT)
    forget(monkeypatch)
    analyze_text = "cioform.language.liquid.analyze.analyze"
    monkeypatch.setattr(analyze_text, lambda _: pytest.fail("parsed again"))
    with cached_texts(project):
        assert parse.parse_liquid(TEXT) == first


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": "1", "texts": 1}']
)
def test_a_broken_cache_is_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    file = project / ".cioform/cache/liquid.json"
    file.parent.mkdir()
    file.write_text(content)
    with cached_texts(project):
        assert parse.parse_liquid(TEXT).errors
    forget(monkeypatch)
    texts = json.loads(file.read_text())
    texts["texts"] = {digest: [1, 2] for digest in texts["texts"]}
    file.write_text(json.dumps(texts))
    with cached_texts(project):
        assert parse.parse_liquid(TEXT).errors


def test_nothing_is_written_without_the_folder(project: Path) -> None:
    other = project / "other"
    other.mkdir()
    with cached_texts(other):
        parse.parse_liquid(TEXT)
    assert list(other.iterdir()) == []


def test_what_other_code_found_is_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("code")
    code = folder / "rules_of_a_test" / "__init__.py"
    code.parent.mkdir()
    code.write_text("LIMIT = 102")
    monkeypatch.syspath_prepend(folder)
    cache = text_cache.TextCache(project, "x.json", ["rules_of_a_test"])
    cache.save({}, {"a": 1})
    assert cache.load() == {"a": 1}
    code.write_text("LIMIT = 103")
    assert cache.load() == {}


def test_what_came_with_a_commit_is_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes a commit could hide what a rule finds in a text."""
    monkeypatch.chdir(project)
    git("init", "-q")
    cache = text_cache.TextCache(project, "x.json", [])
    cache.save({}, {"a": 1})
    assert cache.load() == {"a": 1}
    git("add", "-f", ".cioform/cache/x.json")
    assert cache.load() == {}
    git("rm", "-q", "--cached", ".cioform/cache/x.json")
    (project / ".git/config").write_text("[")
    assert cache.load() == {}
