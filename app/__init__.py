"""The platform's shell: command line, REST API, pages, worker and wiring.

Law: everything may be imported here, and nothing here is imported from below. Only this package
knows Flask and marshmallow; it holds no rule of tendering and no cryptography of its own.
"""
