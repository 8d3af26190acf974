"""The applicant, the project and what it asks."""
