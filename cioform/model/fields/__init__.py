"""The fields of documents and the names that they had."""
