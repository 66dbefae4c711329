"""The desk of somebody who is logged in: what waits for this person."""
