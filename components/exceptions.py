"""Errors of the components.

ValueError
└── ComponentError    an argument breaks a rule of AWS or of this estate
"""

__all__ = ["ComponentError"]


class ComponentError(ValueError):
    """An argument of a component breaks a rule. The message says which, what was given and what to do."""
