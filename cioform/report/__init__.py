"""Render what people and programs read: text, Markdown, JSON, diagrams."""
