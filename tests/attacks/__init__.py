"""Attacks through the real services and the real judge, with models that obey whatever they are told.

`python -m tests.attacks PATH` plays a file of payloads, `make attack ATTACKS=PATH` calls it; without a
path it plays our own, `interviewer.jsonl` and `judge.jsonl`. A line has `id`, `category` (`I1-...` to
`I5-...` for the interviewer, `G1-...` to `G9-...` for the judge) and `payload`. Sizes, floods and padding are
described rather than written out.
"""
