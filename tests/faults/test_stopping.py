"""Told to stop, the server finishes what it is answering, takes nothing new, and ends well."""

import http.client
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import psycopg2
from live_site import ROOT
from PIL import Image as Pillow
from staff_client import Staff, Window, picture_parts

ON = os.environ["TEST_ON"]


def holds_the_post(site, pk: int):
    """A connection to the site's database that holds a post until it is closed."""
    if ON == "sqlite":
        connection = sqlite3.connect(site.folder / "db.sqlite3", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        connection = psycopg2.connect(site.environment["DATABASE_URL"].replace("postgres://", "postgresql://"))
        connection.cursor().execute("SELECT id FROM blog_post WHERE id = %s FOR UPDATE", [pk])
    return connection


def test_what_is_under_way_is_finished_and_nothing_new_begun(site):
    pk = int(site.begin('print(post("lasers", "<p>First words.</p>"))'))
    # As `make run` does it: the command becomes the server, so whoever stops the one stops the other.
    with open(site.folder / "gunicorn.log", "ab") as log:
        command = [sys.executable, "manage.py", "start", "--no-samples"]
        server = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        while not site.answers():
            assert server.poll() is None, site.log
            time.sleep(0.1)
        staff = Staff(site).sign_in()
        window = Window(staff, pk, 1)
        answers = {}

        # A save that waits for somebody else's.
        def save() -> None:
            answers["save"] = window.autosave(body="<p>Words on their way.</p>")

        holding = holds_the_post(site, pk)
        saving = threading.Thread(target=save)
        saving.start()
        # An upload from a slow line, half of which is there.
        file = io.BytesIO()
        Pillow.effect_noise((400, 300), 80).convert("RGB").save(file, "JPEG")
        kind, body = picture_parts(file.getvalue(), {"alt_text": "Noise", "depicts": "nobody"})
        upload = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        upload.putrequest("POST", "/admin/blog/image/upload/")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in staff.jar)
        headers = {"Content-Type": kind, "Content-Length": len(body), "Cookie": cookies, "X-CSRFToken": staff.token}
        for name, value in headers.items():
            upload.putheader(name, str(value))
        upload.endheaders(body[: len(body) // 2])
        # A line that is kept open and asks for nothing.
        with closing(socket.create_connection(("127.0.0.1", site.port), timeout=30)) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            heard = b""
            while not heard.endswith(b"\r\n\r\nok"):  # it may come in pieces
                heard += idle.recv(65536)
            assert heard.startswith(b"HTTP/1.1 200")
            time.sleep(0.5)
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            time.sleep(1)
            assert server.poll() is None and "save" not in answers
            # Whoever comes now gets no answer, rather than half of one, and can go to another server.
            late: list[object] = []

            def come_late() -> None:
                try:
                    late.append(Staff(site).ask("/healthz").status)
                except (OSError, http.client.HTTPException) as refused:
                    late.append(refused)

            coming = threading.Thread(target=come_late)
            coming.start()
            time.sleep(0.5)
            holding.close()
            upload.send(body[len(body) // 2 :])
            done = upload.getresponse()
            picture = json.loads(done.read())
            upload.close()
            saving.join(20)
            assert server.wait(20) == 0, site.log
            assert time.monotonic() - began < 25
            assert idle.recv(1) == b""
            coming.join(20)
    finally:
        server.kill()
        server.wait()
    assert done.status == 200 and picture["id"]
    assert answers["save"].status == 200 and answers["save"].json()["state"] == "saved"
    assert len(late) == 1 and isinstance(late[0], OSError | http.client.HTTPException), late
    stored = site.ask("print(json.dumps([Image.objects.get().pk, Revision.objects.filter(sealed_at=None).get().body]))")
    assert json.loads(stored) == [picture["id"], "<p>Words on their way.</p>"]
    assert not re.search("Traceback|SIGKILL|CRITICAL", site.log), site.log
