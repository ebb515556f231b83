"""The tags and outputs of a text, and errors of its structure and notation."""
