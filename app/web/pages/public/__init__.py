"""Pages that anyone may read. They have no session: the platform does not know who reads them."""
