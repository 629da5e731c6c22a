"""Training of codecs on PyTorch, the twin of `codec train --recipe`.

`python -m learned_codec.train --help` tells how. Both trainers read the same recipes and
photographs, draw the same crops, noise and qualities from the same seeds, and keep the same
checkpoints; `codec train --finish` makes the codec of what was trained here.
"""
