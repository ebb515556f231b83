"""The exact error messages for invalid files.

A folder is a test: an invalid project and the complete output. Read the texts when they change.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.config.load import default_problems, load_configuration
from cioform.core.errors import ConfigError
from cioform.kinds import campaign, layout, segment, sender, snippet, transactional
from cioform.model.registry import Registry
from cioform.report.diagnostics import render_diagnostics
from tests.support.note_kind import REGISTRY

_HERE = Path(__file__).parent
ENVIRONMENT = {
    "CUSTOMERIO_APP_API_KEY": "3f9c2a-key",
    "CUSTOMERIO_SITE_ID": "s",
    "AWS_SECRET_ACCESS_KEY": "not for files",
    "GITHUB_TOKEN": "not for files",
    "CIOFORM_VAR_TOKEN": "t0ken-4711-t0ken",
    "CIOFORM_SECRET_KEY": "s3cret-4711-s3cret",
    "CIOFORM_VAR_SHORT": "t0ken",
    "CIOFORM_VAR_SPACES": "a token with blanks",
    "CIOFORM_VAR_QUOTED": 'a"token"with',
    "CIOFORM_VAR_CREDENTIAL": "3f9c2a-key",
}
_CASES = sorted(path for path in (_HERE / "golden_errors").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Return the kinds of the cases: `note`, which exists for tests only, and some real ones."""
    kinds = (campaign, layout, segment, sender, snippet, transactional)
    return Registry([*REGISTRY, *(kind.KIND for kind in kinds)])


def load(case: Path, registry: Registry) -> None:
    """Load a case as `cioform validate` does."""
    configuration = load_configuration(case, "acme", registry, ENVIRONMENT)
    raise ConfigError(default_problems(configuration, registry))


def test_there_are_cases() -> None:
    assert len(_CASES) > 25


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_golden_error(case: Path, registry: Registry, request: pytest.FixtureRequest) -> None:
    with pytest.raises(ConfigError) as caught:
        load(case, registry)
    text = render_diagnostics(caught.value.diagnostics)
    expected = case / "expected.txt"
    if request.config.getoption("--update-golden", default=False):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
