"""What differs between two objects: values, keyed lists, ignored fields."""
