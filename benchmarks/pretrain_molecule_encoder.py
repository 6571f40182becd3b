"""Builds the encoder of molecules that ships with seqestimators.

Run ``pip install --no-deps chemicals==1.5.2``, whose wheel (MIT) holds names and structures of PubChem's,
then ``python benchmarks/pretrain_molecule_encoder.py FILE.npz``. The molecules are those of that wheel, half
of the validation set of ZINC, and those of RDKit's own files (NCI, and a screening library), each once and
without stereochemistry, atom maps and isotopes. What is a molecule of a data set that the benchmarks measure
on is left out: no encoder is judged by a molecule that it has seen, not even without its label.

The losses are printed every epoch and, in the end, how well the network tells the descriptors of a thousand
molecules that were kept apart. The shipped file was made with the defaults below, on one core.
"""

import argparse
import csv
import os
import time
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from rdkit import Chem, RDConfig, rdBase
from sklearn.metrics import r2_score

from seqestimators.datasets import (
    fetch_bbbp,
    fetch_esol,
    fetch_freesolv,
    fetch_lipophilicity,
    fetch_tox21,
    fetch_zinc,
    load_molecule_activity,
    load_nci_molecules,
)
from seqestimators.domain import plain_molecule
from seqestimators.pretraining import pretrain_properties
from seqestimators.pretraining._file import write_encoder
from seqestimators.pretraining._labels import compute_labels

HEAVY_ATOMS = range(2, 71)
N_KEPT_APART = 1000


def read_pubchem():
    folder = Path(find_spec("chemicals").submodule_search_locations[0]) / "Identifiers"
    for name in ("chemical identifiers pubchem small.tsv", "chemical identifiers pubchem large.tsv"):
        with (folder / name).open(encoding="utf-8") as lines:
            for line in lines:
                yield line.split("\t")[4]


def read_screening_library():
    with Path(RDConfig.RDDataDir, "Pains/test_data/wehi_mols.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        yield from (smiles for smiles, _ in csv.reader(lines))


SOURCES = {
    "PubChem": read_pubchem,
    "ZINC": lambda: fetch_zinc("valid").data[::2],
    "NCI": lambda: load_nci_molecules().data,
    "screening library": read_screening_library,
}
MEASURED_ON = {
    "BBBP": fetch_bbbp,
    "ESOL": fetch_esol,
    "FreeSolv": fetch_freesolv,
    "Lipophilicity": fetch_lipophilicity,
    "Tox21": fetch_tox21,
    "RDKit": load_molecule_activity,
}


def write_plain(smiles):
    """Write a molecule without stereochemistry, atom maps and isotopes; None if it can't be parsed."""
    molecule = Chem.MolFromSmiles(smiles.strip())
    return None if molecule is None else Chem.MolToSmiles(plain_molecule(molecule, stereo=False))


def read_molecules():
    """All molecules to learn from, in random order."""
    measured = {write_plain(one) for load in MEASURED_ON.values() for one in load().data}
    found = {}
    for source, read in SOURCES.items():
        n_read = n_measured = 0
        for smiles in map(write_plain, read()):
            if smiles is None or smiles in found:
                continue
            n_read += 1
            if smiles in measured:
                n_measured += 1
            elif Chem.MolFromSmiles(smiles).GetNumHeavyAtoms() in HEAVY_ATOMS:
                found[smiles] = source
        print(f"{source}: {n_read} molecules, {n_measured} left out, {len(found)} in all", flush=True)
    return np.random.default_rng(0).permutation(sorted(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--molecules", type=Path, help="text file to keep the molecules in, or to read them")
    parser.add_argument("--n-molecules", type=int, help="only so many")
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--hidden-size", type=int, default=128)
    parser.add_argument("--num-layers", type=int, default=1)
    parser.add_argument("--max-epochs", type=int, default=7)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.004)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    start = time.process_time()
    if args.molecules is not None and args.molecules.exists():
        molecules = np.array(args.molecules.read_text(encoding="ascii").split(), dtype=object)
    else:
        with rdBase.BlockLogs():
            molecules = read_molecules()
        if args.molecules is not None:
            args.molecules.write_text("\n".join(molecules), encoding="ascii")
    kept_apart, molecules = np.split(molecules[: args.n_molecules], [N_KEPT_APART])
    print(f"{len(molecules)} molecules after {time.process_time() - start:.0f} CPU s", flush=True)
    encoder = pretrain_properties(
        molecules,
        cell=args.cell,
        hidden_size=args.hidden_size,
        num_layers=args.num_layers,
        max_epochs=args.max_epochs,
        batch_size=args.batch_size,
        lr=args.lr,
        min_frequency=5,
        device=args.device,
        random_state=0,
        verbose=1,
    )
    print(f"taught after {time.process_time() - start:.0f} CPU s", flush=True)
    corpus = "PubChem's by chemicals 1.5.2 (MIT), ZINC by icml18-jtnn (MIT), RDKit's files (BSD-3-Clause)"
    print("sha256", write_encoder(encoder, args.file, corpus=corpus, n_molecules=len(molecules)))
    true = compute_labels(map(Chem.MolFromSmiles, kept_apart)).numbers
    varies = true.std(axis=0) > 0
    scores = r2_score(true[:, varies], encoder.predict(kept_apart)[:, varies], multioutput="raw_values")
    print(f"R² of {len(scores)} descriptors, quartiles:", np.quantile(scores, [0.25, 0.5, 0.75]).round(3))


if __name__ == "__main__":
    main()
