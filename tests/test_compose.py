"""docker-compose.yml and Dockerfile: no password has a default, only the app is published, .env.example knows all."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from core import config

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STORES = {"postgres", "valkey", "mongo"}
SECRETS = {"POSTGRES_PASSWORD", "MONGO_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"}
# ${NAME}, ${NAME:-default}, ${NAME:?message}; $$ is a dollar sign for the shell inside.
VARIABLES = re.findall(r"(?<!\$)\$\{?(\w+)(:?[-?])?", TEXT)


def test_the_services_are_the_three_stores_the_app_and_the_etl():
    assert set(SERVICES) == STORES | {"app", "etl"}
    assert SERVICES["etl"]["command"] == ["python", "-m", "etl", "run", "--every", "5s"]
    assert '"streamlit", "run", "streamlit_app.py"' in DOCKERFILE


def test_every_variable_stands_in_the_example():
    known = set(re.findall(r"^#? ?(\w+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert {name for name, _ in VARIABLES} - known == set()


def test_every_setting_reaches_the_app_but_those_that_the_image_or_compose_itself_decides():
    assert set(config.names()) - set(SERVICES["app"]["environment"]) == {"QURE_DATA_DIR", "QURE_ETL_IN_APP"}


def test_the_nightly_backups_outlive_their_container():
    [kept] = SERVICES["app"]["volumes"]
    assert kept.partition(":")[2] == SERVICES["app"]["environment"]["QURE_BACKUP_DIR"]
    assert kept.partition(":")[0] in COMPOSE["volumes"]


def test_nothing_starts_without_its_passwords_and_key():
    assert {name for name, _ in VARIABLES} >= SECRETS
    assert {how for name, how in VARIABLES if name in SECRETS} == {":?"}


def test_no_password_is_written_down():
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if name == "SECRET_KEY_BEFORE":  # only while the key is being changed
                assert value == "${SECRET_KEY_BEFORE:-}"
            elif re.search("PASSWORD|AUTH|KEY|SECRET", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]*\}", value)
            if name.endswith("_URL"):
                assert re.fullmatch(r"\w+://(\w+)?:\$\{\w+:\?[^}]*\}@.*", value)
    example = (ROOT / ".env.example").read_text()
    assert all(re.search(rf"^{name}=$", example, flags=re.MULTILINE) for name in SECRETS)


def test_only_the_app_is_published():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["app"]
    assert not [name for name, service in SERVICES.items() if service.get("network_mode") == "host"]


def test_the_app_and_the_etl_use_the_same_stores():
    assert SERVICES["app"]["environment"] == SERVICES["etl"]["environment"]
    environment = SERVICES["app"]["environment"]
    hosts = {
        urlsplit(re.sub(r"\$\{.*?\}", "x", environment[f"{store}_URL"])).hostname
        for store in ("DATABASE", "REDIS", "MONGO")
    }
    assert hosts == STORES


@pytest.mark.parametrize("name", ["app", "etl"])
def test_the_app_and_the_etl_wait_until_the_stores_can_be_used(name):
    assert SERVICES[name]["depends_on"] == {store: {"condition": "service_healthy"} for store in STORES}


@pytest.mark.parametrize("name", sorted(STORES))
def test_a_store_checks_its_health_and_keeps_its_data(name):
    assert SERVICES[name]["healthcheck"]["test"]
    kept = {volume.partition(":")[0] for volume in SERVICES[name]["volumes"]}
    assert kept <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("image", [service["image"] for service in SERVICES.values()])
def test_images_have_a_version(image):
    assert re.search(r":\d", image)


def test_the_versions_of_the_stores_are_those_that_qure_is_made_for():
    major = {name: re.search(r":(\d+)", SERVICES[name]["image"])[1] for name in STORES}
    assert major == {"postgres": "18", "valkey": "9", "mongo": "8"}


def test_the_image_runs_as_an_ordinary_account_and_checks_its_health():
    assert re.search(r"^FROM python:3\.\d+-slim$", DOCKERFILE, flags=re.MULTILINE)
    assert re.search(r"^USER qure$", DOCKERFILE, flags=re.MULTILINE)
    assert "127.0.0.1:8501/health'" in DOCKERFILE


def test_the_app_of_compose_counts_as_healthy_only_while_it_can_work():
    assert "127.0.0.1:8501/ready'" in SERVICES["app"]["healthcheck"]["test"][-1]


def test_the_image_takes_in_only_what_it_needs():
    """`COPY .` would take a .env with passwords along."""
    copied = [word for line in re.findall(r"^COPY (.*)$", DOCKERFILE, flags=re.MULTILINE) for word in line.split()[:-1]]

    assert set(copied) == {
        "pyproject.toml", "README.md", "LICENSE", "streamlit_app.py", ".streamlit", "core", "etl", "pages"
    }  # fmt: skip
    assert [name for name in copied if not (ROOT / name).exists()] == []
