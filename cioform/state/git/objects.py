"""Blobs, trees and commits of a repository, read and written without an index or a work tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from cioform.state.git.command import Git
from cioform.state.shared.backend import FileChanges, SwapNote

Listing: TypeAlias = Mapping[str, str]
"""The IDs of the files of a commit, by path."""

_EMAIL: Final = "cioform@localhost"


def list_files(git: Git, commit: str) -> dict[str, str]:
    """Return the IDs of all files of a commit by their paths."""
    listed = git.run("ls-tree", "-r", "-z", commit).decode(errors="surrogateescape")
    entries = (entry.split("\t", 1) for entry in listed.split("\0") if entry)
    return {path: head.split(" ")[2] for head, path in entries}


def read_blobs(git: Git, ids: Iterable[str]) -> list[bytes]:
    """Return the contents of objects, in order."""
    wanted = list(ids)
    if not wanted:
        return []
    output = git.run("cat-file", "--batch", stdin="".join(f"{i}\n" for i in wanted).encode())
    contents, at = [], 0
    for _ in wanted:
        end = output.index(b"\n", at)
        size = int(output[at:end].split(b" ")[2])
        contents.append(output[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return contents


def write_files(git: Git, listing: Listing, changes: FileChanges) -> dict[str, str]:
    """Write the changed files and return the listing with them."""
    contents = {path: content for path, content in changes.items() if content is not None}
    ids = _write_blobs(git, list(contents.values()))
    kept = {path: blob for path, blob in listing.items() if path not in changes}
    return kept | dict(zip(contents, ids, strict=True))


def _write_blobs(git: Git, contents: Sequence[bytes]) -> list[str]:
    """Write several blobs with one process, and return their IDs."""
    with TemporaryDirectory(dir=git.folder) as folder:
        paths = [Path(folder, str(number)).resolve() for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        listed = "".join(f"{path.as_posix()}\n" for path in paths).encode()
        output = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed)
    return output.decode().split()


def write_tree(git: Git, listing: Listing) -> str:
    """Write the tree of `listing` and return its ID.

    One process writes all folders of one depth, because every recorded run has a folder.
    """
    folders: dict[str, list[str]] = {"": []}
    for path, blob in listing.items():
        parent, name = _split(path)
        folders.setdefault(parent, []).append(f"100644 blob {blob}\t{name}\0")
        while parent and (above := _split(parent)[0]) not in folders:
            folders[above], parent = [], above
    depths = {path: path.count("/") + 1 if path else 0 for path in folders}
    for depth in range(max(depths.values()), 0, -1):
        paths = [path for path in folders if depths[path] == depth]
        for path, tree in zip(paths, _write_trees(git, [folders[p] for p in paths]), strict=True):
            parent, name = _split(path)
            folders[parent].append(f"040000 tree {tree}\t{name}\0")
    (root,) = _write_trees(git, [folders[""]])
    return root


def _split(path: str) -> tuple[str, str]:
    """Return the folder of a path, empty at the top, and its name."""
    parent, _, name = path.rpartition("/")
    return parent, name


def _write_trees(git: Git, trees: Sequence[Sequence[str]]) -> list[str]:
    # An empty entry ends each tree.
    listed = "\0".join("".join(entries) for entries in trees)
    return git.run("mktree", "--batch", "-z", stdin=listed.encode()).decode().split()


def write_commit(git: Git, tree: str, parent: str | None, note: SwapNote) -> str:
    """Write a commit and return its ID."""
    arguments = ["commit-tree", tree, *(("-p", parent) if parent else ())]
    who = "".join(c for c in note.who if c.isprintable() and c not in "<>").strip(" .,;:") or "?"
    environment = {"GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": _EMAIL}
    environment |= {"GIT_COMMITTER_NAME": "cioform", "GIT_COMMITTER_EMAIL": _EMAIL}
    written = git.run(*arguments, stdin=message_of(note).encode(), environment=environment)
    return written.decode().strip()


def message_of(note: SwapNote) -> str:
    """Return the message of a commit: the subject, and the details as trailers."""
    trailers = (f"{name}: {' '.join(value.split())}" for name, value in note.details.items())
    return "\n".join((" ".join(note.subject.split()), "", *trailers)) + "\n"
