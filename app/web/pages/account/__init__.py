"""Pages of one's own account, and of the organisations that one belongs to."""
