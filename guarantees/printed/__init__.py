"""The letter: a guarantee on paper, in Chinese and English, for people. What binds is the signed file.

Law: pure. The same guarantee gives the same pages. The letter has no salt: who holds it can check the guarantee, and
cannot present it.
"""
