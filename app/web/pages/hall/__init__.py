"""The opening hall: which openings there are, one opening as it goes on, and what those who are heard may say in it."""
