"""A simulated city: districts that border each other, all record types, faults, and the ground truth.

The background has the density, rhythms and near repeats of a real sample (``toronto.toml``); on it series, clusters,
campaigns and the rest are planted, mostly across borders, so that detection can be measured. See ``docs/simulate.md``.

    world = simulate(Plan(seed=1, districts=6, days=28))
    write(world, folder)
    for sent in read.records(folder): ...
"""

from connectors.simulate.plan import BadPlan, Plan
from connectors.simulate.run import simulate
from connectors.simulate.world import Sent, World
from connectors.simulate.write import FolderInUse, Format, truth, write

__all__ = ["BadPlan", "FolderInUse", "Format", "Plan", "Sent", "World", "simulate", "truth", "write"]
