"""Every setting of Crossbeat, read once from where people keep such things.

Order, the first that says something wins: arguments, environment (``CROSSBEAT_KAFKA__BOOTSTRAP=…``), ``.env``,
``crossbeat.toml`` in the working directory, then ``<data>/run/endpoints.json``, which ``crossbeat up`` writes with
the ports it chose. So a command finds the running stack by itself, and any address can be pointed elsewhere.
Secrets are ``SecretStr``: they never print.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from streams.gate.options import Gate

ENDPOINTS = Path("run") / "endpoints.json"


class Kafka(BaseModel):
    """The broker: the embedded one, or yours."""

    bootstrap: str = Field("", description="host:port of the brokers; empty means the embedded one")
    security_protocol: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"] = Field(
        "PLAINTEXT", description="how clients speak to the brokers"
    )
    sasl_mechanism: str = Field("SCRAM-SHA-512", description="how they prove who they are, where the protocol is SASL")
    username: str = Field("", description="account, where the server asks for one")
    password: SecretStr = Field(SecretStr(""), description="its password")
    ca_file: str = Field("", description="certificates to trust, a PEM file; empty means the system's")
    replication: int = Field(1, ge=1, description="replicas of each topic")
    accounts: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="passwords of the platform's own accounts by name, such as gate; one that is not named here "
        "uses username and password above",
    )

    manage_accounts: bool = Field(
        True, description="whether users, rights and quotas are made by `crossbeat apply`, where the broker knows SCRAM"
    )

    def login(self, account: str = "") -> tuple[str, str]:
        """Name and password of a platform account, or as they are set where that account is not known here."""
        if account in self.accounts:
            return account, self.accounts[account].get_secret_value()
        return self.username, self.password.get_secret_value()

    def client(self, account: str = "") -> dict[str, str]:
        """The options that a confluent-kafka client needs to reach this broker, as :meth:`login` says who.

        Without an account it is whoever the settings name: a district, or the operator of the embedded broker.
        """
        options = {"bootstrap.servers": self.bootstrap, "security.protocol": self.security_protocol}
        if self.security_protocol.startswith("SASL"):
            username, password = self.login(account)
            options |= {
                "sasl.mechanism": self.sasl_mechanism,
                "sasl.username": username,
                "sasl.password": password,
            }
        if self.ca_file:
            options["ssl.ca.location"] = self.ca_file
        return options


class Registry(BaseModel):
    """The schema registry, by its Confluent-compatible API."""

    url: str = Field(
        "", description="base address, such as http://127.0.0.1:8081/apis/ccompat/v7; empty means embedded"
    )
    username: str = Field("", description="account, where the server asks for one")
    password: SecretStr = Field(SecretStr(""), description="its password")


class ClickHouse(BaseModel):
    """The store that analysts query."""

    host: str = Field("", description="empty means the embedded server")
    http_port: int = Field(8123, description="port of its HTTP interface, by which we ask and insert")
    tcp_port: int = Field(9000, description="port of its native protocol, for clients of yours")
    database: str = Field("crossbeat", description="where the tables are")
    username: str = Field("crossbeat", description="the platform's own account")
    password: SecretStr = Field(SecretStr(""), description="its password")
    analyst_username: str = Field("analyst", description="the account by which `crossbeat query` asks")
    analyst_password: SecretStr = Field(SecretStr(""), description="its password")
    accounts: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="passwords of accounts with fewer rights by name, of which there is retention; one that is not "
        "named here uses username and password above",
    )
    secure: bool = Field(False, description="whether to speak TLS")
    ca_file: str = Field("", description="certificates to trust, a PEM file; empty means the system's")

    @property
    def scratch(self) -> str:
        """The database beside it where backups are made ready and looked over; only the platform's account reads it."""
        return f"{self.database}_scratch"

    def client(self, analyst: bool = False, account: str = "") -> dict[str, Any]:
        """The options that every clickhouse-connect client needs, as the platform's account, the analyst's or another.

        Without a session several statements may run at once on one client; nothing is tried again behind our back.
        """
        username, password = self.username, self.password
        if analyst:
            username, password = self.analyst_username, self.analyst_password
        elif account in self.accounts:
            username, password = account, self.accounts[account]
        return {
            "host": self.host,
            "port": self.http_port,
            "username": username,
            "password": password.get_secret_value(),
            "database": self.database,
            "secure": self.secure,
            "ca_cert": self.ca_file or None,
            "autogenerate_session_id": False,
            "query_retries": 0,
        }


class Flink(BaseModel):
    """Where the jobs run: in a mini-cluster of their own process, or on a cluster of yours."""

    rest_url: str = Field("", description="http://host:port of a JobManager; empty means the embedded mini-cluster")
    parallelism: int = Field(2, ge=1, description="subtasks of each operator")
    checkpoint_interval_ms: int = Field(1_000, ge=100, description="pairs are committed so often")
    checkpoint_dir: str = Field("", description="file:// or s3:// address; empty means <data>/flink/checkpoints")
    heap_mb: int = Field(1_024, ge=256, description="greatest heap of the embedded mini-cluster")
    state_backend: Literal["hashmap", "rocksdb"] = Field(
        "hashmap",
        description="where state is kept: `hashmap` on the heap, `rocksdb` on disk, larger than memory and slower",
    )
    rocksdb_mb: int = Field(256, ge=64, description="memory of `rocksdb` in the embedded mini-cluster, beside its heap")
    left_out: tuple[str, ...] = Field((), description='patterns that do not run, as in `["border_cluster"]`')
    heartbeats: bool = Field(
        True,
        description="tell patterns the time each second; false only while history is played with a clock of its own",
    )


class DistrictQuota(BaseModel):
    """What a district may take of a broker, where its file says nothing else: so that one cannot starve the rest."""

    publish_bytes_per_s: int = Field(8_388_608, ge=1_024, description="bytes a second that it may publish")
    consume_bytes_per_s: int = Field(16_777_216, ge=1_024, description="bytes a second that it may read")
    request_percent: float = Field(100, gt=0, description="share of one broker thread's time, per cent")


class Embedded(BaseModel):
    """The embedded stack: its ports (0 takes a free one and keeps it), its memory, where its parts come from."""

    kafka_port: int = Field(0, ge=0, lt=65_536, description="broker's port")
    kafka_controller_port: int = Field(0, ge=0, lt=65_536, description="port of its controller")
    kafka_certificate: str = Field(
        "",
        description="its TLS certificate with its chain, a PEM file; then it speaks TLS, and kafka.ca_file is needed",
    )
    kafka_certificate_key: str = Field("", description="its private key, a PEM file without a password")
    kafka_heap_mb: int = Field(768, ge=256, description="broker's greatest heap")
    registry_port: int = Field(0, ge=0, lt=65_536, description="registry's port")
    registry_health_port: int = Field(0, ge=0, lt=65_536, description="port at which the registry tells how it is")
    registry_heap_mb: int = Field(256, ge=128, description="registry's greatest heap")
    clickhouse_http_port: int = Field(0, ge=0, lt=65_536, description="ClickHouse's HTTP port")
    clickhouse_tcp_port: int = Field(0, ge=0, lt=65_536, description="port of its native protocol")
    guard_port: int = Field(0, ge=0, lt=65_536, description="port of the guard, by which districts' analysts ask")
    clickhouse_memory_mb: int = Field(1_024, ge=512, description="what its queries may take together")
    start_timeout_s: float = Field(240, gt=0, description="how long a service may take to become healthy")
    maven_mirror: str = Field("", description="base address of a Maven repository to use instead of the public one")
    npm_mirror: str = Field("", description="base address of an npm registry to use instead of the public one")


class Loader(BaseModel):
    """How topics are landed in ClickHouse."""

    # Above 65,409 rows ClickHouse would read a batch as several blocks, and could store one and refuse the next.
    batch_rows: int = Field(20_000, ge=1, le=50_000, description="rows of one insert at most")
    flush_ms: int = Field(1_000, ge=1, description="longest that a row waits for its batch to fill")
    instance: str = Field("loader-1", description="name of this loader among several: its seat in their group")
    inserts_at_once: int = Field(2, ge=1, le=16, description="batches that ClickHouse decodes at the same time")


class Quality(BaseModel):
    """When landed rows are checked."""

    every_s: float = Field(15, gt=0, description="seconds between looks for new rows")
    batch_rows: int = Field(50_000, ge=1, description="rows checked at once, about")


class Catchup(BaseModel):
    """When incidents that came too late are paired after all."""

    every_s: float = Field(30, gt=0, description="seconds between looks for new late incidents")
    wait_s: float = Field(60, gt=0, description="how long a run waits for the job to come as far as the stream")


class Retention(BaseModel):
    """When what was kept long enough goes by itself, in a stack that `crossbeat up` runs."""

    at: str = Field(
        "02:30",
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$",
        description="time of day in UTC, as 02:30; empty: never, then run `crossbeat retention --apply` yourself",
    )
    wait_s: float = Field(
        600, ge=0, description="a night that was missed is made up for so many seconds after the next start"
    )


class Backup(BaseModel):
    """Copies of the embedded ClickHouse's tables."""

    nightly: bool = Field(
        False, description="whether the run of retention by night also takes one, after it deleted what was due"
    )
    days: int = Field(
        7,
        ge=1,
        le=90,
        description="so many days one is kept; rows that contract or district let go sooner than that are not in it",
    )
    folder: str = Field("", description="where they are, best on another disk; empty means <data>/backups")


class Intake(BaseModel):
    """The HTTP intake of a district: online reports and camera events."""

    run: bool = Field(
        True,
        description="whether `crossbeat up` runs it for each district that has a site with a key in the data folder",
    )
    district: str = Field("", description="the district that it takes in for")
    host: str = Field("127.0.0.1", description="address to listen on; another than loopback needs a certificate")
    port: int = Field(
        0,
        ge=0,
        lt=65_536,
        description="port to listen on; 0 takes a free one and logs it. Under `crossbeat up` that of intake.district; "
        "other districts have free ones that stay",
    )
    certificate: str = Field("", description="TLS certificate with its chain, a PEM file")
    certificate_key: str = Field("", description="its private key, a PEM file")
    folder: str = Field("", description="its keys and spool; empty means <data>/intake/<district>")
    max_body_bytes: int = Field(1_048_576, ge=1_024, description="a larger request is refused unread")
    max_items: int = Field(500, ge=1, description="reports or events of one request at most")
    rate_per_s: float = Field(100, gt=0, description="reports or events a second of one site, where its key says none")
    burst: int = Field(1_000, ge=1, description="how many it may send at once after a silence")
    kafka_patience_ms: int = Field(3_000, ge=100, description="without an answer for so long, Kafka counts as away")
    spool_mb: int = Field(1_024, ge=1, description="disk to use while Kafka is away; then requests are refused")


class Guard(BaseModel):
    """What stands between the analysts of districts and ClickHouse, and judges each statement."""

    host: str = Field("127.0.0.1", description="address to listen on; another than loopback needs a certificate")
    port: int = Field(0, ge=0, lt=65_536, description="its port; `crossbeat up` gives it embedded.guard_port")
    certificate: str = Field("", description="TLS certificate with its chain, a PEM file")
    certificate_key: str = Field("", description="its private key, a PEM file")
    max_statement_bytes: int = Field(262_144, ge=1_024, description="a longer statement is refused unread")
    statements_at_once: int = Field(16, ge=1, description="statements that run at the same time, of all districts")
    statements_of_one: int = Field(4, ge=1, description="of these, how many may be of one district")
    wait_s: float = Field(10, ge=0, description="how long a statement waits for its turn before it is refused")


class Settings(BaseSettings):
    """All of them. docs/settings.md lists them, rendered from here."""

    model_config = SettingsConfigDict(
        env_prefix="CROSSBEAT_",
        env_nested_delimiter="__",
        env_file=".env",
        toml_file="crossbeat.toml",
        extra="ignore",
    )

    data_dir: Path = Field(Path("data"), description="everything the stack writes: topics, tables, checkpoints, logs")
    cache_dir: Path = Field(
        default_factory=lambda: Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "crossbeat",
        description="downloaded parts, shared by every data folder; by default `crossbeat` in the user's cache folder",
    )
    kafka: Kafka = Kafka()
    registry: Registry = Registry()
    clickhouse: ClickHouse = ClickHouse()
    flink: Flink = Flink()
    patterns: dict[str, dict[str, bool | int | float | str | dict[str, bool | int | float | str]]] = Field(
        default_factory=dict,
        description="settings of patterns by name, over the defaults in their pattern.toml; "
        "those of a pair of districts under `north~south`",
    )
    gate: Gate = Gate()
    district_quota: DistrictQuota = DistrictQuota()
    embedded: Embedded = Embedded()
    loader: Loader = Loader()
    quality: Quality = Quality()
    catchup: Catchup = Catchup()
    retention: Retention = Retention()
    backup: Backup = Backup()
    intake: Intake = Intake()
    guard: Guard = Guard()
    sources: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="addresses of databases to poll, by the name in the mapping: CROSSBEAT_SOURCES__RMS=postgresql://…",
    )
    parts: dict[str, str] = Field({}, description="jar name to its path, for the jobs; `crossbeat up` fills it")

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return self.data_dir.expanduser().resolve()

    @property
    def cache(self) -> Path:
        """The cache of downloaded parts, absolute."""
        return self.cache_dir.expanduser().resolve()

    @property
    def districts(self) -> Path:
        """The folder of the districts that take part: one ``<district>.toml`` and ``<district>.geojson`` each."""
        return self.data / "districts"

    @property
    def agreements(self) -> Path:
        """The folder of the sharing agreements that are in force: one ``<agreement>.toml`` each."""
        return self.data / "agreements"

    @property
    def backups(self) -> Path:
        """The folder of the backups, absolute."""
        return Path(self.backup.folder).expanduser().resolve() if self.backup.folder else self.data / "backups"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put ``crossbeat.toml`` and the running stack's endpoints behind the environment."""
        toml = TomlConfigSettingsSource(settings_cls)
        data = init_settings().get("data_dir")
        for source in (env_settings, dotenv_settings, toml):
            data = data or source().get("data_dir")
        endpoints = Path(data or "data").expanduser() / ENDPOINTS
        return init_settings, env_settings, dotenv_settings, toml, JsonConfigSettingsSource(settings_cls, endpoints)


class Configured(Settings):
    """What people set, without the endpoints of a running stack: ``crossbeat up`` tells by it what to start."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The same sources, less the last."""
        return super().settings_customise_sources(
            settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
        )[:-1]


@lru_cache
def load() -> Settings:
    """The settings of this process."""
    return Settings()
