"""The package of one part of a bid: what is signed inside and sealed outside (docs/spec/sealed-bid.md).

    pack(contents, binding, form, signer, target, ...)      a bidder makes one
    read_package(source, binding, parties, limits, ...)     whoever opens it reads and checks it, front to end, once

Law: pure. Sources and targets are arguments; nothing here opens a file, reads a clock or makes a random byte. What is
read was written by a stranger: memory is bounded by `Limits`, and every byte of the file is accounted for.
"""
