"""The model of resources and kinds. No I/O."""
