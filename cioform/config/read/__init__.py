"""Read YAML files: parse them, resolve variables and files, validate, keep positions."""
