"""Simulated candidates and reviewers, who use the same doors as people. Always marked as simulated."""
