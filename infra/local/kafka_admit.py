"""The operator is let into a broker that does not know them: one from before there were accounts, or whose
``secrets.json`` was lost.

Credentials lie in the broker's own metadata, which only a running broker changes. So it is run once on ports that
nobody knows, where clients log in by a password that is made for this and written to its configuration alone; there
the operator's credentials are put, and it is stopped. Topics and records stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from infra.local.endpoints import write_private
from infra.local.errors import StartFailed
from infra.local.kafka_config import ADMIN, MECHANISM, Secrets, properties
from infra.local.ports import HOST, choose

OPERATOR, PLATFORM = "operator", "platform"
"""Files that remember whose passwords the broker was told: of the operator, and of all the platform's accounts."""
START_S = 60.0
STOP_S = 30.0
ITERATIONS = 4_096
log = structlog.get_logger()


def told(folder: Path, mark: str, passwords: Mapping[str, str]) -> bool:
    """Whether the broker of this folder knows these passwords: they are those that were remembered."""
    file = folder / mark
    if not file.exists():
        return False
    salt, _, digest = file.read_text().partition(":")
    return digest == _digest(salt, passwords)


def remember(folder: Path, mark: str, passwords: Mapping[str, str]) -> None:
    """Note that the broker has been told these passwords; the file says nothing of what they are."""
    salt = random.token_hex(16)
    write_private(folder / mark, f"{salt}:{_digest(salt, passwords)}")


def admit(folder: Path, logs: Path, secrets: Secrets, command: Callable[..., list[str]]) -> None:
    """Put the operator's credentials into the broker of this folder, which must not be running.

    Raises:
        StartFailed: it did not start, or refused.
    """
    log.info("the broker learns the operator's credentials: once, some seconds")
    once = Secrets(random.token_urlsafe(24), random.token_urlsafe(24))
    ports = choose({"kafka": 0, "kafka_controller": 0}, folder / "admit")
    file, said = folder / "admit" / "server.properties", folder / "admit" / "kafka.log"
    write_private(file, properties(logs, ports["kafka"], ports["kafka_controller"], once, plain=True))
    with said.open("wb") as out:
        process = subprocess.Popen(command("kafka.Kafka", str(file)), stdout=out, stderr=out, cwd=folder)
        try:
            _put(f"{HOST}:{ports['kafka']}", once.admin, secrets.admin)
        except Exception as error:
            raise StartFailed(
                f"the broker could not be told the operator's credentials: {error}",
                f"read {said}; if the folder's content may go, remove {folder} and start again",
            ) from error
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            file.unlink()


def _put(bootstrap: str, once: str, password: str) -> None:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it exports them without saying so
        AdminClient,
        ScramCredentialInfo,
        ScramMechanism,
        UserScramCredentialUpsertion,
    )

    options = {"bootstrap.servers": bootstrap, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}
    admin = AdminClient({**options, "sasl.username": ADMIN, "sasl.password": once, "log_level": 0})
    until = time.monotonic() + START_S
    while True:
        try:
            admin.list_topics(timeout=2)
            break
        except KafkaException:
            if time.monotonic() > until:
                raise
    kind = ScramMechanism[MECHANISM.replace("-", "_")]
    wish = UserScramCredentialUpsertion(ADMIN, ScramCredentialInfo(kind, ITERATIONS), password.encode())
    admin.alter_user_scram_credentials([wish], request_timeout=STOP_S)[ADMIN].result(STOP_S)


def _digest(salt: str, passwords: Mapping[str, str]) -> str:
    return hashlib.sha256(f"{salt}:{json.dumps(dict(passwords), sort_keys=True)}".encode()).hexdigest()
