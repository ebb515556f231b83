"""Read YAML files: parse, resolve variables and files, validate, keep positions."""
