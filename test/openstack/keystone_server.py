#!/usr/bin/python3
"""Serves Keystone on 127.0.0.1:PORT.

Debian's keystone-wsgi-public answers one connection at a time, so that a client which opens a connection and stays
silent stops the cloud. This server gives each connection a thread, and closes it after one answer.
"""

import socketserver
import sys
from wsgiref import simple_server

from keystone.server.wsgi import initialize_public_application


class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Handler(simple_server.WSGIRequestHandler):
    def address_string(self):
        return self.client_address[0]  # no look-up of names


port = int(sys.argv.pop(1))  # Keystone reads what is left of the command line
server = simple_server.make_server(
    "127.0.0.1", port, initialize_public_application(), Server, Handler)
server.serve_forever()
