"""Fixtures that every test may ask for; each family is described in its own file."""

pytest_plugins = ["tests.database"]
