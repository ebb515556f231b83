"""Liquid as Customer.io renders it."""
