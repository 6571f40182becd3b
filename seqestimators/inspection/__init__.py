"""What a fitted network does: numbers first, pictures second."""

from .atoms import AtomAlignment, atom_alignment
from .attention import attention_weights
from .attributions import integrated_gradients
from .codons import CodonTable, codon_table
from .decisions import decision_trace
from .displays import *  # noqa: F403
from .displays import __all__ as _displays
from .embeddings import TokenContrast, token_contrast, token_embeddings, token_similarity
from .gates import gate_trace
from .gradients import gradient_flow
from .mutagenesis import mutagenesis
from .numpy_forward import numpy_forward
from .states import hidden_states
from .variants import variant_effect

__all__ = [
    "AtomAlignment",
    "CodonTable",
    "TokenContrast",
    "atom_alignment",
    "attention_weights",
    "codon_table",
    "decision_trace",
    "gate_trace",
    "gradient_flow",
    "hidden_states",
    "integrated_gradients",
    "mutagenesis",
    "numpy_forward",
    "token_contrast",
    "token_embeddings",
    "token_similarity",
    "variant_effect",
]
__all__ += _displays
