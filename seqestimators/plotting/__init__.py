"""What the displays of several rooms draw with; matplotlib is imported on demand."""

from .drawing import COLORS, draw_heatmap, label_tokens, open_axes, open_panels
from .drawing import MAX_WIDTH as MAX_WIDTH
from .drawing import Display as Display
from .drawing import draw_band as draw_band
from .drawing import letter_color as letter_color
from .drawing import marker_of as marker_of
from .drawing import name_score as name_score
from .drawing import tick_whole_numbers as tick_whole_numbers
from .drawing import token_height as token_height
from .drawing import token_width as token_width

__all__ = ["COLORS", "draw_heatmap", "label_tokens", "open_axes", "open_panels"]
