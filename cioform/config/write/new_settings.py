"""The text of a new `workspace.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.config.file_format import FORMAT, FORMAT_FIELD
from cioform.config.write.dump import dump_yaml
from cioform.core.data.json_value import JsonValue

_CREDENTIALS_YAML: Final = """
# The environment variables with the credentials. An unset one is treated as missing.
credentials:
  app_api_key: ${env.CUSTOMERIO_APP_API_KEY}
  service_account_token: ${env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}
"""

_GUARDS_YAML: Final = """
# Safety limits: what apply may do without an extra flag.
guards:
  allow_delete: false
  max_deletes: 5
  max_percent: 50
"""


def new_workspace_yaml(
    endpoint: str | Mapping[str, str],
    *,
    workspace_id: int | None = None,
    include: Sequence[str] = (),
    schema: str | None = None,
) -> str:
    """Return the text of a new `workspace.yaml`; `schema` is the relative path of the schema."""
    settings: dict[str, JsonValue] = {FORMAT_FIELD: FORMAT, "endpoint": endpoint}
    if workspace_id is not None:
        settings["workspace_id"] = workspace_id
    if include:
        settings["include"] = list(include)
    return (
        (f"# yaml-language-server: $schema={schema}#/$defs/workspace\n" if schema else "")
        + dump_yaml(settings)
        + ("" if endpoint == "sandbox" else _CREDENTIALS_YAML)
        + _GUARDS_YAML
    )
