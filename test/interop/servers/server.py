"""A small web server around a SAML library of Python, which reads and writes every message:

    python3 test/interop/servers/server.py pysaml2|lasso SETTINGS.json

GET /metadata     GET or POST /sso     GET /unsolicited?sp=ENTITY_ID     POST /login

It keeps no session: each login asks for the password. One request at a time.
"""
import base64
import html
import importlib
import json
import re
import secrets
import sys
import traceback
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlparse

LOGINS = {}
REQUEST_SECONDS = 20


def provider_of(entity_id):
    return next(one for one in SETTINGS["providers"] if one["entityID"] == entity_id)


def issuer_of(method, fields):
    """Whose request it is. The library then reads it with that provider's settings."""
    octets = base64.b64decode(fields["SAMLRequest"])
    text = (zlib.decompress(octets, -15) if method == "GET" else octets).decode()
    return html.unescape(re.search(r"<(?:\w+:)?Issuer[^>]*>([^<]*)<", text).group(1))


def ask_for_password(login):
    token = secrets.token_urlsafe(12)
    LOGINS[token] = login
    return (
        f'<form method="post" action="/login"><input type="hidden" name="token" value="{token}">'
        '<input name="username"><input name="password" type="password">'
        '<button type="submit" name="action" value="login">Sign in</button>'
        '<button type="submit" name="action" value="cancel">Cancel</button></form>'
    )


def complete(fields):
    login = LOGINS.pop(fields["token"])
    person = next(one for one in SETTINGS["people"] if one["username"] == fields["username"])
    if fields["action"] == "cancel":
        person = None
    elif person["password"] != fields["password"]:
        raise ValueError("wrong password")
    answer = BACKEND.respond(login["provider"], login["request"], person)
    inputs = {"SAMLResponse": answer, "RelayState": login["relay_state"]}
    shown = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in inputs.items()
        if value is not None
    )
    url = html.escape(login["provider"]["acsURL"])
    return f'<form method="post" action="{url}">{shown}<button type="submit">Go on</button></form>'


class Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_SECONDS

    def answer(self):
        url = urlparse(self.path)
        raw = url.query
        if self.command == "POST":
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        fields = dict(parse_qsl(raw, keep_blank_values=True))
        if url.path == "/metadata":
            return BACKEND.METADATA
        if url.path == "/login":
            return complete(fields)
        login = {"relay_state": fields.get("RelayState")}
        if url.path == "/sso":
            provider = provider_of(issuer_of(self.command, fields))
            request = BACKEND.read_request(self.command, raw, fields, provider)
            return ask_for_password({**login, "provider": provider, "request": request})
        provider = provider_of(fields["sp"])
        return ask_for_password({**login, "provider": provider, "request": None})

    def reply(self):
        try:
            status, body = 200, self.answer()
        except Exception as error:  # whatever the library says
            traceback.print_exc()
            status, body = 400, f"{type(error).__name__}: {html.escape(str(error))}"
        octets = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    do_GET = do_POST = reply


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        SETTINGS = json.load(file)
    BACKEND = importlib.import_module(f"backend_{sys.argv[1]}")
    BACKEND.prepare(SETTINGS)
    HTTPServer(("127.0.0.1", SETTINGS["port"]), Handler).serve_forever()
