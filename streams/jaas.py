"""How Java's Kafka clients and brokers are told who they are (JAAS), in one line of configuration."""

from __future__ import annotations

PLAIN, SCRAM = "plain.PlainLoginModule", "scram.ScramLoginModule"
PACKAGE = "org.apache.kafka.common.security"


def module(mechanism: str) -> str:
    """The login module of a SASL mechanism, such as SCRAM-SHA-512."""
    return SCRAM if mechanism.startswith("SCRAM") else PLAIN


def line(login_module: str, options: dict[str, str], shaded: str = "") -> str:
    """A ``sasl.jaas.config``; ``shaded`` is what a distribution puts before the package of its own copy of Kafka.

    It holds passwords: Kafka's clients show it as hidden, and so must whoever passes it on.
    """
    said = " ".join(f"{name}={_quoted(value)}" for name, value in options.items())
    return f"{shaded}{PACKAGE}.{login_module} required {said};"


def _quoted(text: str) -> str:
    """In quotes, as Java's tokenizer reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
