"""Audio as the engine handles it: mono, as 16-bit integers or as floats from −1 to 1."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]

# In Hz: what is listened to, and what is spoken.
INPUT_RATE, OUTPUT_RATE = 16000, 24000
