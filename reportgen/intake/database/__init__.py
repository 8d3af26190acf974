"""Subjects from an agency's own database, by a mapping of its tables and columns to facts; nothing is written there."""
