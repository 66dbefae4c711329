"""Keyholders, as anybody may see them, and the approvals that persons hand in for them."""
