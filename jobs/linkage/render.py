"""The contract's weights as Java: the job reads no file, and its diff is reviewed with that of the TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jobs.linkage.model import Model
from jobs.linkage.words import UNTOLD, phrases

JAVA: Final = Path(__file__).parents[1] / "java" / "crossbeat" / "linkage" / "Fitted.java"
_SHELL: Final = '''package crossbeat.linkage;

/**
 * The weights of jobs/linkage/contract.toml. Rendered by jobs/linkage/render.py: change the TOML, not this.
 *
 * <p>One fact a line: the prior log odds; the reach in metres and days; curves (offset, then x:log Bayes factor); of
 * each field what differing is worth, agreeing in a value never seen, agreeing in each value; phrases.
 */
final class Fitted {{
    static final String TEXT = """
{text}
            """;

    private Fitted() {{}}
}}
'''


def lines(model: Model) -> list[str]:
    """The model as the lines that ``Weights.parse`` reads."""
    found = [f"prior {model.prior:.4f}", f"reach {model.reach_m:g} {model.reach_days:g}"]
    for name, curve in model.curves.items():
        points = " ".join(f"{at:g}:{weight:.4f}" for at, weight in zip(curve.at, curve.weight, strict=True))
        found.append(f"curve {name} {curve.offset:g} {points}")
    for name, field in model.fields.items():
        found.append(f"differs {name} {model.trust * field.differs():.4f}")
        found.append(f"unseen {name} {model.trust * field.unseen():.4f}")
        found += [f"same {name} {value} {model.trust * field.same(field.share(value)):.4f}" for value in field.counts]
        found += [f"phrase {name} {value} {text}" for value, text in phrases().get(name, {}).items()]
    return [*found, *(f"untold {name}" for name in sorted(UNTOLD & model.fields.keys()))]


def render(model: Model) -> str:
    """The Java source that holds the model."""
    return _SHELL.format(text="\n".join(" " * 12 + line for line in lines(model)))
