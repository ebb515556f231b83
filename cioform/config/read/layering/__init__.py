"""Variables, defaults and overrides over the documents."""
