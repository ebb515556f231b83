"""The list of workspaces, and which of them a change can affect."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cioform.cli.app import run
from tests.support.command_line import CommandLine, CommandResult

FILES = {
    "texts/terms.html": "Terms",
    "workspaces/_shared/snippets/footer.yaml": "name: footer\nvalue: Bye\n",
    "workspaces/own/workspace.yaml": "format: 1\nendpoint: sandbox\n",
    "workspaces/own/snippets/hello.yaml": "name: hello\nvalue: Hello\n",
    "workspaces/body/workspace.yaml": "format: 1\nendpoint: sandbox\n",
    "workspaces/body/snippets/terms.yaml": (
        "name: terms\nvalue: {file: ../../../texts/terms.html}\n"
    ),
    "workspaces/eu_shop/workspace.yaml": (
        "format: 1\nregion: eu\nworkspace_id: 77\ninclude: [_shared]\ntags: [eu]\n"
        "state: {backend: git}\nvariables: {phone: '${env.CIOFORM_VAR_PHONE}'}\n"
        "credentials: {app_api_key: '${env.CUSTOMERIO_SHOP_KEY}'}\n"
    ),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for words in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm first"):
        subprocess.run(["git", *words.split()], cwd=root, check=True)
    return root


@pytest.fixture
def cio(
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    root = tmp_path / "project"
    shutil.copytree(repository, root, symlinks=True)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CIOFORM_VAR_PHONE", "12")

    def command(*words: str) -> CommandResult:
        return CommandResult(run(("workspaces", *words)), *capsys.readouterr())

    return command


def affected(cio: CommandLine) -> list[str]:
    return [each["name"] for each in cio("--changed-since", "HEAD", "--json").json["workspaces"]]


def test_the_list_needs_neither_credentials_nor_variables(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIOFORM_VAR_PHONE")
    assert "eu_shop    77  eu        git origin refs/heads/cioform/eu_shop  eu" in cio().out
    [shop] = cio("tag:eu", "--json").json["workspaces"]
    assert shop["credentials"] == {"app_api_key": "CUSTOMERIO_SHOP_KEY"}
    assert (shop["workspace_id"], shop["region"], shop["include"]) == (77, "eu", ["_shared"])


def test_a_workspace_that_cannot_be_read_is_listed_and_said(cio: CommandLine) -> None:
    Path("workspaces/own/workspace.yaml").write_text("a: [")
    done = cio()
    assert (done.code, "own " in done.out) == (0, True)
    assert "workspaces/own/workspace.yaml:2: This is not valid YAML." in done.err
    assert affected(cio) == ["own"]


def test_a_pattern_that_matches_nothing_is_an_error(cio: CommandLine) -> None:
    done = cio("eu_shopp")
    assert (done.code, "Did you mean `eu_shop`?" in done.err) == (64, True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("workspaces/own/snippets/hello.yaml", ["own"]),
        ("workspaces/own/new.html", ["own"]),
        ("workspaces/_shared/snippets/footer.yaml", ["eu_shop"]),
        ("workspaces/_policies/words.yaml", ["body", "eu_shop", "own"]),
        ("texts/terms.html", ["body"]),
        ("README.md", []),
        (".github/workflows/plan.yaml", []),
    ],
)
def test_what_a_changed_file_affects(cio: CommandLine, path: str, expected: list[str]) -> None:
    assert affected(cio) == []
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("name: hello\nvalue: Changed\n")
    assert affected(cio) == expected


def test_what_cannot_be_loaded_is_affected(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIOFORM_VAR_PHONE")
    Path("README.md").write_text("new")
    assert affected(cio) == ["eu_shop"]


def test_the_target_of_a_link_is_an_input(cio: CommandLine) -> None:
    link = Path("workspaces/own/snippets/link.yaml")
    link.symlink_to("../../../texts/linked.yaml")
    Path("texts/linked.yaml").write_text("name: link\nvalue: Linked\n")
    for words in ("add -A", "-c user.name=a -c user.email=a@b.c commit -qm link"):
        subprocess.run(["git", *words.split()], check=True)
    Path("texts/linked.yaml").write_text("name: link\nvalue: Changed\n")
    assert affected(cio) == ["own"]


def test_removed_workspaces_and_unknown_revisions(cio: CommandLine) -> None:
    shutil.rmtree("workspaces/own")
    done = cio("--changed-since", "HEAD")
    assert (done.out, done.err) == ("No workspace is affected.\n", "Removed since HEAD: own\n")
    assert cio("--changed-since", "nowhere").code == 4
