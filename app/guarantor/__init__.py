"""A guarantor's own program: its folder and keys, and the rounds between its desk's database and the platform.

The desk's state is in a database of the guarantor's own (SUNSEAL_VAR or DATABASE_URL name it): names, lots and amounts
are nowhere else. The platform has sealed letters alone.
"""
