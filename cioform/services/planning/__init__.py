"""Make, save, apply and roll back plans."""
