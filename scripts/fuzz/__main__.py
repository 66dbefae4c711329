"""Fuzzes each target in turn: `python -m scripts.fuzz [--seconds 60] [names]`; inputs stay in var/fuzz."""

import argparse
import subprocess
import sys
from pathlib import Path

CORPUS = Path("var/fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    arguments = parser.parse_args()
    try:
        import atheris  # noqa: F401, PLC0415 - says below why it cannot run

        from scripts.fuzz.seeds import seeds  # noqa: PLC0415
        from scripts.fuzz.targets import TARGETS  # noqa: PLC0415
    except ImportError as error:
        print(f"cannot fuzz: {error}; make setup-dev installs what is needed")
        return 1
    failed = []
    for name in arguments.names or TARGETS:
        corpus = CORPUS / name
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(name)):
            (corpus / f"seed-{number}").write_bytes(seed)
        command = [
            *(sys.executable, "-m", "scripts.fuzz.one", name, str(corpus), "-print_final_stats=0"),
            *(f"-max_total_time={arguments.seconds}", f"-artifact_prefix={CORPUS}/{name}-", "-verbosity=0"),
        ]
        log = CORPUS / f"{name}.log"
        with log.open("wb") as output:
            code = subprocess.run(command, check=False, stdout=output, stderr=output).returncode
        print(f"{name}: {arguments.seconds} s, {'no finding' if code == 0 else f'a FINDING, see {log}'}")
        if code:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
