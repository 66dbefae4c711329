"""One target under atheris: `python -m scripts.fuzz.one NAME CORPUS [libFuzzer flags]`."""

import sys

import atheris

with atheris.instrument_imports(include=["bidding", "crypto"]):
    from scripts.fuzz import targets

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda data: targets.run(name, data))
    atheris.Fuzz()
