"""One module a command: `run(...)` does the work and returns a result that can be shown or serialised."""
