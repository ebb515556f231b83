"""Read conditions from YAML: grammar, schema, names from other tools, older formats."""
