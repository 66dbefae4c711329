"""Logging in: Flask-Security's flows, and what this house adds to them: enforced second factors, lockout, sessions that
can be ended, tokens for programs, and certificates. The routes are in app/api.
"""
