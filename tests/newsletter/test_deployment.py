"""The container's and systemd's files keep to what an operator is promised. Neither engine runs here: this reads them."""

import re
import shlex

import pytest
import yaml

from tests.settings_read import ROOT

pytestmark = pytest.mark.once

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
LASTING = sorted(name for name, service in SERVICES.items() if service.get("restart") != "no")
UNITS = {"web": "papers-web.service", "worker": "papers-worker@.service", "beat": "papers-beat.service"}


def unit(name: str) -> str:
    return (ROOT / "deploy" / UNITS[name]).read_text(encoding="utf-8")


def words_of(command: str) -> list[str]:
    """A command's words without its path, and without what must differ between a container and a machine."""
    told = re.sub(r" --(bind|hostname) \S+| --enable-remote-control", "", command)
    return shlex.split(re.sub(r"^\S*/", "", told))


def test_images_are_pinned_to_one_release() -> None:
    base = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    images = [SERVICES[name]["image"] for name in ("postgres", "redis")]
    assert [image for image in base + images if not re.search(r":\d+\.\d+(\.\d+)?-", image)] == []


@pytest.mark.parametrize("name", LASTING)
def test_lasting_service_is_watched_restarted_and_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert name == "postgres" or service["read_only"] is True


@pytest.mark.parametrize("name", UNITS)
def test_product_waits_for_migrations_and_for_healthy_stores(name: str) -> None:
    waits = {each: how["condition"] for each, how in SERVICES[name]["depends_on"].items()}
    assert waits == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


def test_stores_are_reached_by_the_product_alone_and_the_web_on_loopback() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert SERVICES["web"]["ports"] == ["${PUBLISHED_PORT:-127.0.0.1:8000}:8000"]
    assert COMPOSE["networks"]["store"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["store"]


def test_no_secret_gets_into_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".*", "secrets", "var"} <= set(left_out)  # .* is .env and .git
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER [1-9]\d*$", dockerfile, re.MULTILINE)
    assert re.findall(r"^(?:ARG|ENV) .*(?:KEY|PASSWORD|TOKEN)", dockerfile, re.MULTILINE) == []


@pytest.mark.parametrize("name", UNITS)
def test_systemd_and_compose_run_the_same(name: str) -> None:
    [command] = re.findall(r"^ExecStart=(.*)$", unit(name), re.MULTILINE)
    assert words_of(command) == words_of(SERVICES[name]["command"])


@pytest.mark.parametrize("name", UNITS)
def test_systemd_restarts_what_dies_and_lets_it_write_only_where_it_must(name: str) -> None:
    lines = unit(name).splitlines()
    assert {"Restart=always", "User=papers", "ProtectSystem=strict", "NoNewPrivileges=true"} <= set(lines)
    assert {"StateDirectory=papers", "EnvironmentFile=/etc/papers/env"} <= set(lines)
