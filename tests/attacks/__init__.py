"""Attacks through the real services and the real judge, with models that obey whatever they are told, through
every page in a real browser, and over HTTP.

`python -m tests.attacks PATH` plays a file of payloads, `make attack ATTACKS=PATH` calls it; without a
path it plays our own: `interviewer.jsonl`, `judge.jsonl`, `browser.jsonl` and `http.jsonl`. A line has `id`,
`category` (`I1-...` to `I5-...` for the interviewer, `G1-...` to `G9-...` for the judge, `W1-...` to `W9-...`
for the service) and `payload`. Sizes, floods, padding, requests and files are described rather than written
out. One table counts what was got, by category and surface; anything fails the run.
"""
