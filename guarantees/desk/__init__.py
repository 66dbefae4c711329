"""A guarantor's desk: applications, quotes, premiums, limits, issue. In the guarantor's own database, with its keys.

Law: services take a session and `now`, write rows and outgoing letters, and never commit. Nothing here is run on the
platform: what is known here (who applies, for which lot, how much) is what the platform must not know.

queue.py      what came in, and where it stands       premiums.py   invoices and payments
offers.py     quote, decline, acceptance              issuing.py    sign, commit on chain, settle
exposure.py   limits, and how much of them is used    outgoing.py   letters that wait to be sent
"""
