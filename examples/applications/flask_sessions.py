"""Flask-Session with its sessions in DynamoDB: a basket that fills, a login, a logout."""

from __future__ import annotations

import connecting
from flask import Flask, session
from flask_session import Session

app = Flask(__name__)
app.config.update(
    SECRET_KEY="example",
    SESSION_TYPE="dynamodb",
    SESSION_DYNAMODB=connecting.resource(),
    SESSION_DYNAMODB_TABLE="sessions",
)
Session(app)


@app.route("/put/<thing>")
def put(thing: str) -> str:
    session.setdefault("basket", []).append(thing)
    session.modified = True
    return str(len(session["basket"]))


@app.route("/basket")
def basket() -> str:
    return ", ".join(session.get("basket", []))


@app.route("/login/<name>")
def login(name: str) -> str:
    app.session_interface.regenerate(session)
    session["user"] = name
    return name


@app.route("/logout")
def logout() -> str:
    session.clear()
    return "bye"


for visitor in range(4):
    browser = app.test_client()
    for thing in ("lamp", "chair", "table")[: visitor + 1]:
        browser.get(f"/put/{thing}")
    browser.get(f"/login/visitor-{visitor}")
    assert "lamp" in browser.get("/basket").text
    browser.get("/logout")
    assert browser.get("/basket").text == ""
print("flask sessions: done")
