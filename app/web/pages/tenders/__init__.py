"""Pages of those who conduct tenders: drafts, publication, changes, questions, and the way to the contract."""
