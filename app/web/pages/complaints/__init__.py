"""Objections and complaints: what everybody sees, what the parties of a case and its authority do.

words     ids as the templates say them
picture   clocks over the working days
board     everybody: the list of cases, one case
remedies  everybody: who may file what on a tender, until when
clocks    the center's and the supervisor's: all clocks, those of tenders too
filing    who objects and complains
evidence  the files of a form: stored before anything is refused, so that none is lost
own       the cases that one has a part in, one of them, its receipts
acts      what can be done in a case, by whom: each a form
acting    these forms, as pages
"""
