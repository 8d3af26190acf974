"""Synthetic subjects and projects: samples to read, and a seeded generator. No real firm is meant."""
