"""The policies of a project, applied to its files and plans."""
