from flask import Flask
from flask.views import MethodView
from flask_smorest import Blueprint

app = Flask(__name__)
ops = Blueprint("ops", __name__)


@ops.route("/healthz")
class Health(MethodView):
    def get(self):
        return {"status": "ok"}


app.register_blueprint(ops)
