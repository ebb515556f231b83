"""Compare two objects: values, keyed lists, ignored fields."""
