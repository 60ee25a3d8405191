"""Eight threads use one reader while Secrets Manager hangs; prints the longest get in seconds, and the reads."""

import json
import threading
import time

from play_stories import START, token_text
from zoho_tokens import TokenReader


class Hanging:
    reads, ends = 0, threading.Event()

    def get_secret_value(self, SecretId, VersionStage):
        self.reads += 1
        if self.reads > 1:
            self.ends.wait(5)
        return {"SecretString": token_text("a", START)}


secrets = Hanging()
begin = time.monotonic()
# Ten minutes pass in a second: every read that is due hangs.
reader = TokenReader("desk", client=secrets, now=lambda: START + 600 * (time.monotonic() - begin))
longest = []


def work():
    reader.get()
    slowest = 0.0
    while time.monotonic() - begin < 1:
        started = time.monotonic()
        reader.get()
        slowest = max(slowest, time.monotonic() - started)
        time.sleep(0.001)
    longest.append(slowest)


threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(10)
secrets.ends.set()
print(json.dumps({"threads": len(longest), "longest": max(longest), "reads": secrets.reads}))
