"""Who may do what: policies as documents in, a decision with its reason out, and the errors in AWS's words."""
