"""The guarantor's desk for its underwriters: pages, served in the guarantor's own house from its own database.

Law: a page calls the services of guarantees/desk and guarantees/after, as the desk's REST and commands do; every act
names the underwriter in the desk's audit trail, in the transaction of the act (guarantees/desk/acts.py).
"""
