"""`qure notebooks`: what it says when something is missing, and a real Jupyter Lab on the clinic's data."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from core import stores
from core.analytics import clinic, store
from core.cli import app, notebooks
from core.config import Settings

COMMAND = [sys.executable, "-c", "from core.cli import main; main()", "notebooks"]


def qure_notebooks(*words):
    return CliRunner().invoke(app, ["notebooks", *words], catch_exceptions=False)


def test_without_jupyter_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(notebooks, "find_spec", lambda name: None)

    told = qure_notebooks()

    assert told.exit_code == 1
    assert told.stderr == "Jupyter Lab is not installed. Run: pip install -e '.[notebooks]'\n"


def test_an_installed_package_says_that_the_notebooks_are_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path / "notebooks")

    told = qure_notebooks()

    assert told.exit_code == 1
    assert told.stderr.startswith(f"There are no notebooks in {tmp_path / 'notebooks'}: they are part of Qure's source")


def test_what_the_clinic_has_done_is_carried_over_before_jupyter_opens(session, monkeypatch):
    opened = []
    monkeypatch.setattr(notebooks, "find_spec", lambda name: object())
    monkeypatch.setattr(notebooks, "_serve", lambda words, environment: opened.append((words, clinic().name)) or 0)

    told = qure_notebooks("--no-browser", "--port", "9000")
    store.start_afresh()

    assert told.exit_code == 0
    root = f"--ServerApp.root_dir={notebooks.FOLDER}"
    assert opened == [([root, "--no-browser", "--port", "9000"], "Lotus Clinic")]


def test_a_kernel_reaches_the_clinic_from_the_folder_of_the_notebooks(engine):
    found = "from core import stores; print(stores.addresses().mongo_url)"
    environment = notebooks.environment(Settings())
    kernel = subprocess.run(
        [sys.executable, "-c", found], cwd=notebooks.FOLDER, env=environment, capture_output=True, text=True, check=True
    )

    assert kernel.stdout.strip() == stores.addresses().mongo_url


def test_settings_of_an_env_file_reach_the_kernels_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("MONGO_URL", "SECRET_KEY"):  # empty in the environment of every test, which counts for more
        monkeypatch.delenv(name)
    (tmp_path / ".env").write_text("MONGO_URL=mongodb://clinic:27017\nSECRET_KEY=a key of the clinic\n")

    environment = notebooks.environment(Settings())

    assert environment["MONGO_URL"] == "mongodb://clinic:27017"
    assert environment["SECRET_KEY"] == "a key of the clinic"
    assert environment["DATABASE_URL"] == ""


@pytest.mark.skipif(find_spec("jupyterlab") is None, reason="Jupyter Lab comes with the extra 'notebooks'")
def test_jupyter_lab_opens_on_the_notebooks(engine, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--no-browser", f"--port={port}", "--IdentityProvider.token=a-token", "--allow-root"]
    log = tmp_path / "jupyter.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, *words], env=_given_stores() | {"HOME": str(tmp_path)}, cwd=tmp_path, stdout=out, stderr=out
        )
    try:
        listed = json.loads(_answer(process, f"http://127.0.0.1:{port}/api/contents?token=a-token", log))
        page = _answer(process, f"http://127.0.0.1:{port}/lab?token=a-token", log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)

    names = {entry["name"] for entry in listed["content"]}
    assert {path.name for path in notebooks.FOLDER.glob("*.ipynb")} <= names
    assert b"<title>JupyterLab</title>" in page


def _given_stores():
    """The stores of the tests as if somebody else ran them: nothing is started and nothing carried over."""
    found = stores.addresses()
    given = {"DATABASE_URL": found.database_url, "REDIS_URL": found.redis_url, "MONGO_URL": found.mongo_url}
    return {**os.environ, **given, "SECRET_KEY": secrets.token_hex(32)}


def _answer(process, url, log, seconds=60):
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"Jupyter Lab did not answer:\n{log.read_text()[-3000:]}")
