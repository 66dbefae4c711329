"""`make bench`: every aim of performance, measured beside a peer in one run."""
