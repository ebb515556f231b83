"""Where files, the canonical form and the audit log have a field."""
