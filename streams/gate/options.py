"""Settings of the gate, a section of :class:`streams.settings.Settings`."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Gate(BaseModel):
    """The gate: what it lets through, and how it reads and writes."""

    instance: str = Field("gate-1", description="name of this gate; its transactional id, so never two at once")
    group: str = Field("crossbeat-gate", description="consumer group of the gates")
    reach_m: float = Field(
        400.0, gt=0, le=2_000, description="reach of the widest pattern, for near cells and districts"
    )
    outside_m: float = Field(5_000.0, ge=0, description="how far outside every district's area a point may lie")
    skew_s: float = Field(300.0, ge=0, description="how far a district's clock may run ahead of ours")
    max_bytes: int = Field(1_048_576, ge=1_024, description="a larger message is rejected unread")
    batch_records: int = Field(4_000, ge=1, description="records in one transaction at most")
    batch_ms: int = Field(40, ge=1, description="how long a transaction waits for records")
    drift_days: float = Field(30.0, gt=0, description="how far one district may be ahead, by event time, in a catch-up")
    behind_records: int = Field(
        10_000, ge=1, description="records without a pause after which a district counts as catching up"
    )
    patience_s: float = Field(600.0, gt=0, description="how long a district may be held for slower ones")
    rejections_in_a_row: int = Field(100, ge=1, description="after so many, a district's feed is called broken, loudly")
    metrics_port: int = Field(0, ge=0, le=65_535, description="Prometheus metrics on this loopback port; 0 means none")
