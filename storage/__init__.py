"""The database engine and the blob store, and nothing above them.

Law: the only package that knows which engine and which blob store there is; it imports nothing of ours.
"""
