"""What the ClickHouse server is told: its ports, its limits, its users. Rendered, as it takes no ``CREATE USER``.

Four users of the platform. ``default`` is the process's own session, with an empty password that anyone on the machine
could use too: it may start listening and nothing else. The platform's user does all work in one database. The analyst
reads that database, within limits of time, memory and number of queries. What deletes by night (``retention``) may do
that and read, but put nothing in. And one user for each district that takes
part, who reads what ``infra.provision.analysts`` opens to it, through the filters that it says, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from pydantic import SecretStr

from infra.local.endpoints import RETENTION
from infra.local.ports import HOST
from infra.provision import analysts
from streams.settings import ClickHouse

CONFIG = """\
<clickhouse>
  <!-- written at each start by infra/local/clickhouse_config.py -->
  <listen_host>{host}</listen_host>
  <access_control_improvements>
    <!-- without it a setting that analysts may change would lose the limit that is set for it -->
    <settings_constraints_replace_previous>true</settings_constraints_replace_previous>
  </access_control_improvements>
  <http_port>{http_port}</http_port>
  <tcp_port>{tcp_port}</tcp_port>
  <users_config>{users}</users_config>
  <timezone>UTC</timezone>
  <logger>
    <console>1</console>
    <console_log_level>warning</console_log_level>
    <levels>
      <!-- these two quote the query that failed, and so the records in it: no payload in a log -->
      <logger><name>executeQuery</name><level>fatal</level></logger>
      <logger><name>DynamicQueryHandler</name><level>fatal</level></logger>
    </levels>
  </logger>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <max_concurrent_queries>64</max_concurrent_queries>
  <!-- the one folder that BACKUP may write to and RESTORE may read from: see infra/backup -->
  <backups><allowed_path>{backups}/</allowed_path></backups>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <merge_tree>
    <!-- what makes an insert with the token of an earlier one change nothing, also in a table without replicas -->
    <non_replicated_deduplication_window>10000</non_replicated_deduplication_window>
    <!-- merges of wide parts need fewer threads than the pool above has -->
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
"""

USERS = """\
<clickhouse>
  <!-- written at each start by infra/local/clickhouse_config.py -->
  <profiles>
    <default/>
    <platform>
      <max_memory_usage>{platform_memory}</max_memory_usage>
      <date_time_input_format>best_effort</date_time_input_format>
    </platform>
    <analyst>
      <readonly>1</readonly>
      <max_execution_time>30</max_execution_time>
      <max_memory_usage>{analyst_memory}</max_memory_usage>
      <max_result_rows>1000000</max_result_rows>
      <max_threads>2</max_threads>
    </analyst>
{district_profile}
  </profiles>
  <quotas>
    <default/>
    <analyst><interval><duration>60</duration><queries>600</queries><errors>300</errors></interval></analyst>
{district_quota}
  </quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
    </default>
    <{platform}>
      <password_sha256_hex>{platform_hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>platform</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT ALL ON {database}.*</query>
        <query>GRANT ALL ON {scratch}.*</query>
        <query>GRANT TABLE ENGINE ON *</query>
        <query>GRANT SELECT ON system.*</query>
        <query>GRANT KILL QUERY, SYSTEM FLUSH LOGS ON *.*</query>
      </grants>
    </{platform}>
    <{analyst}>
      <password_sha256_hex>{analyst_hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>analyst</profile>
      <quota>analyst</quota>
      <grants><query>GRANT SELECT ON {database}.*</query></grants>
    </{analyst}>
{retention}
{districts}
  </users>
</clickhouse>
"""


def config_xml(users: Path, backups: Path, http_port: int, tcp_port: int, memory: int) -> str:
    """The server's configuration; ``memory`` in bytes, for all queries together."""
    paths = {"users": escape(str(users)), "backups": escape(str(backups))}
    return CONFIG.format(host=HOST, http_port=http_port, tcp_port=tcp_port, memory=memory, **paths)


def users_xml(settings: ClickHouse, memory: int, districts: Mapping[str, SecretStr] | None = None) -> str:
    """The users; ``memory`` in bytes, of which one query of the platform may take three quarters, an analyst's half.

    ``districts`` are those that take part, with the password of each one's analysts; a statement of theirs may take a
    quarter of the memory.

    Raises:
        ValueError: a password is empty: that user would be open to everyone on the machine.
    """
    platform, analyst = settings.password.get_secret_value(), settings.analyst_password.get_secret_value()
    passwords = {name: secret.get_secret_value() for name, secret in (districts or {}).items()}
    retention = {name: secret.get_secret_value() for name, secret in settings.accounts.items() if name == RETENTION}
    if not all([platform, analyst, *retention.values(), *passwords.values()]):
        raise ValueError("the users of the embedded ClickHouse need passwords")
    return USERS.format(
        database=settings.database,
        scratch=settings.scratch,
        platform=settings.username,
        platform_hash=analysts.sha256(platform),
        platform_memory=memory * 3 // 4,
        analyst=settings.analyst_username,
        analyst_hash=analysts.sha256(analyst),
        analyst_memory=memory // 2,
        retention="\n".join(_retention(password, settings.database) for password in retention.values()),
        district_profile=_district_profile(memory // 4),
        district_quota=_district_quota(),
        districts="\n".join(_district(name, password, settings.database) for name, password in passwords.items()),
    )


def _retention(password: str, database: str) -> str:
    """The user that deletes what was kept long enough."""
    return f"""\
    <{RETENTION}>
      <password_sha256_hex>{analysts.sha256(password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>platform</profile>
      <quota>default</quota>
      <grants><query>GRANT SELECT, ALTER UPDATE, ALTER DELETE ON {database}.*</query></grants>
    </{RETENTION}>"""


def _district_profile(memory: int) -> str:
    limits = "".join(
        f"<{key}>{value}</{key}>" for key, value in {**analysts.LIMITS, "max_memory_usage": memory}.items()
    )
    may = "".join(
        f"<{key}><changeable_in_readonly/>{'' if most is None else f'<max>{most}</max>'}</{key}>"
        for key, most in analysts.CHANGEABLE.items()
    )
    return f"    <district>{limits}<constraints>{may}</constraints></district>"


def _district_quota() -> str:
    limits = "".join(f"<{key}>{most}</{key}>" for key, most in analysts.QUOTA.items())
    return f"    <district><interval><duration>{analysts.QUOTA_S}</duration>{limits}</interval></district>"


def _district(name: str, password: str, database: str) -> str:
    """One district's user: grants and filters come from one list, so that no table is granted without a filter."""
    user, filters = analysts.account(name), analysts.filters(name)
    given = "".join(f"\n        <query>GRANT {grant}</query>" for grant in analysts.grants(database))
    rows = "".join(
        f"\n        <{table}><filter>{escape(condition)}</filter></{table}>" for table, condition in filters.items()
    )
    return f"""\
    <{user}>
      <password_sha256_hex>{analysts.sha256(password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>district</profile>
      <quota>district</quota>
      <default_database>{database}</default_database>
      <grants>{given}
      </grants>
      <databases><{database}>{rows}
      </{database}></databases>
    </{user}>"""
