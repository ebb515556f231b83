"""A language server with the schema for editors, once a session."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from cioform.services.project.project_files import editor_schema
from tests.editor.editor import Editor
from tests.support.language_server import LanguageServerMissingError, language_server


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    schema = tmp_path_factory.mktemp("schema") / "schema.json"
    schema.write_text(json.dumps(editor_schema()))
    try:
        with language_server() as server:
            yield Editor(server, schema)
    except LanguageServerMissingError as error:
        pytest.skip(str(error))
