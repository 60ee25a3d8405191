"""Reads the living Zoho token of a connection from Secrets Manager. Needs boto3 and nothing else."""

import json
import random
import threading
import time
from datetime import datetime, timezone

import boto3
from botocore.config import Config

MARGIN_SECONDS = 30  # a token this close to its end is not handed out
RETRY_SECONDS = 15  # between reads while none of them brings a living token


class TokenUnavailable(Exception):
    """There is no living token: the refresher's on-call engineers know, or soon will."""


class Token:
    """Print it without fear: the token itself is only in `headers`."""

    def __init__(self, document):
        self.base_url = document["base_url"]
        self.settings = document["settings"]
        self.expires_at = datetime.fromisoformat(document["expires_at"].replace("Z", "+00:00"))
        self.headers = _Hidden(Authorization=f"Zoho-oauthtoken {document['access_token']}")
        if document["service"] == "desk":
            self.headers["orgId"] = self.settings["org_id"]

    @property
    def seconds_left(self):
        return (self.expires_at - datetime.now(timezone.utc)).total_seconds()


class TokenReader:
    """One per connection and process; threads may share it."""

    def __init__(self, connection, secret_prefix="zoho", client=None):
        self._secret_id = f"{secret_prefix}/{connection}/token"
        self._client = client or boto3.client(
            "secretsmanager", config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})
        )
        self._lock = threading.Lock()
        self._token = None
        self._refused = None
        self._read_again_at = 0.0
        self._problem = ""

    def get(self):
        """Gives a living token, mostly from memory: call it for every request and keep nothing."""
        with self._lock:  # one read, however many threads wait
            if time.time() >= self._read_again_at:
                self._read()
            if not self._is_usable(self._token):
                raise TokenUnavailable(f"{self._secret_id} {self._problem}")
            return self._token

    def replace(self, refused):
        """Tells that Zoho refused a token, and gives another: the secret is read once for it."""
        header = refused.headers["Authorization"]
        with self._lock:
            if self._token is not None and self._token.headers["Authorization"] == header != self._refused:
                self._refused = header
                self._read_again_at = 0.0
        return self.get()

    def _read(self):
        self._read_again_at = time.time() + random.uniform(RETRY_SECONDS / 2, RETRY_SECONDS)
        try:
            text = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
            token = Token(json.loads(text))
        except Exception as fault:  # the old token serves as long as it lives
            # Only the kind of the fault: a parser's message would quote the secret.
            self._problem = f"cannot be read: {type(fault).__name__}"
            return
        self._problem = "holds no living token"
        if self._is_usable(token):
            self._token = token
            cached = min(random.uniform(60, 120), token.seconds_left - MARGIN_SECONDS)
            self._read_again_at = time.time() + cached

    def _is_usable(self, token):
        return (
            token is not None
            and token.seconds_left > MARGIN_SECONDS
            and token.headers["Authorization"] != self._refused
        )


class _Hidden(dict):
    def __repr__(self):
        return "{[secret]}"
