"""The life of a bid guarantee, and the gateway to the chain.

Law: imports parties, mailboxes, the ledger, statutes, storage and crypto only. `chain/node.py` alone speaks to a node;
rules are pure.
"""
