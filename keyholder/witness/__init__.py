"""The witness: cosigns a log's checkpoints, each only if it extends the one before (c2sp.org/tlog-witness).

Law: it never gives cosignatures to two heads that are not of one log, whatever it is shown, wherever it is
killed, and whatever becomes of its files. What does no I/O (`doubt`, `config`'s parsing) reads no clock.

How it notices that its memory is older than what it signed, so that it stops until a person decides:

1. **The mark** (`mark`): a second, tiny memory, kept outside the witness's folder. It is raised after the state
   is on the disk and before the cosignature leaves, so it is never ahead of a state that is whole.
2. **The log itself** (`published`): after each start before the first cosignature, and then every few minutes,
   the witness reads the checkpoint that the log publishes. Its own cosignature there, on a head that it does
   not remember, shows that it signed what it forgot.
3. **Anyone**: the same holds for a cosignature of its own on a checkpoint that it is asked to cosign. Whoever
   has a receipt or an old checkpoint can show it to the witness.

What this catches: a state file put back from a copy, emptied or lost, whatever the log does (1); the state and
the mark put back together, for instance a whole machine from a snapshot, if the log, or any other place the
witness is told to read, shows a newer cosignature of its own (2), or anyone does (3); a second program that
signs with the same key elsewhere, in the same way (2, 3).

What it cannot catch: state and mark put back together while the newer cosignature is nowhere to be seen,
because the log hides it or went on without this witness. No program can know what it has wholly forgotten. Who
restores a whole machine therefore starts a witness with a new key, or compares by hand. Nor does it help
against someone who changes state and mark on purpose: such a person could as well sign with the key.
"""
