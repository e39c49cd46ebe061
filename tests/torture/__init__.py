"""Troubling the service again and again under load, and counting what was lost or doubled.

`python -m tests.torture --kills 500` is the long form, `make torture KILLS=500` calls it. Half of the kills
go to one process on SQLite, half to two web processes, two workers and the PostgreSQL that they share.
With `--faults 100` nothing is killed, and the network to PostgreSQL fails, for some of the processes or all.
The last line tells the damage; the exit code is 1 when there is any.
"""
