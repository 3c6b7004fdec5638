"""The Faust application behind ``crossbeat alerts``.

Three things of Faust are worked around, each met in practice. A message that cannot be decoded crashes its agent and is
then skipped and lost: so decoding never fails, a defect is a value and goes to the dead-letter topic in its turn. The
web server shows what tables hold: it is off. Exactly-once does not hold, and a recovering table can lose messages: an
alert is known by its identifier, in a file of ours.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import faust
from faust.serializers.schemas import Schema

from connectors.alerts.alert import Alert
from connectors.alerts.dead import Place, rejection
from connectors.alerts.shown import Shown
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


class AlertSchema(Schema):  # type: ignore[type-arg]
    """Decodes by the registry; a key stays bytes. What is no alert is a defect: an ordinary value of the stream."""

    def __init__(self, decode: Decoder) -> None:
        super().__init__()
        self._decode = decode

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:
        """The key as it is."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Alert | Defect:
        """The alert, or why it is none."""
        record = self._decode(message.value)
        if isinstance(record, Defect):
            return record
        try:
            return Alert.of(record)
        except (OverflowError, ValueError) as error:
            return Defect("undecodable", f"a time is out of range: {error}")


class Consumer:
    """One Faust application of one group. ``queue`` holds what it went through, in order, one at a time.

    A message is committed only when it was taken from the queue and :meth:`done` was called for it.
    """

    def __init__(self, settings: Settings, registry: Registry, group: str, remember: bool) -> None:
        """``remember`` keeps what was shown in a file; without it that is forgotten with the process."""
        contract, dead = contracts.get("alert"), contracts.get("rejection")
        self.queue: asyncio.Queue[Seen] = asyncio.Queue(1)
        self._turn = asyncio.Event()
        self._decode = Decoder(registry, contract.avro("result"))
        self._encode = Encoder(registry, dead.subject("dead"), dead.avro("dead"))
        self.app = faust.App(group, **_options(settings, group))
        self._dead = self.app.topic(dead.topic("dead").name, key_serializer="raw", value_serializer="raw")
        self._shown = Shown(settings.data / "alerts" / f"{group}.shown" if remember else None)
        topic = self.app.topic(contract.topic("result").name, schema=AlertSchema(self._decode))
        self.app.agent(topic, name="alerts")(self._agent)

    def done(self) -> None:
        """The one that was taken last is shown: go on."""
        self._turn.set()

    async def _agent(self, stream: Any) -> None:
        async for event in stream.events():
            place = Place(event.message.topic, event.message.partition, event.message.offset)
            found: Alert | Defect = event.value
            if isinstance(found, Defect):
                await self._bury(place, event.message.value, found)
                await self._hand_over(Seen(place, None))
                continue
            known = found.identifier in self._shown
            await self._hand_over(Seen(place, None if known else found))
            # Only now: if we die before this it is shown again, if we had done so before it might never be.
            self._shown.add(found.identifier)

    async def _hand_over(self, seen: Seen) -> None:
        self._turn.clear()
        await self.queue.put(seen)
        await self._turn.wait()

    async def _bury(self, place: Place, value: bytes | None, defect: Defect) -> None:
        """Send to the dead-letter topic, and wait until the broker has it: only then is the message committed."""
        body = self._encode(rejection(place, value, defect))
        await (await self._dead.send(key=str(place).encode(), value=body, force=True))
        self._decode.forget_unknown()


def _options(settings: Settings, group: str) -> dict[str, Any]:
    kafka = settings.kafka
    folder = settings.data / "alerts"
    folder.mkdir(parents=True, exist_ok=True)  # Faust makes its own folder in it, but no parent
    options: dict[str, Any] = {
        "broker": ";".join(f"kafka://{host}" for host in kafka.bootstrap.split(",")),
        "store": "memory://",
        "datadir": str(folder / group),
        "web_enabled": False,
        "topic_allow_declare": False,
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

        username, password = kafka.login()
        context = ssl.create_default_context(cafile=kafka.ca_file or None) if "SSL" in kafka.security_protocol else None
        options["broker_credentials"] = (
            faust.SASLCredentials(
                username=username,
                password=password,
                mechanism=kafka.sasl_mechanism,
                ssl_context=context,
            )
            if kafka.security_protocol.startswith("SASL")
            else faust.SSLCredentials(context)
        )
    return options
