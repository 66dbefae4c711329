"""Who may guarantee, and what it offers: the supervisor's list and the guarantors' products. Public, all of it.

listing.py   the list: acts that the supervisor signed, and what follows from them (standing.py, pure)
products.py  products, each a record that its guarantor signed (product.py, pure)
accounts.py  the accounts on chain that act for beneficiaries
"""
