"""The gateway to the chain: sending, following, anchoring.

Law: `node.py` alone knows web3 and speaks to a node; abi, calls, events, fees, refusals, standing, terms and
transaction are pure. Whoever wants something done on chain inserts an outbox row (outbox.py) and waits.
"""
