// One import gives signals, files and subbands beside codecs and latents.
@_exported import MediaFiles
@_exported import Signals
@_exported import Wavelets
