"""Expert pool and draws, sampling, complaints, red flags, statistics.

Law: imports ledger, storage and crypto only. Rules are pure: `now` and seeds are arguments.
"""
