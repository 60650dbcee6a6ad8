"""The benefit-neutral reference service that every task runs."""
