"""Parts of the JSON Schema that kinds share."""
