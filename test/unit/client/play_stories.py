"""Plays the stories with the Python reader; prints, for each, its lines with what came of them."""

import io
import json
import re
import sys
import threading
import time
from datetime import datetime, timezone

from zoho_tokens import Token, TokenReader, TokenUnavailable, _parse_token

START = datetime(2026, 1, 5, 9, tzinfo=timezone.utc).timestamp()


class AwsError(Exception):
    def __init__(self, code):
        self.response = {"Error": {"Code": code, "Message": "made-up words of AWS"}}


class Answer:
    def __init__(self, status, text):
        self.status_code, self.text, self._content = status, text, text.encode()


def iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def token_text(letter, issued_at, minutes=60):
    return json.dumps({
        "version": 1, "connection": "desk", "service": "desk", "base_url": "https://desk.zoho.in",
        "access_token": f"1005.{letter * 32}.{letter * 32}", "settings": {"org_id": "60000688226"},
        "issued_at": iso(issued_at), "expires_at": iso(issued_at + minutes * 60),
    })


def letter_of(token):
    return token.access_token[5]


class Play:
    def __init__(self, may_ask):
        self.now = START
        self.text, self.record = token_text("a", START), None
        self.faults = {"AWSCURRENT": "", "INCIDENT": ""}
        self.accepted, self.mode, self.heals_during_wait, self.said = "a", "", "", ""
        self.reads = self.asks = 0
        self.runs = threading.Event()
        self.runs.set()
        self.reader = TokenReader(
            "desk", refresh_function="refresher" if may_ask else "", client=self, lambda_client=self,
            now=lambda: self.now, draw=lambda: 0.5, sleep=self.sleep,
        )

    # What boto3's clients do.
    def get_secret_value(self, SecretId, VersionStage):
        self.reads += VersionStage == "AWSCURRENT"
        self.runs.wait(5)
        if fault := self.faults[VersionStage]:
            raise AwsError(fault)
        text = self.text if VersionStage == "AWSCURRENT" else self.record
        if text is None:
            raise AwsError("ResourceNotFoundException")
        return {"SecretString": text}

    def invoke(self, FunctionName, Payload):
        assert json.loads(Payload) == {"connections": ["desk"], "reason": "unauthorized"}
        self.asks += 1
        mode, _, letter = self.mode.partition(" ")
        if mode == "denied":
            raise AwsError("AccessDeniedException")
        if mode == "heals":
            self.store(letter)
        if mode in ("healing", "throttled"):
            self.heals_during_wait = letter
        if mode == "throttled":
            raise AwsError("TooManyRequestsException")
        known = {
            "fresh": ("fresh", None, "accepted"), "unknown": ("fresh", None, "cannot_tell"),
            "heals": ("refreshed", None, "accepted"), "healing": ("waiting", None, None),
            "waits": ("waiting", "invalid_code", None), "fails": ("failed", "invalid_code", None),
        }.get(mode)
        text = "text"
        if known:
            text = json.dumps({"connections": [dict(zip(("outcome", "code", "probe"), known), connection="desk")]})
        answer = {"Payload": io.BytesIO(text.encode())}
        return {**answer, "FunctionError": "Unhandled"} if mode == "crashes" else answer

    def sleep(self, seconds):
        if self.heals_during_wait:
            self.store(self.heals_during_wait)

    # The events of a story.
    def store(self, letter):
        self.text = token_text(letter, self.now)

    def storeText(self, text):
        self.text = text

    def storeLong(self, letter):
        self.text = token_text(letter, self.now, 1441)

    def incident(self, code):
        found = {"since": iso(self.now), "code": code, "message": "Zoho refuses the refresh token"}
        self.record = json.dumps({"version": 1, "incident": found})

    def break_(self, code):
        self.faults = {"AWSCURRENT": code, "INCIDENT": code}

    def breakRecord(self, code):
        self.faults["INCIDENT"] = code

    def hang(self, _):
        self.runs.clear()

    def mend(self, _):
        self.break_("")
        self.runs.set()

    def zoho(self, accepted):
        self.accepted = accepted

    def lambda_(self, mode):
        self.mode = mode

    def expire(self, _):
        self.reader.expire()

    def get(self, _):
        return letter_of(self.reader.get())

    def replace(self, letter):
        other = self.reader.replace(_parse_token(token_text(letter, START)))
        return "nothing" if other is None else letter_of(other)

    def call(self, _):
        tried = []

        def ask(token):
            tried.append(letter_of(token))
            if self.accepted == "throws":
                raise TimeoutError("timed out")
            if letter_of(token) == self.accepted:
                return Answer(200, "{}")
            return Answer(401, "<html>Log in</html>" if self.accepted == "proxy" else '{"errorCode":"INVALID_OAUTH"}')

        try:
            end = f"{self.reader.with_token(ask).status_code}"
        except TimeoutError:
            end = "threw"
        except TokenUnavailable as fault:
            return ", ".join([*(f"{letter} 401" for letter in tried), self.reason_of(fault)])
        return ", ".join([*(f"{letter} 401" for letter in tried[:-1]), f"{tried[-1]} {end}"])

    def says(self, words):
        return words if words in self.said else self.said

    def reason_of(self, fault):
        self.said = str(fault)
        return fault.reason

    def run(self, line):
        second, name, argument = re.fullmatch(r"(\d+) (\w+) ?(.*?)(?: ?= .*)?", line).groups()
        self.now = START + int(second)
        if name in ("reads", "asks"):
            result = getattr(self, name)
        else:
            method = getattr(self, {"break": "break_", "lambda": "lambda_"}.get(name, name))
            try:
                result = method(argument)
            except TokenUnavailable as fault:
                result = self.reason_of(fault)
        self.settle()
        if name == "says":
            return f"{second} says {result}"
        return " ".join(filter(None, (second, name, argument))) + f" = {result}" if " = " in line else None

    def settle(self):
        """What goes on in the background is over before the next line."""
        deadline = time.monotonic() + 5
        time.sleep(0.002)
        while self.runs.is_set() and (self.reader._reading or self.reader._recoveries) and time.monotonic() < deadline:
            time.sleep(0.001)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        stories = json.load(file)["stories"]
    played = {}
    for story in stories:
        play = Play(story.get("mayAsk", False))
        played[story["title"]] = [seen for line in story["lines"] if (seen := play.run(line))]
    print(json.dumps(played))
