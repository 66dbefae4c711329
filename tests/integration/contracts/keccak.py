"""Keccak-256 as Ethereum has it, written out from FIPS 202 so that the examples are redone without its programs.

Only the padding differs from SHA3-256 (0x01 for 0x06), so that test_spec_example.py can hold it against hashlib. Slow.
"""

RATE = 136
LANES = 25
MASK = 2**64 - 1


def keccak256(message: bytes, padding: int = 0x01) -> bytes:
    """32 bytes. `padding` 0x06 makes it SHA3-256."""
    padded = bytearray(message + bytes([padding]))
    padded += bytes(-len(padded) % RATE)
    padded[-1] |= 0x80
    state = [0] * LANES
    for start in range(0, len(padded), RATE):
        for lane in range(RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        state = _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _rotate(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & MASK


def _permute(state: list[int]) -> list[int]:
    """Keccak-f[1600] on lanes x + 5 y (FIPS 202 section 3.2)."""
    register = 1
    for _ in range(24):
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for lane in range(LANES):
            state[lane] ^= columns[(lane + 4) % 5] ^ _rotate(columns[(lane + 1) % 5], 1)
        x, y, moved = 1, 0, list(state)
        for step in range(24):
            source = x + 5 * y
            x, y = y, (2 * x + 3 * y) % 5
            moved[x + 5 * y] = _rotate(state[source], (step + 1) * (step + 2) // 2)
        state = [
            moved[x + 5 * y] ^ (~moved[(x + 1) % 5 + 5 * y] & MASK & moved[(x + 2) % 5 + 5 * y])
            for y in range(5)
            for x in range(5)
        ]
        for bit in range(7):
            state[0] ^= (register & 1) << (2**bit - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
    return state
