"""The register: requests, reports, numbers, life cycle, events."""
