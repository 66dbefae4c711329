"""The demonstration: whole procurements on this machine, told as a story, and then verified by a stranger.

Law: everything goes through the REST API and the commands that people use; nothing is put into the database.

    facts      the tenders and bidders that it tells of, taken from real ones
    people     somebody with a browser
    desk       a bidder's machine with `sunseal bid`
    bank       the clerk of a guarantor, with `sunseal guarantor`
    bond       a bidder's application for a guarantee, with `sunseal guarantee`
    cast       who acts, and what has come of it so far
    chapters   one after another, what happens
"""
