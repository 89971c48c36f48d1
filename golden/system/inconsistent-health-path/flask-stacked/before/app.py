from flask import Flask, jsonify, request

app = Flask(__name__)


@app.before_request
def token():
    if request.path == "/healthz":
        return None
    if "Authorization" not in request.headers:
        return jsonify(error="who are you"), 401


@app.route("/healthz")
def healthz():
    return jsonify(status="ok")
