"""The Faust application behind ``crossbeat alerts``.

Three things of Faust are worked around, each met in practice: a message that cannot be decoded crashes its agent and is
then skipped and lost (so the topic class is ours, and sends it to the dead-letter topic); the web server shows what
tables hold (so it is off); exactly-once does not hold (so an alert is known by its identifier, in a table whose
changelog outlives the process).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import faust
from faust.exceptions import ValueDecodeError
from faust.serializers.schemas import Schema
from faust.topics import Topic

from connectors.alerts.alert import Alert
from connectors.alerts.dead import Place, rejection
from schemas import contracts
from streams.codec import Decoder, Defect, Encoder
from streams.registry import Registry
from streams.settings import Settings

PARTITIONS: Final = contracts.get("alert").topic("result").partitions


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that was gone through: an alert to show, or none for a copy and for what was no alert."""

    place: Place
    alert: Alert | None


class NotAnAlert(ValueDecodeError):
    """A value that does not decode; carries the defect."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(defect.message)
        self.defect = defect


class AlertSchema(Schema):  # type: ignore[type-arg]
    """Decodes by the registry; a key stays bytes."""

    def __init__(self, decode: Decoder) -> None:
        super().__init__()
        self._decode = decode

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:
        """The key as it is."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Alert:
        """The alert.

        Raises:
            NotAnAlert: the value is none, and the message goes to the dead-letter topic.
        """
        record = self._decode(message.value)
        if isinstance(record, Defect):
            raise NotAnAlert(record)
        try:
            return Alert.of(record)
        except (OverflowError, ValueError) as error:
            raise NotAnAlert(Defect("undecodable", f"a time is out of range: {error}")) from error


class Consumer:
    """One Faust application of one group. ``queue`` holds what it went through, in order, one at a time.

    A message is committed only when it was taken from the queue and :meth:`done` was called for it.
    """

    def __init__(self, settings: Settings, registry: Registry, group: str, remember: bool) -> None:
        """``remember`` keeps identifiers in a table; without it they are forgotten with the process."""
        contract, dead = contracts.get("alert"), contracts.get("rejection")
        self.queue: asyncio.Queue[Seen] = asyncio.Queue(1)
        self._turn = asyncio.Event()
        self._decode = Decoder(registry, contract.avro("result"))
        self._encode = Encoder(registry, dead.subject("dead"), dead.avro("dead"))
        self.app = faust.App(group, **_options(settings, group))
        self._dead = self.app.topic(dead.topic("dead").name, key_serializer="raw", value_serializer="raw")
        self._shown: Any = self.app.Table("shown", partitions=PARTITIONS, key_type=str) if remember else {}
        topic = self._topic_class()(self.app, topics=[contract.topic("result").name], schema=AlertSchema(self._decode))
        self.app.agent(topic, name="alerts")(self._agent)

    def done(self) -> None:
        """The one that was taken last is shown: go on."""
        self._turn.set()

    async def _agent(self, stream: Any) -> None:
        async for event in stream.events():
            alert: Alert = event.value
            known = alert.identifier in self._shown
            await self._hand_over(Seen(_place(event.message), None if known else alert))
            # Only now: if we die before this it is shown again, if we had done so before it might never be.
            self._shown[alert.identifier] = alert.sent.isoformat()

    async def _hand_over(self, seen: Seen) -> None:
        self._turn.clear()
        await self.queue.put(seen)
        await self._turn.wait()

    async def _bury(self, error: Exception, message: Any) -> None:
        """Send to the dead-letter topic, and wait until the broker has it."""
        place = _place(message)
        defect = error.defect if isinstance(error, NotAnAlert) else Defect("undecodable", type(error).__name__)
        body = self._encode(rejection(place, message.value, defect))
        await (await self._dead.send(key=str(place).encode(), value=body, force=True))
        self._decode.forget_unknown()
        await self._hand_over(Seen(place, None))

    def _topic_class(self) -> type[Topic]:
        """A class of ours: Faust clones a topic for each agent, and a hook set on an instance is left behind."""
        bury = self._bury

        class AlertTopic(Topic):
            async def on_decode_error(self, exc: Exception, message: Any) -> None:
                await bury(exc, message)

        return AlertTopic


def _place(message: Any) -> Place:
    return Place(message.topic, message.partition, message.offset)


def _options(settings: Settings, group: str) -> dict[str, Any]:
    kafka = settings.kafka
    options: dict[str, Any] = {
        "broker": ";".join(f"kafka://{host}" for host in kafka.bootstrap.split(",")),
        "store": "memory://",
        "datadir": str(settings.data / "alerts" / group),
        "web_enabled": False,
        "autodiscover": False,
        "topic_disable_leader": True,
        "topic_replication_factor": kafka.replication,
        "topic_partitions": PARTITIONS,
        "consumer_auto_offset_reset": "earliest",
        "broker_commit_interval": 0.5,
        "producer_linger": 0,
        "stream_wait_empty": False,
    }
    if kafka.security_protocol != "PLAINTEXT":
        import ssl

        context = ssl.create_default_context(cafile=kafka.ca_file or None) if "SSL" in kafka.security_protocol else None
        options["broker_credentials"] = (
            faust.SASLCredentials(
                username=kafka.username,
                password=kafka.password.get_secret_value(),
                mechanism=kafka.sasl_mechanism,
                ssl_context=context,
            )
            if kafka.security_protocol.startswith("SASL")
            else faust.SSLCredentials(context)
        )
        # Whoever gives rights also makes the table's changelog topic: <group>-shown-changelog.
        options["topic_allow_declare"] = False
    return options
