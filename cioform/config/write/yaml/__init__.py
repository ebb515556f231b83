"""YAML in the one form in which cioform writes it."""
