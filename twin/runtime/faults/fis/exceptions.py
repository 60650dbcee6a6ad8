"""Why an action of an experiment fails.

EstateError
└── RuntimeFailure
    └── ActionFailed        it cannot be done here, or not to these targets
"""

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["ActionFailed"]


class ActionFailed(RuntimeFailure):
    """Its text is the reason that the API shows."""
