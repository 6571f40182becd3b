"""Within a section of the gallery, examples for first steps come first, advanced ones last."""

import re
from pathlib import Path

LEVELS = ("first steps", "intermediate", "advanced")
LEVEL = re.compile(r"\*\*Level:\*\* ([a-z ]+)\.")


class LevelSortKey:
    """Sort examples by their level, and those of a level by their file names.

    Two examples run at a time in the order in which they are shown. Those for first steps take the longest,
    so that this is the faster order as well.
    """

    def __init__(self, src_dir):
        self.src_dir = Path(src_dir)

    def __call__(self, filename):
        text = (self.src_dir / filename).read_text(encoding="utf-8")
        return LEVELS.index(LEVEL.search(text)[1]), filename
