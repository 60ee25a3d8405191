"""The guide's app: chat transfer and closure in SalesIQ, callback creation in Desk."""

import json
import os
import urllib.error
import urllib.request
from datetime import datetime, timezone

from zoho_tokens import TokenReader

# The refresher's Lambda, if this app may ask it for a refresh.
refresher = os.environ.get("REFRESHER_FUNCTION", "")

visitors = TokenReader("salesiq-visitor", refresh_function=refresher)
operators = TokenReader("salesiq", refresh_function=refresher)
desk = TokenReader("desk", refresh_function=refresher)


def transfer_chat(question, visitor):
    """Hands a chat over to the operators of a department; gives the conversation."""
    return _send(visitors, "POST", "/api/visitor/v1/{screen_name}/conversations", lambda settings: {
        "app_id": settings["app_id"],
        "department_id": settings["department_id"],
        "question": question,
        "visitor": visitor,
    })


def close_chat(conversation_id):
    """Closes a conversation by its numeric id."""
    return _send(operators, "PUT", f"/api/v2/{{screen_name}}/conversations/{conversation_id}/close")


def create_callback(contact_id, subject):
    """Creates a callback for a contact; gives the call record."""
    return _send(desk, "POST", "/api/v1/calls", lambda settings: {
        "departmentId": settings["department_id"],
        "contactId": contact_id,
        "subject": subject,
        "startTime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "direction": "outbound",
        "duration": "0",
        "status": "Scheduled",
    })


def _send(reader, method, path, body=None):
    """Makes a call; after a refused token once more, with another."""
    status, answer = reader.with_token(lambda token: _call(token, method, path, body))
    if status >= 400 or "error" in answer:  # SalesIQ sends some errors with status 200
        raise RuntimeError(f"Zoho answered {status}: {answer}")
    return answer.get("data", answer)


def _call(token, method, path, body):
    """Headers, host and settings come from the secret."""
    request = urllib.request.Request(
        token.base_url + path.format(**token.settings),
        method=method,
        headers={**token.headers, "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body(token.settings)).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as refusal:
        try:
            return refusal.code, json.loads(refusal.read())
        except ValueError:
            return refusal.code, {}
