"""The words that a package begins with. No name and no time in them: they are the same in every package."""

from typing import Final

TEXT: Final = b"""\
ONE ASSESSMENT, AS A FILE THAT ANYBODY CAN CHECK

What this is
  Everything that one assessment was decided by: what was asked and answered, what language models
  replied, how it was scored, and the signed verdicts. It holds the words of a person. Keep it as
  you would keep their file, and delete it when you no longer need it: when the person is erased in
  the service, this copy is not.

How to check it
  assessor audit verify FILE --key-set keys-of-the-service.json

  The program needs this file alone: no account, no database, no network. Fetch the keys of the
  service yourself, from its address /.well-known/jwks.json. Without --key-set the keys in this file
  are used: they show that nothing was changed since somebody made the file, but not who made it.

What is in it
  log.jsonl             every event, in order, one a line, in words and numbers that can be read
  chain.jsonl           the same events as they are stored, sealed, each with the key that opens it alone
  assessment.json       what the assessment is, and where its log ends
  model-exchanges.jsonl what language models replied, with the hash of what they were asked
  form.json             the tasks that were drawn
  bank/                 the track, the tasks of the form with their keys, and the hashes of the whole bank
  rubrics/              what the answers were scored by, and the hashes of all rubrics
  prompts.json          the hash of the words that language models were asked with
  verdicts/             each verdict as document and signed (JWS), and whether it still holds
  manifest.json         the SHA-256 of every file above, and of README.txt
  creation.json         who made this file, when and why; binds manifest, access log and keys
  creation.jws          the same, signed
  access.jsonl          who did what with this assessment, from the audit log of the service
  keys.json             the public keys of the service when this file was made

How the parts hold each other
  The hash of an event is the SHA-256 of its place, type, time, the hash of the event before, and
  the SHA-256 of its sealed bytes. The key beside it opens these bytes (AES-256-GCM), so that the
  readable event is seen to be the one that the chain runs over. The first event has nothing before
  it; the last is named in assessment.json.
  A verdict names the hash of the last event that it was made from, and those of form, bank, rubrics
  and prompts; it is signed. So nothing before a verdict can be changed without its signature
  breaking.
  What a person took back is gone from chain.jsonl too; its place in the chain, and what was left of
  it, stay.
  All files but the last four are the same, byte for byte, whenever the same assessment is exported.
"""
