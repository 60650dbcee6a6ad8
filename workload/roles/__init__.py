"""What the one image can be: a module a role, with one function, `make(frame)`."""

__all__: list[str] = []
