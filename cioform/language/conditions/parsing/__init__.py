"""Read conditions from YAML: grammar, schema, older words."""
