"""The benefit-neutral reference service that every task runs."""

__all__: list[str] = []
