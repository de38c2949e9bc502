"""Where the tests and the notebooks run: embedded stores of their own, in a folder that is thrown away.

Set here, before anything reads the settings, and in the environment, which a notebook's kernel inherits.
"""

import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="qure-tests-"))

for _name in ("DATABASE_URL", "REDIS_URL", "MONGO_URL", "SECRET_KEY"):
    os.environ[_name] = ""
os.environ["QURE_DATA_DIR"] = str(_FOLDER)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))


def pytest_sessionfinish():
    from core import stores

    stores.release()
    shutil.rmtree(_FOLDER, ignore_errors=True)
