"""The authors of changes: the audit log and the runs of cioform."""
