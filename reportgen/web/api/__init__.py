"""The API under /api/v1: what the pages do, for programs; docs/api.md tells how it is used."""
