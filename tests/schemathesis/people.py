"""Signs schemathesis in, and again before its token ends: tests/README.md says how it is run."""

import json
import os
import urllib.request

import schemathesis

SERVER = os.environ["TRADEPOST_SERVER"]


@schemathesis.auth(refresh_interval=240)
class Person:
    """The demo person whose e-mail is in TRADEPOST_EMAIL."""

    def get(self, case, context):
        body = json.dumps({"email": os.environ["TRADEPOST_EMAIL"], "password": "try the trading post"}).encode()
        request = urllib.request.Request(
            SERVER + "/api/v1/auth/login", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
