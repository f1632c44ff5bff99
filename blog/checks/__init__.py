"""Checks of an article before it is published: many small rules over one candidate."""

from .finding import Finding, Severity

__all__ = ["Finding", "Severity"]
