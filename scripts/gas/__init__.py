"""What each act of the contracts costs, measured as transactions on a chain of one's own, and docs/gas.md.

    python -m scripts.gas    measures, and writes the tables of docs/gas.md anew

Keys, clock and terms are fixed, so that the numbers are the same on every machine.
"""
