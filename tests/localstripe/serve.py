"""localstripe on a port of this machine, for the tests of the gateway's client.

What it leaves out of Stripe's API and the client relies on is added here, in the shape that Stripe documents:
the description of a charge, and charges listed by customer and by time.
"""

import sys

from aiohttp import web
from localstripe import resources, server

Intent = resources.PaymentIntent
make = Intent.__init__


def init(self, description=None, statement_descriptor_suffix=None, **given):
    make(self, **given)
    self.description = description
    self.statement_descriptor_suffix = statement_descriptor_suffix


def listed(cls, url, customer=None, created=None, limit=None, starting_after=None):
    found = super(Intent, cls)._api_list_all(url, limit=limit, starting_after=starting_after)
    since, before = (int((created or {}).get(key, unless)) for key, unless in (("gte", 0), ("lt", 1 << 60)))
    found._list = [
        one
        for one in found._list
        if customer in (None, one.customer) and since <= one.created < before
    ]
    return found


Intent.__init__ = init
Intent._api_list_all = classmethod(listed)
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
