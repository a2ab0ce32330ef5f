"""Make tiny.csv: 400 simple molecules (45 of them twice), five assays of two families that share a hidden rule.

45 % of the values are missing. The molecules are scaffolds with substituents; an assay's activity is a noisy sum
of the substituents' effects. Run from the project's root: ``python tests/data/make_tiny.py``.
"""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from rdkit import Chem

SCAFFOLDS = [
    "c1cc({a})ccc1{b}",
    "c1cc({a})nc({b})c1",
    "c1c({a})sc({b})c1",
    "C1CC({a})CCN1{b}",
    "c1cc2c(cc1{a})[nH]c({b})c2",
    "c1cc({a})cc2c1ncc({b})c2",
    "O=C1NC({a})=NC=C1{b}",
    "c1cc({a})ccc1C(=O)N{b}",
    "C1CN({b})CCN1c1ccc({a})cc1",
    "c1nc({a})c2cc({b})ccc2n1",
    "O=S(=O)(c1ccc({a})cc1)N{b}",
    "c1c({a})onc1{b}",
]
SUBSTITUENTS = ["C", "CC", "CCO", "CCN", "C(F)(F)F", "CC(C)C", "CCOC", "C(=O)OC", "CCCl", "CC#N"]
ASSAYS = {
    "opsin-A": "opsin",
    "opsin-B": "opsin",
    "kinase, X": "kinase",
    "kinase-Y": "kinase",
    "kinase-Z": "kinase",
}


def main() -> None:
    """Write tiny.csv beside this file."""
    random = np.random.default_rng(7)
    rows = [
        (scaffold, a, b)
        for scaffold, a, b in itertools.product(range(12), range(10), range(10))
        if (a + b) % 3 == 0
    ][:400]
    smiles = [
        Chem.MolToSmiles(Chem.MolFromSmiles(SCAFFOLDS[s].format(a=SUBSTITUENTS[a], b=SUBSTITUENTS[b])))
        for s, a, b in rows
    ]
    table = pd.DataFrame({"id": [f"M{i:04d}" for i in range(len(rows))], "smiles": smiles})
    family_effect = {family: random.normal(size=(2, 10)) for family in ("opsin", "kinase")}
    for assay, family in ASSAYS.items():
        own = random.normal(scale=0.4, size=(2, 10))
        effect = family_effect[family] + own
        score = np.array([effect[0, a] + effect[1, b] for _, a, b in rows])
        potency = np.round(6 + (score + random.normal(scale=0.3, size=len(rows))), 2)
        table[assay] = np.where(random.random(len(rows)) < 0.45, np.nan, potency)
    table.to_csv(Path(__file__).with_name("tiny.csv"), index=False)


if __name__ == "__main__":
    main()
