"""The entity (主体) and its records."""
