"""Plays an app with the Python reader: a line of JSON in for each second of the day, one out with what came of it.

In: [epoch seconds, the token that Zoho has ended or null, calls]. Out: counts, and the longest call in milliseconds.
"""

import json
import os
import sys
import time

import boto3
from botocore.config import Config
from zoho_tokens import TokenReader, TokenUnavailable

clock = 0.0


class Counted:
    """boto3's client, and how often it was asked for a secret."""

    def __init__(self, client):
        self.client, self.reads = client, 0

    def get_secret_value(self, **parameters):
        self.reads += 1
        return self.client.get_secret_value(**parameters)


class Answer:
    text, _content = "", b""

    def __init__(self, status):
        self.status_code = status


def client(service, endpoint):
    config = Config(connect_timeout=1, read_timeout=20, retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=os.environ[endpoint], config=config)


secrets = Counted(client("secretsmanager", "SECRETS_MANAGER_URL"))
may_ask = os.environ.get("REFRESHER_FUNCTION", "")
reader = TokenReader(
    "desk",
    refresh_function=may_ask,
    client=secrets,
    lambda_client=client("lambda", "LAMBDA_URL") if may_ask else None,
    now=lambda: clock,
    sleep=lambda seconds: None,
)
accepted, refused = Answer(200), Answer(401)

for line in sys.stdin:
    clock, killed, calls = json.loads(line)
    counts = {"killedHandedOut": 0, "expiredHandedOut": 0, "failedCalls": 0}
    longest = 0.0

    def ask(token):
        if token.access_token == killed:
            counts["killedHandedOut"] += 1
            return refused
        if token.expires_at.timestamp() <= clock:
            counts["expiredHandedOut"] += 1
            return refused
        return accepted

    for _ in range(calls):
        started = time.perf_counter()
        try:
            counts["failedCalls"] += reader.with_token(ask).status_code != 200
        except TokenUnavailable:
            counts["failedCalls"] += 1
        longest = max(longest, time.perf_counter() - started)
    print(json.dumps({**counts, "reads": secrets.reads, "longestMilliseconds": longest * 1000}), flush=True)
