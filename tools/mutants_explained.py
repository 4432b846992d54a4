"""Mistakes in the arithmetic that no test can find, each with its reason."""

EXPLAINED: dict[str, str] = {}
