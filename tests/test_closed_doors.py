"""A really running Qure, attacked from outside: paths, WebSockets, uploads; and watched while a store hangs."""

import http.client
import json
import re
import shutil
import signal
import socket
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests import forks, prepared
from tests.browser import backstage
from tests.running import App, processes

PASSWORD = "two lamps and an old stair"
SET_UP = [
    *("set-up", "--name", "Lotus", "--time-zone", "Asia/Kolkata", "--currency", "INR"),
    *("--username", "asha", "--full-name", "Asha Quill", "--password-stdin"),
]
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def app():
    folder = Path(tempfile.mkdtemp(prefix="qure-doors-"))
    prepared.lay_schema(folder)
    running = App(folder)
    running.environment |= {"QURE_LOG_FORMAT": "json", "QURE_LOG_LEVEL": "DEBUG"}
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cookie(app):
    """Of the administrator, signed in."""
    made = forks.run("core.cli", *SET_UP, environment=app.environment, typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    return f"qure_session={backstage.at(app, backstage.sign_in, 'asha', PASSWORD)}"


def ask(app, path, method="GET", body=None, **headers):
    """Status, headers and body, of a path sent exactly as it is written."""
    with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)) as connection:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def test_the_log_says_where_it_opens_and_nobody_else_was_asked_for_an_address(app):
    log = app.log_path.read_text()

    assert f"Qure opens at http://127.0.0.1:{app.port}" in log
    assert "external ip" not in log.casefold()
    assert "External URL" not in log


@pytest.mark.parametrize("root", ["", "/media", "/static", "/component/x", "/app/static", "/_stcore/bidi-components/x"])
def test_no_path_leads_out_of_what_is_handed_out(app, root):
    secret = (app.folder / "secret_key").read_bytes()
    up = ("../" * 12, "..%2f" * 12, "%2e%2e/" * 12, "%252e%252e%252f" * 12, "..\\" * 12, "....//" * 12, "/", "%2f")
    for way in up:
        for wanted in ("etc/passwd", f"{app.folder}/secret_key".lstrip("/"), "proc/self/environ"):
            status, headers, body = ask(app, f"{root}/{way}{wanted}")
            assert b"root:" not in body
            assert b"QURE_DATA_DIR" not in body
            assert secret not in body
            assert status in {400, 403, 404} or headers["content-type"].startswith("text/html"), (way, status)
    assert ask(app, f"{root}/%00")[0] in {200, 400, 404}


@pytest.mark.parametrize("line", ["/_stcore/stream", "/live/changes"])
def test_a_page_of_another_site_opens_no_line(app, line):
    address = f"ws://127.0.0.1:{app.port}{line}"
    for origin in (None, "https://elsewhere.example", "http://localhost:1", f"http://localhost:{app.port}"):
        with (
            socket.create_connection(("127.0.0.1", app.port)) as under_it,  # of its own, for a refusal leaves it open
            pytest.raises(InvalidStatus) as refused,
            connect(address, sock=under_it, origin=origin),
        ):
            pass
        assert refused.value.response.status_code == 403
        assert "content-security-policy" in refused.value.response.headers
    with connect(address, origin=app.url):
        pass


def test_a_name_pointed_here_by_a_stranger_is_not_answered(app):
    for path in ("/", "/health", "/_stcore/health", "/live/board"):
        assert ask(app, path, Host="rebound.example")[0] == 421


def test_what_drives_the_app_without_a_browser_is_closed(app):
    for path in ("/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json", "/_stcore/metrics"):
        assert ask(app, path)[0] == 404
        assert ask(app, path, "POST", b"{}", Origin=app.url)[0] == 404


@contextmanager
def a_tab(app, cookie):
    """An open line; gives what it was sent until the screen was drawn."""
    address, headers = f"ws://127.0.0.1:{app.port}/_stcore/stream", {"Cookie": cookie}
    with connect(address, origin=app.url, additional_headers=headers) as line:
        message = BackMsg()
        message.rerun_script.query_string = ""
        line.send(message.SerializeToString())
        heard = []
        while not heard or heard[-1].WhichOneof("type") != "script_finished":
            heard.append(ForwardMsg.FromString(line.recv(timeout=30)))
        yield heard


def upload(app, session_id, size, **headers):
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../a.csv"\r\n\r\n'
    body = head + b"x" * size + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    return ask(app, f"/_stcore/upload_file/{session_id}/1", "PUT", body, Content_Type=kind, Origin=app.url, **headers)


def test_only_who_is_signed_in_brings_files_and_none_that_is_too_large(app, cookie):
    xsrf = re.search(r"_streamlit_xsrf=([^;]+)", str(ask(app, "/_stcore/health")[1]))[1]
    with a_tab(app, cookie) as heard:
        session_id = next(one for one in heard if one.HasField("new_session")).new_session.initialize.session_id
        signed_in = {"Cookie": f"{cookie}; _streamlit_xsrf={xsrf}", "X_Xsrftoken": xsrf}
        assert upload(app, session_id, 10, **signed_in)[0] == 204
        assert upload(app, session_id, 10 * MEGABYTE + 1, **signed_in)[0] == 413
        assert upload(app, session_id, 10, **signed_in | {"X_Xsrftoken": "forged"})[0] == 403
        assert upload(app, session_id, 10, **signed_in | {"Cookie": f"_streamlit_xsrf={xsrf}"})[0] == 404
    assert not list(app.folder.rglob("a.csv"))


def test_ready_says_which_store_is_away_within_seconds_and_alive_asks_none(app):
    stopped = {"database": "postgres", "queue board": "valkey"}
    assert (ask(app, "/ready")[0], json.loads(ask(app, "/ready")[2])["ready"]) == (200, True)
    for name, program in stopped.items():
        paused = [p for p in processes("name", "cwd", "cmdline") if program in p.info["name"] and belongs(p, app)]
        assert paused
        for process in paused:
            process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            status, headers, body = ask(app, "/ready")
            assert time.monotonic() - began < 4
            assert ask(app, "/health")[0] == 200
        finally:
            for process in paused:
                process.send_signal(signal.SIGCONT)
        answer = json.loads(body)
        assert name in answer["away"]
        assert (status, answer["ready"]) == ((503, False) if name == "database" else (200, True))
        assert headers["cache-control"] == "no-store"
        assert set(answer) == {"ready", "away"}
        wait_until_ready(app)


def test_an_error_nobody_expected_is_told_by_a_number_and_nothing_else(app, cookie):
    """Somebody has taken a table away behind Qure's back."""
    with table_gone(app, "clinics"), a_tab(app, cookie) as heard:
        drawn = " ".join(map(str, heard))
    number = re.search(r"the number \*\*([A-Z2-9]{8})\*\*", drawn)[1]

    assert "Traceback" not in drawn
    assert not {"ProgrammingError", "UndefinedTable", "psycopg", "/core/"} & set(re.findall(r"[\w/]+", drawn))
    under_it = [line for line in app.log_path.read_text().splitlines() if f'"request": "{number}"' in line]
    assert any("UndefinedTable" in line for line in under_it)


@contextmanager
def table_gone(app, name):
    with psycopg.connect(f"postgresql://postgres@/postgres?host={app.folder}/postgres/run&port=5432") as database:
        database.execute(f"ALTER TABLE {name} RENAME TO gone")
        database.commit()
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE gone RENAME TO {name}")


def belongs(process, app):
    return str(app.folder) in " ".join([process.info["cwd"] or "", *(process.info["cmdline"] or [])])


def wait_until_ready(app):
    deadline = time.monotonic() + 20
    while json.loads(ask(app, "/ready")[2])["away"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_every_line_of_the_log_is_an_object_and_none_names_anybody(app, cookie):
    ask(app, "/patients?patient=Quill", Cookie=cookie)
    ask(app, "/genuine/Quill")
    lines = [line for line in app.log_path.read_text().splitlines() if line.strip()]
    logged = [json.loads(line) for line in lines[lines.index(next(filter(lambda line: line[0] == "{", lines))) :]]

    assert {"at", "level", "logger", "message"} <= set.intersection(*map(set, logged))
    assert any(line.get("path") == "/patients" and line["status"] == 200 and line["request"] for line in logged)
    assert any((line.get("user"), line.get("screen")) == (1, "today") for line in logged)
    assert [line for line in logged if "Quill" in str(line) or cookie.partition("=")[2] in str(line)] == []
