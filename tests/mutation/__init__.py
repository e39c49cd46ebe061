"""Mutation testing: small changes of the code where a mistake costs a person, and whether any test notices.

`make mutation` tries a sample; `mutmut run` tries every mutant, which takes a night. Which code is changed,
and which tests are to notice, is in `[tool.mutmut]` in `pyproject.toml`.
"""
