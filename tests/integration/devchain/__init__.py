"""The development node: its rules, its JSON-RPC, and what is left of it after a crash."""
