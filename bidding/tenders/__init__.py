"""Tenders and their lots: from the draft to the contract, or to whatever else they end in.

Law: what is allowed, the pure rules decide (bidding/moves.py, changes.py, timetable.py, lot_rules.py); here rows are
locked, rules asked, rows written and entries appended, in the caller's transaction. Nothing here commits. Whoever
changes a tender locks its row first and then its lots', so two clerks never both make one move.

    errors          what this package refuses beside the rules
    draft           a tender as it is written before its publication (pure)
    models          the tables
    law             the body of rules of a tender
    standing        rows as the rules see them; moving a lot
    due             deadlines and duties as rows
    duties          duties that a person reports as done
    drafting        drafts: begun, changed
    publication     the notice, its lots, their keys
    changing        amendments, postponement, suspension, resumption, cancellation
    outcome         from the closing to the contract, failure, tendering again
    documents       versions of documents, and their contents
    clarifications  asked without a name, answered to all
    jobs            what is due, taken row by row
    reading         what everybody may read
    ocds            import and export in the Open Contracting Data Standard (pure)
"""
