"""A file with documents, as its documents are loaded."""

from __future__ import annotations

from cioform.config.read.layering.layers import NO_LAYERS, FileLayers
from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file with documents. `kind` comes from its folder; None if no kind has that folder."""

    path: str
    display_path: str
    text: str
    kind: Kind | None
    kind_folder: str
    has_placeholders: bool = False
    """Whether the text may refer to variables or files. It is found once for all documents."""
    has_sensitive_values: bool = False
    """Whether a document of the file may contain sensitive values, by its variables."""
    is_shared: bool = False
    """Whether the file is in an included folder."""
    layers: FileLayers = NO_LAYERS
    """What the settings give to the documents of the file."""
