"""Runs in the environment of the tools: whether licence expressions are SPDX's, and whether a list of licences that
are accepted satisfies them. Imports license-expression and the standard library alone.

In: ``{"accepted": [id], "expressions": [text]}``. Out: ``{expression: {"valid", "satisfied", "missing": [id]}}``.
"""

# The environment of the tools is another than the type checker's.
# pyright: reportMissingImports=false

import json
import sys

from license_expression import ExpressionError, get_spdx_licensing

__all__ = ["main"]

_LICENSING = get_spdx_licensing()


def _judged(text, accepted):
    try:
        expression = _LICENSING.parse(text, validate=True, strict=True)
    except ExpressionError:
        return {"valid": False, "satisfied": False, "missing": []}
    if expression is None:
        return {"valid": False, "satisfied": False, "missing": []}
    missing = sorted({str(it) for it in _LICENSING.license_symbols(expression, decompose=False)} - accepted)
    return {"valid": True, "satisfied": _satisfied(expression, accepted), "missing": missing}


def _satisfied(expression, accepted):
    """Of AND all have to be accepted, of OR one; a licence WITH an exception is accepted as its licence is."""
    if isinstance(expression, _LICENSING.AND):
        return all(_satisfied(it, accepted) for it in expression.args)
    if isinstance(expression, _LICENSING.OR):
        return any(_satisfied(it, accepted) for it in expression.args)
    return str(getattr(expression, "license_symbol", expression)) in accepted or str(expression) in accepted


def main():
    """The answer is on standard output."""
    given = json.load(sys.stdin)
    accepted = set(given["accepted"])
    json.dump({it: _judged(it, accepted) for it in given["expressions"]}, sys.stdout)


if __name__ == "__main__":
    main()
