"""Objections (异议, 质疑) and complaints (投诉), with their clocks: docs/complaints.md.

Law: `words`, `clocks`, `rights`, `records` and `errors` are pure. The services lock the case's row first, ask the rule,
write rows and append the entry in the caller's transaction; tenders are reached through `ports` alone. No clock has an
argument or a route that sets it: it follows from what happened, in whole seconds, so that anyone can count again.

    words          matters, outcomes, grounds, states: each an id and a name in both languages
    errors         what is refused
    clocks         a period of a case: counted, warned of, escalated
    rights         who may file what, when, after which objection
    records        what is said in a case: canonical JSON with a salt
    ports          what this needs of tenders, openings, and the mail
    tables         the tables
    steps          a case's row with its next step, its clocks, its notices
    evidence       files of any size, in pieces
    objections     filed, replied to, withdrawn
    complaints     filed with an authority
    examining      corrected, forwarded, accepted or not, joined
    suspending     standing still by an authority's order
    investigation  testing, statements, withdrawal, decision
    reading        who sees what; the public board
    reminders      mails, worded
    jobs           what is due, row by row
"""
