"""Reads the living Zoho token of a connection from Secrets Manager.

One file to copy into an app; needs boto3 and Python 3.10 or newer. Behaves like the Node reader: both are held to
the same table of cases.

    desk = TokenReader("desk", refresh_function="zoho-token-refresher")
    response = desk.with_token(lambda token: requests.get(f"{token.base_url}/api/v1/departments", headers=token.headers))
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Generic, Literal, TypeVar

__all__ = ["Incident", "Token", "TokenReader", "TokenUnavailable", "is_token_refused"]

CACHE_SECONDS = (60.0, 120.0)  # a token that was read is served for so long without another look, drawn anew each time
MARGIN_SECONDS = 30.0  # a token this close to its end is not handed out: the call has to travel, and clocks differ
LONGEST_LIFE_SECONDS = 86_400.0  # a document that claims more was not written by the refresher
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # between reads that bring nothing usable; the last one repeats
VERDICT_SECONDS = 120.0  # how long the refresher's word that a refused token lives is believed
REFUSAL_SECONDS = (10.0, 30.0, 60.0, 120.0)  # a refused token is held back so long if no other came of it
HEALING_SECONDS = (1.0, 2.0, 4.0)  # looks at the secret while another run of the refresher is at Zoho
LONGEST_READ_SECONDS = 10.0  # credentials and one retry included
LONGEST_RECOVERY_SECONDS = 45.0  # two reads, the refresher's answer, and the looks after it
REMEMBERED_TOKENS = 20
LONGEST_ERROR_BODY = 2_048  # Zoho's errors have about 100 bytes

Reason = Literal["nothing_stored", "expired", "rejected", "unreadable"]
_SENTENCES: dict[Reason, str] = {
    "nothing_stored": "the secret holds no token yet",
    "expired": "the stored token has expired",
    "rejected": "Zoho refuses the stored token",
    "unreadable": "the secret cannot be read",
}
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Incident:
    """Why a connection has no fresh token, as the refresher recorded it; the runbook explains the code."""

    since: datetime
    code: str
    message: str


class TokenUnavailable(Exception):
    """There is no living token; on-call engineers know, or soon will. Worth a retry after seconds, e.g. as a 503."""

    def __init__(
        self,
        subject: str,
        reason: Reason,
        since: datetime,
        *,
        fault: str = "",
        ask_fault: str = "",
        record_fault: str = "",
        incident: Incident | None = None,
    ) -> None:
        self.reason = reason
        self.since = since
        self.incident = incident
        parts = [f"no living Zoho token for {subject}: {_SENTENCES[reason]} since {_iso(since)}"]
        if fault:
            parts.append(f" ({fault})")
        if ask_fault:
            parts.append(f"; the refresher could not be asked ({ask_fault})")
        if record_fault:
            parts.append(f"; what the refresher recorded cannot be read ({record_fault})")
        if incident:
            parts.append(f"; the refresher reports {incident.code} since {_iso(incident.since)}: {incident.message}")
        super().__init__("".join(parts))


class _Hidden(str):
    """A text that shows itself to nobody who only prints what it is in."""

    def __repr__(self) -> str:
        return "'[secret]'"


class _HiddenDict(dict[str, str]):
    def __repr__(self) -> str:
        return "{[secret]}"


@dataclass(frozen=True)
class Token:
    """Print it without fear: the token itself shows only as `access_token` or in `headers`."""

    connection: str
    service: str
    issued_at: datetime
    expires_at: datetime
    base_url: str
    settings: Mapping[str, str]
    _access_token: _Hidden

    @property
    def access_token(self) -> str:
        return str(self._access_token)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every call needs; a fresh dict each time."""
        headers = _HiddenDict(Authorization=f"Zoho-oauthtoken {self._access_token}")
        if self.service == "desk" and "org_id" in self.settings:
            headers["orgId"] = self.settings["org_id"]
        return headers


class TokenReader:
    """Hands out the living token of one connection. Make one per connection and process; threads may share it.

    connection: name in connections.json. secret_id: name or ARN instead, e.g. of a secret in another account.
    refresh_function: the refresher's Lambda, asked when Zoho refuses a token before its end.
    client, lambda_client: boto3 clients; by default made with the first read.
    now, draw, sleep: time and chance, for tests.
    """

    def __init__(
        self,
        connection: str = "",
        *,
        secret_prefix: str = "zoho",
        secret_id: str = "",
        refresh_function: str = "",
        client: Any = None,
        lambda_client: Any = None,
        now: Callable[[], float] = time.time,
        draw: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not (connection or secret_id):
            raise ValueError("a reader is of a connection or of a secret")
        self.secret_id = secret_id or f"{secret_prefix}/{connection}/token"
        self._refresh_function = refresh_function
        self._client = client
        self._lambda_client = lambda_client
        self._now, self._draw, self._sleep = now, draw, sleep
        # Guards the fields below for a few instructions. It is never held while anything is read, asked or waited for.
        self._lock = threading.RLock()
        self._token: Token | None = None
        self._served: tuple[Token, float, float] | None = None  # token, from, until: read without the lock
        self._read_at = 0.0
        self._next_read_at = 0.0
        self._fruitless_reads = 0
        self._fault = ""
        self._fault_since = 0.0
        self._record: tuple[Incident | None, str] = (None, "")  # or why it cannot be read
        self._is_expired = False
        self._verdicts: dict[str, _Verdict] = {}
        self._reading: _Flight[None] | None = None
        self._recoveries: dict[str, _Flight[Token | None]] = {}
        forget = weakref.WeakMethod(self._after_fork)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def get(self) -> Token:
        """Gives a living token, mostly from memory: call it for every request and keep nothing.

        Raises TokenUnavailable when there is none; nothing else.
        """
        served = self._served
        if served is not None and served[1] <= self._now() < served[2]:
            return served[0]
        now = self._now()
        with self._lock:
            must_wait = self._usable() is None or self._is_expired or now < self._read_at
            is_due = self._is_expired or now >= self._next_read_at or now < self._read_at
            self._is_expired = False
        if is_due:
            self._read(in_background=not must_wait)
        elif must_wait and (reading := self._reading):
            reading.wait(LONGEST_READ_SECONDS)
        if token := self._usable():
            return token
        with self._lock:
            recoveries = list(self._recoveries.values())
        for recovery in recoveries:
            recovery.wait(LONGEST_RECOVERY_SECONDS)
        if token := self._usable():
            return token
        raise self._unavailable()

    def with_token(
        self, call: Callable[[Token], _Result], is_refused: Callable[[object], bool] | None = None
    ) -> _Result:
        """Runs a call to Zoho with a living token, and once more with another if Zoho refuses the first."""
        token = self.get()
        result, fault, refused = self._attempt(call, token, is_refused)
        if refused and (other := self.replace(token)) is not None:
            result, fault, refused = self._attempt(call, other, is_refused)
            if refused:  # not tried a third time, but not handed out again either
                threading.Thread(target=self._replace_quietly, args=(other,), daemon=True).start()
        if fault is not None:
            raise fault
        return result  # type: ignore[return-value]

    def replace(self, refused: Token) -> Token | None:
        """Tells that Zoho refused a token, and gives another.

        Returns None if the refresher found within the last two minutes that the token lives: the refusal has another
        reason. Raises TokenUnavailable when there is no other.
        """
        secret = refused.access_token
        with self._lock:
            verdict = self._standing(secret)
            if verdict and verdict.lives:
                return None
            usable = self._usable()
            if usable and usable.access_token != secret:
                return usable  # another call has been through this already
            flight = self._recoveries.get(secret)
            is_first = flight is None and verdict is None
            if is_first:
                flight = self._recoveries[secret] = _Flight()
                self._judge(secret, until=float("inf"), refusals=1)
        if flight is None:  # this refusal is known already
            return self.get()
        if is_first:
            try:
                flight.result = self._recover(refused)
            except TokenUnavailable as fault:
                flight.fault = fault
            finally:
                with self._lock:
                    self._recoveries.pop(secret, None)
                flight.end()
        elif not flight.wait(LONGEST_RECOVERY_SECONDS):
            raise self._unavailable()
        if flight.fault is not None:
            raise flight.fault
        return flight.result

    def expire(self) -> None:
        """Makes the next get look at the secret."""
        with self._lock:
            self._served = None
            self._is_expired = True

    def _attempt(
        self, call: Callable[[Token], _Result], token: Token, is_refused: Callable[[object], bool] | None
    ) -> tuple[_Result | None, Exception | None, bool]:
        result: _Result | None = None
        fault: Exception | None = None
        try:
            result = call(token)
        except Exception as raised:
            fault = raised
        try:
            refused = bool((is_refused or is_token_refused)(result if fault is None else fault))
        except Exception:  # a judge that fails proves nothing about the token
            refused = False
        return result, fault, refused

    def _replace_quietly(self, token: Token) -> None:
        try:
            self.replace(token)
        except TokenUnavailable:
            pass

    def _recover(self, refused: Token) -> Token | None:
        """Looks at the secret, then asks the refresher, then looks again. What comes of it holds only for a while."""
        self._read_anew()
        if token := self._usable():
            return token
        answer, ask_fault = self._ask(refused.connection) if self._refresh_function else (None, "")
        pauses = HEALING_SECONDS if answer == "being healed" else () if answer is None and not ask_fault else (0.0,)
        for pause in pauses:
            if pause:
                self._sleep(pause * (1 - self._draw() / 2))
            self._read_anew()
            if token := self._usable():
                return token
        if answer == "fresh":
            self._judge(refused.access_token, until=self._now() + VERDICT_SECONDS, lives=True)
            with self._lock:
                self._serve()
            return None
        with self._lock:
            verdict = self._verdicts.get(refused.access_token)
            refusals = verdict.refusals if verdict else 1
            pause = REFUSAL_SECONDS[min(refusals, len(REFUSAL_SECONDS)) - 1]
            self._judge(refused.access_token, until=self._now() + pause)
        raise self._unavailable(ask_fault)

    def _ask(self, connection: str) -> tuple[str | None, str]:
        """Asks the refresher about a refused token; gives its answer, or why it could not be asked."""
        doing = f"Invoke of {self._refresh_function}"
        try:
            self._lambda_client = self._lambda_client or _make_client("lambda", read_timeout=20, attempts=1)
            payload = json.dumps({"connections": [connection], "reason": "unauthorized"})
            answer = self._lambda_client.invoke(FunctionName=self._refresh_function, Payload=payload.encode())
            if answer.get("FunctionError"):
                return "no help", ""
            results = json.loads(answer["Payload"].read()).get("connections") or []
        except Exception as fault:
            # So many instances ask at once that Lambda turns some away: one of the others is being served.
            if _aws_code(fault) == "TooManyRequestsException":
                return "being healed", ""
            return None, _printable(doing, fault)
        result: dict[str, Any] = next((each for each in results if each.get("connection") == connection), {})
        outcome = result.get("outcome")
        if outcome == "refreshed":
            return outcome, ""
        # Unknown is not healthy: a probe that could not tell proves nothing.
        if outcome == "fresh" and result.get("probe") not in ("cannot_tell", "rejected"):
            return outcome, ""
        return ("being healed" if outcome == "waiting" and result.get("code") is None else "no help"), ""

    def _read_anew(self) -> None:
        """A read that begins now, after the one in flight."""
        if reading := self._reading:
            reading.wait(LONGEST_READ_SECONDS)
        self._read(in_background=False)

    def _read(self, in_background: bool) -> None:
        """One read in flight, however many wait for it."""
        with self._lock:
            flight = self._reading
            is_first = flight is None
            if flight is None:
                flight = self._reading = _Flight()
        if not is_first:
            if not in_background:
                flight.wait(LONGEST_READ_SECONDS)
            return
        if in_background:
            try:
                threading.Thread(target=self._read_and_keep, args=(flight,), daemon=True).start()
                return
            except RuntimeError:  # no more threads, e.g. while the interpreter ends
                pass
        self._read_and_keep(flight)

    def _read_and_keep(self, flight: _Flight[None]) -> None:
        text, fault = self._read_secret("AWSCURRENT")
        token = None if text is None else _parse_token(text)
        with self._lock:
            self._fault = fault
            self._keep(token)
            is_lacking = self._usable() is None
        record: tuple[Incident | None, str] = (None, "")
        if is_lacking and not fault:  # the record only explains: it is read when there is something to explain
            text, record_fault = self._read_secret("INCIDENT")
            record = (None if text is None else _parse_incident(text)), record_fault
        with self._lock:
            self._record = record
            self._reading = None
        flight.end()

    def _read_secret(self, label: str) -> tuple[str | None, str]:
        """Gives the value, or why it cannot be read; neither if it does not exist."""
        try:
            self._client = self._client or _make_client("secretsmanager", read_timeout=3, attempts=2)
            answer = self._client.get_secret_value(SecretId=self.secret_id, VersionStage=label)
            return answer.get("SecretString", ""), ""
        except Exception as fault:
            if _aws_code(fault) == "ResourceNotFoundException":
                return None, ""
            return None, _printable(f"GetSecretValue of {self.secret_id}", fault)

    def _keep(self, token: Token | None) -> None:
        if token is not None and (self._is_usable(token) or self._usable() is None):
            self._token = token
        now = self._now()
        if self._is_usable(token):
            self._fruitless_reads = 0
            self._fault_since = 0.0
            self._serve()
            return
        pause = RETRY_SECONDS[min(self._fruitless_reads, len(RETRY_SECONDS) - 1)]
        self._read_at = now
        self._next_read_at = now + pause * (1 - self._draw() / 2)
        self._fruitless_reads += 1
        self._fault_since = self._fault_since or now
        usable = self._usable()
        self._served = (usable, now, min(self._next_read_at, _end_of(usable))) if usable else None

    def _serve(self) -> None:
        usable = self._usable()
        if usable is None:
            return
        self._read_at = now = self._now()
        least, most = CACHE_SECONDS
        self._next_read_at = min(now + least + self._draw() * (most - least), _end_of(usable))
        self._served = (usable, now, self._next_read_at)

    def _usable(self) -> Token | None:
        token = self._token
        return token if self._is_usable(token) else None

    def _is_usable(self, token: Token | None) -> bool:
        if token is None or self._now() >= _end_of(token):
            return False
        verdict = self._standing(token.access_token)
        return verdict is None or verdict.lives

    def _standing(self, secret: str) -> _Verdict | None:
        """The verdict that holds now."""
        with self._lock:
            verdict = self._verdicts.get(secret)
        return verdict if verdict and verdict.since <= self._now() < verdict.until else None

    def _judge(self, secret: str, *, until: float, refusals: int = 0, lives: bool = False) -> None:
        with self._lock:
            old = self._verdicts.get(secret)
            since = self._now() if lives or old is None or old.lives else old.since
            count = 0 if lives else (old.refusals if old else 0) + refusals
            self._verdicts[secret] = _Verdict(since, count, until, lives)
            while len(self._verdicts) > REMEMBERED_TOKENS:
                del self._verdicts[next(iter(self._verdicts))]
            if not lives and self._token and self._token.access_token == secret:
                self._served = None

    def _unavailable(self, ask_fault: str = "") -> TokenUnavailable:
        token, fault = self._token, self._fault
        incident, record_fault = self._record
        reason: Reason
        if token and self._now() >= _end_of(token):
            reason, since = "expired", token.expires_at
        elif token and (verdict := self._standing(token.access_token)):
            reason, since = "rejected", _instant(verdict.since)
        else:
            reason, since = ("unreadable" if fault else "nothing_stored"), _instant(self._fault_since or self._now())
        return TokenUnavailable(
            self.secret_id, reason, since, fault=fault, ask_fault=ask_fault, record_fault=record_fault, incident=incident
        )

    def _after_fork(self) -> None:
        """A child of a fork has none of its parent's threads: what they had begun will never end."""
        self._lock = threading.RLock()
        self._reading = None
        self._recoveries = {}


def is_token_refused(result: object) -> bool:
    """Whether an answer or an exception of an HTTP client says that Zoho refused the token.

    Knows what requests, httpx and urllib return or raise, a pair of status and body, and a parsed body itself. A 401
    counts unless its body can be seen and says something else. Missing scopes do not count.
    """
    if isinstance(result, tuple) and len(result) == 2:
        return _says_refused(*result)
    answer = getattr(result, "response", None)
    answer = result if answer is None else answer
    if isinstance(answer, dict):
        return _says_refused(None, answer)
    status = next((found for name in ("status_code", "status", "code") if (found := getattr(answer, name, None))), None)
    # Only of an answer that was read already: a stream is left to the caller.
    text = getattr(answer, "text", None) if getattr(answer, "_content", None) else None
    if not isinstance(text, str) or status not in (200, 400, 401):
        return _says_refused(status, None)
    return _says_refused(status, text if len(text) <= LONGEST_ERROR_BODY else {})


def _says_refused(status: object, body: object) -> bool:
    if isinstance(body, (str, bytes)) and body:
        body = _parse(body) or {}
    if not isinstance(body, dict):
        return status == 401
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return body.get("errorCode") in ("INVALID_OAUTH", "UNAUTHORIZED") or code == 1008


@dataclass(frozen=True)
class _Verdict:
    """What is known of a token that Zoho once refused; it ends."""

    since: float
    refusals: int
    until: float
    lives: bool


class _Flight(Generic[_Result]):
    """Something under way that several threads wait for."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self.result: _Result | None = None
        self.fault: TokenUnavailable | None = None

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def end(self) -> None:
        self._done.set()


def _make_client(service: str, read_timeout: int, attempts: int) -> Any:
    import boto3  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from botocore.config import Config  # type: ignore[import-untyped,import-not-found,unused-ignore]

    config = Config(connect_timeout=1, read_timeout=read_timeout, retries={"total_max_attempts": attempts})
    # boto3 itself knows AWS_DEFAULT_REGION alone; Lambda and ECS set AWS_REGION. The default session is for one thread.
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None
    return boto3.session.Session().client(service, region_name=region, config=config)


def _parse(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _parse_token(text: str) -> Token | None:
    """None for any value that is not a token document. The reason is left out, since it would quote the secret."""
    document = _parse(text)
    if not isinstance(document, dict):
        return None
    fields = [document.get(name) for name in ("connection", "service", "base_url", "access_token")]
    if not all(isinstance(field, str) for field in fields) or not document["access_token"]:
        return None
    issued_at, expires_at = _parse_instant(document.get("issued_at")), _parse_instant(document.get("expires_at"))
    if issued_at is None or expires_at is None:
        return None
    if (expires_at - issued_at).total_seconds() > LONGEST_LIFE_SECONDS:
        return None
    found = document.get("settings")
    settings = {str(k): v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
    connection, service, base_url, access_token = (str(field) for field in fields)
    return Token(connection, service, issued_at, expires_at, base_url, settings, _Hidden(access_token))


def _parse_incident(text: str) -> Incident | None:
    document = _parse(text)
    incident = document.get("incident") if isinstance(document, dict) else None
    if not isinstance(incident, dict):
        return None
    since, code, message = _parse_instant(incident.get("since")), incident.get("code"), incident.get("message")
    if since is None or not isinstance(code, str):
        return None
    return Incident(since, code, message if isinstance(message, str) else "")


def _parse_instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)


def _end_of(token: Token) -> float:
    return token.expires_at.timestamp() - MARGIN_SECONDS


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _iso(instant: datetime) -> str:
    return instant.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _aws_code(fault: BaseException) -> str:
    response = getattr(fault, "response", None)
    error = response.get("Error") if isinstance(response, dict) else None
    return str(error.get("Code", "")) if isinstance(error, dict) else ""


# botocore's words about this process alone; they quote nothing that was received.
_OWN_WORDS = ("NoRegionError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "ModuleNotFoundError")


def _printable(doing: str, fault: BaseException) -> str:
    """A fault of boto3 reduced to what may be printed: AWS's refusals in full, of others name and system code."""
    name = type(fault).__name__
    if code := _aws_code(fault):
        message = getattr(fault, "response")["Error"].get("Message", "")
        return f"{doing}: {code}: {message}"
    if name in _OWN_WORDS:
        return f"{doing}: {name}: {fault}"
    return " ".join([f"{doing}: {name}", *dict.fromkeys(_system_codes(fault))])


def _system_codes(fault: BaseException | None, depth: int = 0) -> Iterator[str]:
    """Names of what lies below, e.g. NameResolutionError; never their words."""
    if fault is None or depth > 3:
        return
    if depth:
        yield type(fault).__name__
    inner = getattr(fault, "kwargs", {}).get("error") if isinstance(getattr(fault, "kwargs", None), dict) else None
    yield from _system_codes(inner or fault.__cause__ or fault.__context__, depth + 1)
