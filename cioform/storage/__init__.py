"""The only modules that write files."""
