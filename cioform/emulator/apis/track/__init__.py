"""The Track API, versions 1 and 2."""
