"""Webhooks: a guarantor's machine is told that something happened, at least once, signed, and never what it was.

    announce (a row for each subscription, in the caller's transaction)
      -> claim (due_at moves ahead, committed) -> send -> mark delivered | wait longer | dead

Law: as guarantees has it. What is told is a kind and the number of what it is about; the rest is fetched by a signed
request (docs/spec/bank-api.md). So no row, log or line on the wire says who applied for which lot.

A crash between claim and mark sends it again when its lease ends. Who receives it drops what it has by `id`.
"""
