"""A copy of the database that follows it, for reads that may be seconds old."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReplicaStanding:
    """Whether the replica is read, and how old what it shows is at most."""

    lag_seconds: float
    """Everything that was committed so long ago is seen. It grows while the replica cannot be asked."""
    problem: str = ""
    """Why it is left out, without an address; empty while it is read."""
