import os
import flask
from urllib.parse import urlencode

PORT = int(os.environ["PORT"])
ISSUER = os.environ["ISSUER"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
origin = f"http://localhost:{PORT}"
# Plain http is for a developer's machine alone.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
app = flask.Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
app.config["SESSION_COOKIE_NAME"] = "app"
# docs: settings
from requests_oauthlib import OAuth2Session

SCOPE = ["openid", "email", "profile", "offline_access"]


@app.get("/login")
def login():
    client = OAuth2Session(CLIENT_ID, scope=SCOPE, redirect_uri=f"{origin}/callback")
    # It sends no PKCE: register the app with `--pkce optional`. The nonce is the app's to compare.
    flask.session["nonce"] = os.urandom(16).hex()
    url, state = client.authorization_url(
        f"{ISSUER}/oauth2/authorize", nonce=flask.session["nonce"]
    )
    flask.session["state"] = state
    return flask.redirect(url)


@app.get("/callback")
def callback():
    client = OAuth2Session(
        CLIENT_ID, state=flask.session["state"], redirect_uri=f"{origin}/callback"
    )
    token = client.fetch_token(
        f"{ISSUER}/oauth2/token",
        authorization_response=flask.request.url,
        client_secret=CLIENT_SECRET,
    )
    if claims_of(token["id_token"])["nonce"] != flask.session["nonce"]:
        flask.abort(400)
    flask.session["token"] = dict(token)
    return flask.redirect("/me")


def claims_of(id_token):
    """Of a token that came from the token endpoint itself (OpenID Connect Core 1.0 §3.1.3.7)."""
    import base64, json

    part = id_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
# docs: end


def userinfo(token):
    return OAuth2Session(CLIENT_ID, token=token).get(f"{ISSUER}/oauth2/userinfo").json()


@app.get("/me")
def me():
    return userinfo(flask.session["token"])


@app.get("/refresh")
def refresh():
    client = OAuth2Session(CLIENT_ID, token=flask.session["token"])
    return userinfo(
        client.refresh_token(
            f"{ISSUER}/oauth2/token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )
    )


@app.get("/logout")
def logout():
    hint = {"id_token_hint": flask.session["token"]["id_token"]}
    query = urlencode(hint | {"post_logout_redirect_uri": f"{origin}/bye"})
    return flask.redirect(f"{ISSUER}/oauth2/logout?{query}")


app.get("/ready", endpoint="ready")(lambda: {})
app.get("/bye", endpoint="bye")(lambda: {"left": True})
app.run("127.0.0.1", PORT, threaded=True)
