"""A soak: the service under steady load for a while, to see whether anything of it grows.

Two web and two worker processes on PostgreSQL, and candidates who come one after the other, each for a whole
life from the order to the verdict. Nothing is killed here; `tests.torture` does that.
"""
