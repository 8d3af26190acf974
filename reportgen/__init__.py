"""reportgen: a credit agency's report press."""

__version__ = "0.1.0"
