"""The data that messages need: inferred, declared, and compared with data. Pure: no I/O."""
