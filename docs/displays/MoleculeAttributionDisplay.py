import matplotlib.pyplot as plt
from rdkit.Chem import MolFromSmarts, MolFromSmiles
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import load_nci_molecules
from seqestimators.inspection import MoleculeAttributionDisplay

smiles, _ = load_nci_molecules(invalid="drop", return_X_y=True)
smiles = smiles[:1000]
halogen = MolFromSmarts("[F,Cl,Br,I]")
found = [MolFromSmiles(s).HasSubstructMatch(halogen) for s in smiles]
kind = ["halogen" if yes else "none" for yes in found]
network = RecurrentClassifier(
    hidden_size=32, lr=0.01, max_epochs=8, random_state=0
)
model = make_pipeline(SmilesTokenizer(), network).fit(smiles, kind)
MoleculeAttributionDisplay.from_estimator(model, "c1ccc(Cl)cc1CC(=O)O")
plt.show()
