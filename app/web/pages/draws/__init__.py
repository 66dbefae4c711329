"""Draws of experts, the pool they come from, and samples for spot checks: what anyone may see, and what staff do."""
