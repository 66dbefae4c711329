"""Pages of guarantees: the products that guarantors offer, what the opening found, and what becomes of a guarantee."""
