"""Values and rules of an assessment: no I/O, no clock, no randomness."""
