"""Write YAML files: new resources, edits that keep comments, and formatting."""
