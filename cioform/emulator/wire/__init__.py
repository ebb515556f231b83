"""Parse what comes in: JSON, paths, encoded filters; and the errors that go out."""
