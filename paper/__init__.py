"""What is printed: A4 pages in two languages as PDF, QR codes, and a signature of the platform or a party behind them.

Law: imports statutes only, for its `Said`; knows nothing of what the pages say. The same words give the same pages: no
clock and no randomness, and every font is embedded. Signing reads the key files that it is shown.
"""
