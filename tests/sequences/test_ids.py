from seqestimators.sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN


def test_every_reserved_id_is_the_place_of_its_name():
    named = {"<pad>": PAD, "<unknown>": UNKNOWN, "<bos>": BOS, "<eos>": EOS}
    assert {name: i for i, name in enumerate(SPECIAL_TOKENS)} == named


def test_padding_is_what_numpy_fills_with():
    assert PAD == 0
