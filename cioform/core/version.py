"""The version of cioform, where every layer can import it."""

__version__ = "0.1.0"
