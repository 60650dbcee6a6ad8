"""The writer of a database cluster becomes another one."""
