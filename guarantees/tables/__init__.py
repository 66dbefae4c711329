"""The tables of guarantees, by what they are about; guarantees/models.py brings them together.

register, mail      the platform's, before the opening: who is listed, what it offers, sealed messages
lifecycle           the platform's, from the opening on
desk                a guarantor's own: they stay empty in the platform's database (docs/guarantor.md)
"""
