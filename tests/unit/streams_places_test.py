"""Place keys against slow and plain ways to work them out."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Polygon, box

from streams.districts import District
from streams.gate.areas import Areas
from streams.gate.near_cells import NearCells

GEOD = Geod(a=6_371_008.8, f=0)
REACH_M = 400.0


@pytest.mark.parametrize("reach_m", [50.0, 400.0, 1_500.0])
@settings(max_examples=15, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180))
def test_every_point_within_reach_lies_in_a_near_cell(reach_m: float, lat: float, lon: float) -> None:
    own, near = NearCells(reach_m).of(np.array([lat]), np.array([lon]))
    assert own == [h3.latlng_to_cell(lat, lon, 9)]
    bearings, distances = np.meshgrid(np.linspace(0, 360, 48), np.linspace(0, reach_m, 8))
    flat = bearings.ravel()
    lons, lats, _ = GEOD.fwd(np.full(flat.shape, lon), np.full(flat.shape, lat), flat, distances.ravel())
    assert {h3.latlng_to_cell(*point, 9) for point in zip(lats, lons, strict=True)} <= set(near[0])


def test_few_cells_are_taken_in_vain() -> None:
    generator = np.random.default_rng(4)
    lat, lon = generator.uniform(43.6, 43.8, 500), generator.uniform(-79.6, -79.2, 500)
    _, near = NearCells(REACH_M).of(lat, lon)
    # A circle of 400 m over hexagons of 0.1 km2 touches 10.3 of them on average.
    assert 10 < np.mean([len(cells) for cells in near]) < 12


def test_a_batch_gives_what_single_points_give() -> None:
    generator = np.random.default_rng(5)
    lat, lon = generator.uniform(43.6, 43.62, 60), generator.uniform(-79.4, -79.38, 60)
    cells = NearCells(REACH_M)
    own, near = cells.of(lat, lon)
    for index in range(60):
        one_own, one_near = NearCells(REACH_M).of(lat[index : index + 1], lon[index : index + 1])
        assert (own[index], sorted(near[index])) == (one_own[0], sorted(one_near[0]))
    assert cells.of(np.zeros(0), np.zeros(0)) == ([], [])


WEST = box(-79.42, 43.60, -79.40, 43.64)
EAST = Polygon([(-79.40, 43.60), (-79.36, 43.60), (-79.37, 43.62), (-79.36, 43.64), (-79.40, 43.64)])
FAR = box(6.0, 50.0, 6.1, 50.1)
DISTRICTS = [
    District("west", "West", 0, WEST),
    District("east", "East", 1, EAST),
    District("far", "Far", 2, FAR),
    District("unmapped", "Unmapped", 3, None),
]


def _metres_to(area: Polygon, lat: float, lon: float) -> float:
    """Geodesic distance from a point to an area, by a dense walk along its edge."""
    if area.contains(shapely.Point(lon, lat)):
        return 0.0
    edge = shapely.get_coordinates(shapely.segmentize(area, 0.00005))
    _, _, metres = Geod(ellps="WGS84").inv(np.full(len(edge), lon), np.full(len(edge), lat), edge[:, 0], edge[:, 1])
    return float(np.min(metres))


def test_districts_within_reach_are_those_by_geodesic_distance() -> None:
    generator = np.random.default_rng(6)
    lat, lon = generator.uniform(43.59, 43.65, 300), generator.uniform(-79.43, -79.35, 300)
    near, holder, _ = Areas(DISTRICTS, REACH_M, 5_000).locate(lat, lon, ["unmapped"] * 300)
    for index, point in enumerate(zip(lat, lon, strict=True)):
        for name, area in (("west", WEST), ("east", EAST)):
            metres = _metres_to(area, *point)
            if name in near[index]:
                assert metres <= REACH_M * 1.006
            else:
                assert metres > REACH_M
        assert holder[index] == next(
            (name for name, area in (("west", WEST), ("east", EAST)) if area.contains(shapely.Point(point[::-1]))), None
        )
        assert "far" not in near[index]


def test_the_owner_is_not_among_the_others_and_counts_first_where_areas_overlap() -> None:
    both = [District("one", "One", 0, WEST), District("two", "Two", 1, WEST)]
    areas = Areas(both, REACH_M, 5_000)
    assert areas.locate(np.array([43.62]), np.array([-79.41]), ["two"])[:2] == ([("one",)], ["two"])
    assert areas.locate(np.array([43.62]), np.array([-79.41]), ["one"])[:2] == ([("two",)], ["one"])


def test_a_point_far_from_every_area_is_outside() -> None:
    areas = Areas(DISTRICTS, REACH_M, 5_000)
    lat, lon = np.array([43.62, 43.68, 43.70, 50.05, -43.62, 0.0]), np.array([-79.41, -79.41, -79.41, 6.05, 100.6, 0.0])
    near, holder, outside = areas.locate(lat, lon, ["west"] * 6)
    assert outside.tolist() == [False, False, True, False, True, True]
    assert holder == ["west", None, None, "far", None, None]
    assert near[3] == ("far",)


def test_with_no_area_known_nothing_is_outside() -> None:
    areas = Areas([District("unmapped", "Unmapped", 0, None)], REACH_M, 5_000)
    near, holder, outside = areas.locate(np.array([0.0]), np.array([0.0]), ["unmapped"])
    assert (near, holder, outside.tolist()) == ([()], [None], [False])
