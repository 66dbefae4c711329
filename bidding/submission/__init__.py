"""Submitting, replacing and withdrawing bids (docs/spec/submission.md).

Law: a bid is known by its own key and by nothing else. It is in or out, never both: whoever submits holds the lot's
intake row FOR SHARE to the end of the transaction, and the closing takes it FOR UPDATE.

    rules      what a submission must be, against the lot's terms and its files (pure)
    standing   which of the submissions count (pure)
    models     the tables
    acceptance one transaction: a sealed fact, its files, its token
    files      the sealed files of a submission, as they were uploaded
    desk       the whole way of a final request, to its receipt
"""
