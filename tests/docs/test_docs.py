"""Generated pages are current, examples load, commands exist and links have targets."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import yaml
from pydantic import ValidationError

from cioform.config.read.meta_fields import META_FIELDS
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.settings_file import SettingsFile
from cioform.config.write.yaml.formatting import format_yaml
from cioform.core.secrets.secret import Secret
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.language.conditions import ConditionContext, problems
from cioform.language.conditions import parse as parse_condition
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.references.names import Names
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute
from cioform.remote.factory import HttpProvider, connect
from cioform.run.reading.driver import run_conversation
from cioform.services.kinds import known_kinds
from docs.generate.commands_page import every_command
from docs.generate.kinds_page import anchor
from docs.generate.pages import generate_pages
from tests.support.operations import route_of

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
DOCS: Final = ROOT / "docs"


PAGES: Final = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
_BLOCK: Final = re.compile(r"^```(\S*)[ ]?(.*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks_of(page: Path) -> list[tuple[str, str, str]]:
    """Return the language, the tag and the text of every block of a page."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def _blocks(*languages: str) -> list[Any]:
    """Return every block in one of `languages` with its tag, as test parameters."""
    return [
        pytest.param(tag.strip(), text, id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        for number, (language, tag, text) in enumerate(blocks_of(page), 1)
        if language in languages
    ]


def _collapsed(text: str) -> str:
    """Return text with its white space collapsed, since Typer wraps the help text."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """Return the pages that the generator would write."""
    return generate_pages()


@pytest.mark.parametrize(
    "name",
    ["docs/architecture.md", "docs/kinds.md", "docs/commands.md", "docs/lint.md",
     "docs/workflow.md", "docs/pictures/onboarding.svg", "workspaces/schema.json",
     "README.md", ".github/actions/cioform/action.yml", ".github/workflows/cioform-plan.yml"],
)  # fmt: skip
def test_generated_pages_are_up_to_date(name: str, generated: dict[Path, str]) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    stale = f"{name} is stale. Run: python -m docs.generate"
    assert _collapsed(text) == _collapsed(generated[ROOT / name]), stale


def test_every_generated_file_is_checked(generated: dict[Path, str]) -> None:
    [mark] = test_generated_pages_are_up_to_date.pytestmark  # type: ignore[attr-defined]
    assert {ROOT / name for name in mark.args[1]} == set(generated)


def test_every_command_is_documented() -> None:
    headings = set(re.findall(r"^## (.+)$", _text("commands.md"), re.MULTILINE))
    assert {" ".join(path) for path in every_command() if path} == headings


def test_every_kind_and_field_is_documented() -> None:
    sections = re.split(r"^## ", _text("kinds.md"), flags=re.MULTILINE)[1:]
    by_kind = {section.split("\n", 1)[0]: section for section in sections}
    assert set(by_kind) == set(known_kinds().names)
    for kind in known_kinds():
        for name in kind.model.yaml_field_names():
            assert f"| `{name}` |" in by_kind[kind.name]


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("campaign.tags", "unmanaged"),
        ("campaign: exit.when", "none"),
        ("campaign: exit.stops_matching", "see description"),
        ("campaign: step.only_if", "none"),
        ("campaign: email.to", "unmanaged"),
        ("campaign: wait_window.days", "none"),
        ("campaign: track.opens", "unmanaged"),
        ("campaign: each of translations.subject", "unmanaged"),
        ("transactional: email.subject", "unmanaged"),
    ],
)
def test_the_page_of_kinds_says_what_leaving_a_field_out_means(path: str, default: str) -> None:
    title, _, name = path.rpartition(".")
    table = re.split(rf"^##+ {title}$", _text("kinds.md"), flags=re.MULTILINE)[1]
    row = next(line for line in table.splitlines() if line.startswith(f"| `{name}` |"))
    assert row.split(" | ")[2] == default


@pytest.mark.parametrize(("tag", "text"), _blocks("yaml"))
def test_every_yaml_block_loads(tag: str, text: str) -> None:
    what, _, marker = tag.partition(" ")
    if not what:
        assert yaml.safe_load(text)
        return
    documents = parse_yaml(text, "block")
    assert documents
    for document in documents:
        if what == "condition":
            condition = parse_condition(document.value)
            assert problems(condition, ConditionContext(marker or "segment")) == []
        elif what == "workspace":
            SettingsFile.model_validate(document.value)
        else:
            kind = known_kinds()[what]
            if marker == "refused":
                with pytest.raises(ValidationError):
                    kind.model.model_validate(with_file_texts(document.value, kind, marker))
                continue
            kind.attributes(
                kind.model.model_validate(with_file_texts(document.value, kind, marker))
            )


@pytest.mark.parametrize(("tag", "text"), _blocks("yaml"))
def test_every_yaml_block_is_formatted(tag: str, text: str) -> None:
    what = tag.partition(" ")[0]
    if not what:  # not a document of cioform
        return
    kinds = known_kinds()
    # The fields of a condition that stands alone have a line each, as those of a document have.
    kind = None if what == "workspace" else kinds["segment" if what == "condition" else what]
    assert text == format_yaml(text, kind, "block", kinds)


def with_file_texts(document: Mapping[str, Any], kind: Kind, marker: str) -> dict[str, Any]:
    """Return the fields of a document, with a text in place of each file that it refers to.

    Fields that a partial document lacks are taken from the example of its kind.
    """
    rest = {name: value for name, value in document.items() if name not in META_FIELDS}
    if marker in ("part", "refused"):
        example = yaml.safe_load(kind.example)
        missing = [name for name in ("name", "trigger", "workflow") if f"raw_{name}" not in rest]
        rest = {**{name: example[name] for name in missing}, **rest}
    return {name: _filled(value) for name, value in rest.items()}


def test_invalid_examples_fail_with_the_documented_error() -> None:
    page = _text("workflow.md")
    blocks = re.findall(r"^```yaml campaign refused\n(.*?)^```\n\n```text\n(.*?)^```", page,
                        re.MULTILINE | re.DOTALL)  # fmt: skip
    assert len(blocks) == page.count("```yaml campaign refused")
    kind = known_kinds()["campaign"]
    for text, expected in blocks:
        [document] = parse_yaml(text, "block")
        with pytest.raises(ValidationError) as refused:
            kind.model.model_validate(with_file_texts(document.value, kind, "refused"))
        assert expected.strip() in str(refused.value)


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"file"}:
            return "<p>{{ content }}</p>"
        return {name: _filled(item) for name, item in value.items()}
    return [_filled(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("tag", "text"), _blocks("json"))
def test_every_json_block_loads(tag: str, text: str) -> None:
    assert not tag
    assert json.loads(text)


@pytest.mark.parametrize(("tag", "text"), _blocks("sh", "yaml"))
def test_every_command_line_exists(tag: str, text: str) -> None:
    if tag:  # a document of cioform, not a script
        return
    commands = every_command()
    for line in re.findall(r"(?:^|[\s&;])cioform ((?:[a-z@]|-).*)$", text, re.MULTILINE):
        words = _first_command(line)
        path = next(words[:n] for n in (3, 2, 1) if tuple(words[:n]) in commands)
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        assert options <= commands[tuple(path)], line


def _first_command(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set(";&|<>()"):
            break
        words.append(word)
    return words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_has_a_target(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        led = (_folder_of_links(page) / name).resolve() if name else page
        assert led.exists(), target
        assert not anchor or anchor in _anchors(led), target


def _folder_of_links(page: Path) -> Path:
    """Return the folder in which links of a page are looked up.

    A release moves the fragments in docs/changes into docs/changelog.md.
    """
    is_fragment = page.parent == DOCS / "changes" and page.name != "README.md"
    return DOCS if is_fragment else page.parent


def _anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def test_the_index_names_every_page() -> None:
    index, decisions = _text("README.md"), _text("decisions/README.md")
    for page in DOCS.glob("*.md"):
        if page.name not in ("README.md", "changelog.md", "benchmarks.md"):
            assert f"({page.name})" in index
    records = sorted(page.name for page in (DOCS / "decisions").glob("0*.md"))
    assert [name[:4] for name in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    for name in records:
        assert f"({name})" in decisions


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def worked_example(tmp_path_factory: pytest.TempPathFactory) -> Kind:
    """Return the kind of the worked example of the page."""
    [code] = [each.values[1] for each in _blocks("python") if "KIND = " in each.values[1]]
    assert code == (ROOT / "cioform" / "kinds" / "tag.py").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("kinds") / "worked_example.py"
    path.write_text(code, encoding="utf-8")
    kind = _load("worked_example", path).KIND
    assert isinstance(kind, Kind)
    return kind


@pytest.fixture
def sandbox() -> Iterator[HttpProvider]:
    """Yield a provider for an empty workspace."""
    store = Store.open(":memory:")
    emulated = store.workspace("acme")
    base = "http://sandbox.test"
    provider = connect(
        Endpoint(base, base, base),
        Credentials(None, Secret(emulated.credentials.service_account_token)),
        emulated.environment_id,
        transport=InProcessTransport(make_app(store)),
    )
    yield provider
    provider.close()
    store.close()


def test_the_worked_example_works(worked_example: Kind, sandbox: HttpProvider) -> None:
    create = route_of(worked_example, CreateRoute).operation
    list_all = route_of(worked_example, ListRoute).operation
    delete = route_of(worked_example, DeleteRoute).operation
    model = worked_example.model.model_validate(yaml.safe_load(worked_example.example))
    wanted = worked_example.attributes(model)

    created = run_conversation(create(model, WriteContext()), sandbox)
    [found] = run_conversation(list_all(), sandbox)
    assert found.remote_id == created.remote_id
    decoded = worked_example.decode(found, Names())
    assert decoded.attributes == wanted

    run_conversation(delete(LiveObject(worked_example.name, found, decoded)), sandbox)
    assert run_conversation(list_all(), sandbox) == []


def test_a_field_of_defaults_is_not_said_to_be_in_the_workspace() -> None:
    table = _text("kinds.md").partition("### campaign: defaults\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `.*", table, re.MULTILINE)
    assert rows
    assert not [row for row in rows if row.split(" | ")[2] == "none"]
