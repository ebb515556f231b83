"""Analyze Liquid without rendering it. Pure."""
