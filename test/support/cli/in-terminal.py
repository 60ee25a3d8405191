"""Runs a program in a pseudo-terminal and answers its questions.

Reads a job as JSON on standard input (never from the command line: answers may be secrets), and prints what the
terminal showed, the exit code, and the command lines of all processes at the time of each answer.
"""

import glob
import json
import os
import pty
import select
import signal
import sys
import time

job = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(job["folder"])
    os.execve(job["program"][0], job["program"], job["variables"])

shown = b""
seen = 0
dialog = job["dialog"]
command_lines = []
end = time.monotonic() + job["seconds"]


def list_command_lines():
    for name in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(name, "rb") as file:
                command_lines.append(file.read().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            pass


while time.monotonic() < end:
    readable, _, _ = select.select([terminal], [], [], 0.1)
    if readable:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    if dialog:
        at = shown.find(dialog[0]["wait"].encode(), seen)
        if at >= 0:
            step = dialog.pop(0)
            seen = at + len(step["wait"].encode())
            # The prompt stands before the terminal is switched to silence.
            time.sleep(0.15)
            list_command_lines()
            os.write(terminal, step["send"].encode())
else:
    os.kill(pid, signal.SIGKILL)

_, status = os.waitpid(pid, 0)
json.dump(
    {
        "shown": shown.decode(errors="replace"),
        "code": os.waitstatus_to_exitcode(status),
        "unanswered": [step["wait"] for step in dialog],
        "commandLines": command_lines,
    },
    sys.stdout,
)
