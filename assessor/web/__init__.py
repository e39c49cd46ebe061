"""HTTP only: pages for candidates and reviewers, and the API for platforms."""
