"""Attacks on the interviewer through the real services, with a model that obeys whatever it is told.

`python -m tests.attacks PATH` plays a file of payloads, `make attack ATTACKS=PATH` calls it; without a
path it plays our own, `interviewer.jsonl`. A line has `id`, `category` (`I1-...` to `I5-...`), `payload`.
"""
