"""What the ClickHouse server is told: its ports, its limits, its users. Rendered, as it takes no ``CREATE USER``.

Three users. ``default`` is the process's own session, with an empty password that anyone on the machine could use
too: it may start listening and nothing else. The platform's user does all work in one database. The analyst reads
that database, within limits of time, memory and number of queries.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.sax.saxutils import escape

from infra.local.ports import HOST
from streams.settings import ClickHouse

CONFIG = """\
<clickhouse>
  <!-- written at each start by infra/local/clickhouse_config.py -->
  <listen_host>{host}</listen_host>
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
  </profiles>
  <quotas>
    <default/>
    <analyst><interval><duration>60</duration><queries>600</queries><errors>300</errors></interval></analyst>
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
  </users>
</clickhouse>
"""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def config_xml(users: Path, http_port: int, tcp_port: int, memory: int) -> str:
    """The server's configuration; ``memory`` in bytes, for all queries together."""
    return CONFIG.format(host=HOST, http_port=http_port, tcp_port=tcp_port, users=escape(str(users)), memory=memory)


def users_xml(settings: ClickHouse, memory: int) -> str:
    """The users; ``memory`` in bytes, of which one query of the platform may take three quarters, an analyst's half.

    Raises:
        ValueError: a password is empty: that user would be open to everyone on the machine.
    """
    platform, analyst = settings.password.get_secret_value(), settings.analyst_password.get_secret_value()
    if not platform or not analyst:
        raise ValueError("the users of the embedded ClickHouse need passwords")
    return USERS.format(
        database=settings.database,
        platform=settings.username,
        platform_hash=_sha256(platform),
        platform_memory=memory * 3 // 4,
        analyst=settings.analyst_username,
        analyst_hash=_sha256(analyst),
        analyst_memory=memory // 2,
    )
