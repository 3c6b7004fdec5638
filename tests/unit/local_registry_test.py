"""When the registry counts as healthy."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import registry
from infra.local.registry import Registry
from infra.local.service import Place
from streams.settings import Configured


@pytest.mark.parametrize(
    ("ready", "lists", "healthy"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_it_must_have_read_its_storage_and_list_its_subjects(
    ready: bool, lists: bool, healthy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, str] = {}
    monkeypatch.setattr(registry, "serves", lambda url: asked.setdefault("ready", url) and ready)
    monkeypatch.setattr(registry, "reachable", lambda url: asked.setdefault("lists", url) and lists)
    settings = Configured(data_dir=tmp_path)
    place = Place(tmp_path, tmp_path, {"registry": 1, "registry_health": 2})
    assert Registry(settings, place).healthy() is healthy
    assert asked["ready"] == "http://127.0.0.1:2/health/ready"
    assert "lists" not in asked or asked["lists"].startswith("http://127.0.0.1:1/")
