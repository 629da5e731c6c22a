"""Learned compression of pictures, for Python. `learned_codec.train` trains codecs on PyTorch."""
