"""Attacks through the real services and the real judge, with models that obey whatever they are told, and
through every page in a real browser.

`python -m tests.attacks PATH` plays a file of payloads, `make attack ATTACKS=PATH` calls it; without a
path it plays our own, `interviewer.jsonl`, `judge.jsonl` and `browser.jsonl`. A line has `id`, `category`
(`I1-...` to `I5-...` for the interviewer, `G1-...` to `G9-...` for the judge; for the browser `W2-...`
requests of other sites, `W3-...` markup, `W5-...` formulas, `W8-...` files) and `payload`. Sizes, floods,
padding, requests and files are described rather than written out.
"""
