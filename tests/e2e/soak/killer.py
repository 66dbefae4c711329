"""kill -9 of a random process of a deployment, again and again; the guardian starts it again."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psutil

POSTGRES = "a connection of PostgreSQL"


class Killer(threading.Thread):
    """Kills one every `every` seconds until `stop`. `kills`: how often what was killed, and `at` when."""

    def __init__(self, folder: Path, random: Random, every: float) -> None:
        super().__init__(name="killer")
        self.kills: Counter[str] = Counter()
        self.at: list[float] = []
        self._folder, self._random, self._every = folder, random, every
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(self._every):
            victims = dict(self._victims())
            name = self._random.choice(sorted(victims))
            try:
                victims[name].kill()
            except psutil.NoSuchProcess:
                continue
            self.kills[name] += 1
            self.at.append(time.monotonic())

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _victims(self) -> Iterator[tuple[str, psutil.Process]]:
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
                if "app.stack.guardian" in words and str(self._folder) in words:
                    yield from self._jobs(process)
            except psutil.Error:
                continue
        yield from self._connections()

    def _jobs(self, guardian: psutil.Process) -> Iterator[tuple[str, psutil.Process]]:
        for child in guardian.children():
            words = child.cmdline()
            if "app.stack.tied" in words:
                place = child.environ().get("SUNSEAL_VAR") or child.environ().get(
                    "SUNSEAL_KEYHOLDER_AGE_KEY", ""
                )
                named = [word for word in words[words.index("app.stack.tied") + 2 :] if word[0] not in "-/"]
                yield f"{' '.join(named[:2])} ({Path(place).parent.name})", child

    def _connections(self) -> Iterator[tuple[str, psutil.Process]]:
        """One of the platform's; with it the server ends all of its others, and replays its log."""
        record = self._folder / "var" / "postgres" / "data" / "postmaster.pid"
        try:
            server = psutil.Process(int(record.read_text().splitlines()[0]))
            found = [one for one in server.children() if any("[local]" in word for word in one.cmdline())]
        except (OSError, ValueError, psutil.Error):
            return
        if found:
            yield POSTGRES, self._random.choice(found)
