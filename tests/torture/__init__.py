"""Killing the service again and again under load, and counting what was lost or doubled.

`python -m tests.torture --kills 500` is the long form, `make torture KILLS=500` calls it.
"""
