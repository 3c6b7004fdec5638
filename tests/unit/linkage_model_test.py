"""The fitted score: what it learns, that it can be read back, and that nothing of a held-out series is in it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from infra.cli import app
from jobs.linkage import assess
from jobs.linkage.agreement import Field
from jobs.linkage.crimes import read
from jobs.linkage.features import Pairs, pairs_of
from jobs.linkage.fit import TooFewSeries, fit
from jobs.linkage.model import CONTRACT, SHIPPED, NotAModel, load
from jobs.linkage.words import explain
from tests.unit.linkage_world import write


def test_series_are_told_from_chance_when_held_out(tmp_path: Path) -> None:
    report = assess.evaluate(read(*write(tmp_path)))
    assert report.figures.auc > 0.95
    assert report.figures.auc > max(base.auc for base in report.baselines.values())


def test_held_out_figures_of_series_by_lot_are_those_of_chance(tmp_path: Path) -> None:
    crimes = read(*write(tmp_path))
    order = np.random.default_rng(3).permutation(len(crimes))
    shuffled = dataclasses.replace(crimes, series=tuple(crimes.series[at] for at in order))
    assert assess.evaluate(shuffled).figures.auc == pytest.approx(0.5, abs=0.12)


def test_no_series_is_on_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crimes = read(*write(tmp_path))
    groups = crimes.groups()
    pairs = pairs_of(crimes)
    learned: list[set[int]] = []
    real_fit, real_evidence = assess.fit_pairs, assess.Model.evidence

    def fitting(known: object, seen: Pairs, *rest: object) -> object:
        learned.append(set(groups[seen.one]) | set(groups[seen.other]))
        return real_fit(crimes, seen, *rest)  # type: ignore[arg-type]

    def scoring(model: assess.Model, known: object, asked: Pairs, measured: object) -> object:
        assert not learned[-1] & (set(groups[asked.one]) | set(groups[asked.other]))
        return real_evidence(model, crimes, asked, measured)  # type: ignore[arg-type]

    monkeypatch.setattr(assess, "fit_pairs", fitting)
    monkeypatch.setattr(assess.Model, "evidence", scoring)
    assess.held_out(crimes, pairs, crimes.linked(pairs.one, pairs.other))
    assert len(learned) > assess.FOLDS


def test_a_model_is_the_same_when_read_back(tmp_path: Path) -> None:
    crimes = read(*write(tmp_path))
    model = fit(crimes, "by a test")
    model.save(tmp_path / "m.toml")
    back = load(tmp_path / "m.toml")
    pairs = pairs_of(crimes)
    assert back.score(crimes, pairs) == pytest.approx(model.score(crimes, pairs), abs=2e-3)
    assert back.fitted["series"] == 12


def test_a_model_scores_files_with_other_columns_and_values(tmp_path: Path) -> None:
    model = fit(read(*write(tmp_path)), "by a test")
    crimes, series = write(tmp_path, seed=1, values="UVWXYZ")
    crimes.write_text(crimes.read_text().replace("way,tool", "manner,tool"))
    assert assess.evaluate(read(crimes, series), model).figures.auc > 0.95


@pytest.mark.parametrize("path", [SHIPPED, CONTRACT])
def test_the_shipped_weights_fall_with_distance_and_differences(path: Path) -> None:
    model = load(path)
    assert model.trust > 0
    far = model.curves["nearer" if path == SHIPPED else "metres"]
    assert far.weight[-1] < 0 < far.weight[0]
    for field in model.fields.values():
        assert field.differs() <= 0 <= field.unseen()


@given(st.floats(0, 0.95), st.floats(0.02, 1), st.floats(0.02, 1))
def test_agreeing_in_what_is_rarer_never_says_less(consistency: float, one: float, other: float) -> None:
    field = Field(consistency)
    assert field.same(min(one, other)) >= field.same(max(one, other)) >= -1e-12
    assert field.differs() <= 0


def test_figures_count_ties_as_their_mean() -> None:
    linked = np.array([True, False] * 50)
    assert assess.figures(np.zeros(100), linked) == assess.Figures(0.5, pytest.approx(0.05), 0.5)
    assert assess.figures(linked.astype(float), linked) == assess.Figures(1.0, 1.0, 1.0)
    with pytest.raises(assess.NothingLinked):
        assess.figures(np.zeros(3), np.zeros(3, np.bool_))


def test_one_series_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(TooFewSeries):
        fit(read(*write(tmp_path, series=1)), "")


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "m.toml"
    wrong.write_text(SHIPPED.read_text().replace("prior_log_odds", "prior"))
    with pytest.raises(NotAModel, match="no prior_log_odds"):
        load(wrong)
    wrong.write_text(SHIPPED.read_text().replace("curves.nearer", "curves.nearest"))
    with pytest.raises(NotAModel, match=r"curves\.nearest is none of"):
        load(wrong)


def test_a_pair_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(
        "crime_id,x_m,y_m,dt_from,dt_to,point_of_entry,tool,knot\n"
        "a,0,0,2020-01-01T10:00:00,,rear_window,hammer,reef\nb,140,0,2020-01-04T10:00:00,,rear_window,drill,reef\n"
    )
    told = explain(load(CONTRACT), read(path), 0, 1)
    assert told.words == "140 m apart, 3 days, at the same time of day, both by a rear window, same knot (reef)"
    assert told.score == pytest.approx(sum(told.parts.values()))
    assert told.parts["point_of_entry"] > 0 > told.parts["tool"]


def test_the_commands_fit_and_print_json(tmp_path: Path) -> None:
    crimes, series = map(str, write(tmp_path))
    model = str(tmp_path / "m.toml")
    files = ["--crimes", crimes, "--series", series]
    fitted = CliRunner().invoke(app, ["fit", "linkage", *files, "--out", model])
    assert fitted.exit_code == 0, fitted.output
    for more in ([], ["--model", model], ["--model", "default"]):
        asked = CliRunner().invoke(app, ["evaluate", "linkage", *files, "--json", *more])
        assert asked.exit_code == 0, asked.output
        answer = json.loads(asked.stdout)
        assert {"auc", "tpr_at_5_fpr", "precision_at_50", "pairs", "baselines"} <= answer.keys()
        assert answer["auc"] > 0.9
