"""Files turned into subjects and projects."""
