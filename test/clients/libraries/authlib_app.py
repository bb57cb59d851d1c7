import os
import flask
from urllib.parse import urlencode

PORT = int(os.environ["PORT"])
ISSUER = os.environ["ISSUER"]
origin = f"http://localhost:{PORT}"
# docs: settings
from authlib.integrations.flask_client import OAuth

app = flask.Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
gatepost = OAuth(app).register(
    "gatepost",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={
        "scope": "openid email profile offline_access",
        "code_challenge_method": "S256",
    },
)


@app.get("/login")
def login():
    return gatepost.authorize_redirect(f"{origin}/callback")


@app.get("/callback")
def callback():
    token = gatepost.authorize_access_token()
    flask.session["token"] = {name: token[name] for name in ("access_token", "refresh_token", "id_token")}
    return flask.redirect("/me")
# docs: end


@app.get("/me")
def me():
    return dict(gatepost.userinfo(token=flask.session["token"] | {"token_type": "Bearer"}))


@app.get("/refresh")
def refresh():
    token = gatepost.fetch_access_token(
        grant_type="refresh_token", refresh_token=flask.session["token"]["refresh_token"]
    )
    return dict(gatepost.userinfo(token=token))


@app.get("/logout")
def logout():
    hint = {"id_token_hint": flask.session["token"]["id_token"]}
    query = urlencode(hint | {"post_logout_redirect_uri": f"{origin}/bye"})
    return flask.redirect(f"{ISSUER}/oauth2/logout?{query}")


app.get("/ready", endpoint="ready")(lambda: {})
app.get("/bye", endpoint="bye")(lambda: {"left": True})
app.config["SESSION_COOKIE_NAME"] = "app"
app.run("127.0.0.1", PORT, threaded=True)
