"""What a running stack tells everyone: ``<data>/run/endpoints.json``, in the shape of the settings.

It holds passwords, so its owner alone may read it. Generated passwords stay the same across restarts, in
``<data>/secrets.json``.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from infra.local.kafka_config import ACCOUNTS, ADMIN, MECHANISM
from infra.local.ports import HOST
from infra.local.registry import API
from streams.settings import ENDPOINTS, Settings

RETENTION = "retention"
"""The store's account that reads, deletes and updates, and can put nothing in."""
SHARED = {"kafka", "registry", "clickhouse", "flink", "guard", "parts"}


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:  # noqa: PTH123 - by descriptor
        out.write(text)
    scratch.replace(file)


def passwords(data: Path, names: tuple[str, ...]) -> dict[str, SecretStr]:
    """A password for each name: that of the last run, or a new one."""
    file = data / "secrets.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(file, json.dumps(kept))
    return {name: SecretStr(kept[name]) for name in names}


def embedded(configured: Settings, ports: dict[str, int], parts: dict[str, str]) -> Settings:
    """The settings as the stack will be reached: what people set, and our addresses where they set none."""
    found = configured.model_copy(deep=True)
    made = passwords(configured.data, ("clickhouse", "clickhouse_analyst", "clickhouse_retention"))
    if "kafka" in ports:
        _kafka(found, ports["kafka"])
    if "registry" in ports:
        found.registry.url = f"http://{HOST}:{ports['registry']}{API}"
    if "clickhouse_http" in ports:
        store = found.clickhouse
        store.host, store.http_port, store.tcp_port = HOST, ports["clickhouse_http"], ports["clickhouse_tcp"]
        store.password = _or(store.password, made["clickhouse"])
        store.analyst_password = _or(store.analyst_password, made["clickhouse_analyst"])
        store.accounts = {RETENTION: made["clickhouse_retention"]}
    found.guard.port = ports.get("guard", found.guard.port)
    found.parts = {**parts, **configured.parts}
    return found


def _kafka(found: Settings, port: int) -> None:
    """The embedded broker, where everyone but its own accounts says who they are by the environment."""
    kafka = found.kafka
    kafka.bootstrap = f"{HOST}:{port}"
    kafka.security_protocol = "SASL_SSL" if found.embedded.kafka_certificate else "SASL_PLAINTEXT"
    kafka.sasl_mechanism = MECHANISM
    made = passwords(found.data, tuple(f"kafka_{name}" for name in ACCOUNTS))
    kafka.accounts = {name: made[f"kafka_{name}"] for name in ACCOUNTS}
    kafka.username, kafka.password = ADMIN, kafka.accounts[ADMIN]


def _or(given: SecretStr, made: SecretStr) -> SecretStr:
    return given if given.get_secret_value() else made


def _reveal(value: object) -> object:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _reveal(inner) for key, inner in value.items()}
    return value


def publish(settings: Settings) -> Path:
    """Write the endpoints, passwords in clear."""
    file = settings.data / ENDPOINTS
    write_private(file, json.dumps(_reveal(settings.model_dump(include=SHARED)), indent=1))
    return file
