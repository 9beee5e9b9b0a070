#!/usr/bin/python3
"""What up.sh does over HTTP and in the databases. Needs Python's standard library only."""

import base64
import contextlib
import json
import os
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request

START_SECONDS = 120
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ports(count):
    """Prints free ports of 127.0.0.1, a line each."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(count))]
    for s in sockets:
        print(s.getsockname()[1])


def keys(*folders):
    """Writes the Fernet keys 0 (next) and 1 (current) into each folder, as `keystone-manage fernet_setup` does."""
    for folder in folders:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for name in "01":
            fd = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "wb") as f:
                f.write(base64.urlsafe_b64encode(os.urandom(32)))


def wal(*files):
    """Lets readers and a writer use a database at once; otherwise two requests end in "database is locked"."""
    for name in files:
        with contextlib.closing(sqlite3.connect(name)) as db:
            mode = db.execute("pragma journal_mode=wal").fetchone()[0]
            if mode != "wal":
                sys.exit(f"{name}: journal mode {mode}, want wal")


def settle(*files):
    """Moves what is still in a database's journal into its file, so that the file can be copied."""
    for name in files:
        with contextlib.closing(sqlite3.connect(name)) as db:
            db.execute("pragma wal_checkpoint(truncate)")


def relocate(file, keystone, glance):
    """Points the service catalogue at this run's ports."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        for kind, url in (("identity", keystone), ("image", glance)):
            db.execute("update endpoint set url=? where service_id in (select id from service where type=?)", (url, kind))
        db.commit()


def request(method, url, body=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    req = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    if token:
        req.add_header("X-Auth-Token", token)
    with opener.open(req, timeout=30) as answer:
        text = answer.read()
        return answer.headers, json.loads(text) if text.startswith(b"{") else None


def wait(name, pid, url, output):
    """Returns when url answers; gives up when the server is dead or START_SECONDS have passed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not os.path.exists(f"/proc/{pid}"):
            with open(output, errors="replace") as f:
                sys.exit(f"{name} ended while starting: {f.read()[-2000:]}")
        try:
            request("GET", url)
            return
        except OSError:  # URLError and HTTPError are OSErrors too
            time.sleep(0.1)
    sys.exit(f"{name} does not answer at {url} after {START_SECONDS} s, see {output}")


def register(keystone, glance):
    """Adds the projects, users and roles of templates/clouds.yaml, and the image service."""
    admin = {"name": "admin", "domain": {"id": "default"}}
    headers, _ = request("POST", f"{keystone}/auth/tokens", {"auth": {
        "identity": {"methods": ["password"], "password": {"user": {**admin, "password": "admin-s3cret"}}},
        "scope": {"project": admin}}})
    token = headers["X-Subject-Token"]

    def create(kind, **fields):
        return request("POST", f"{keystone}/{kind}s", {kind: fields}, token)[1][kind]["id"]

    def grant(project, user, role):
        request("PUT", f"{keystone}/projects/{project}/users/{user}/roles/{role}", token=token)

    roles = {r["name"]: r["id"] for r in request("GET", f"{keystone}/roles", token=token)[1]["roles"]}
    service = create("project", name="service", domain_id="default")
    research = create("project", name="research", domain_id="default")
    grant(service, create("user", name="glance", password="glance", domain_id="default"), roles["admin"])
    grant(research, create("user", name="member", password="member-s3cret", domain_id="default"), roles["member"])
    image = create("service", type="image", name="glance")
    create("endpoint", service_id=image, interface="public", url=glance, region_id="RegionOne")


if __name__ == "__main__":
    commands = {f.__name__: f for f in (ports, keys, wal, settle, relocate, wait, register)}
    commands[sys.argv[1]](*sys.argv[2:])
