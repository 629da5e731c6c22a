"""Further wavelet levels for the lowest band alone, across patches: `LowpassPyramid` in Swift."""

import functools

import torch

from .packets import analyze, band_gains, from_patches, synthesize, to_patches


@functools.cache
def _scales(device: torch.device) -> torch.Tensor:
    """What makes equal errors of the four bands equal errors of the latents. Shape [4]."""
    return torch.tensor(band_gains(1) ** 0.5, dtype=torch.float32, device=device)


def split(latents: torch.Tensor, planes: int, levels: int) -> list[torch.Tensor]:
    """Splits the first `planes` channels of latents [batch, rows, columns, channels].

    Returns the resolutions, coarsest first, each [batch, rows, columns, channels]: the low band
    with its details, the details of finer levels, all other channels. Those of a coarse one are
    [band, plane].
    """
    if levels == 0:
        return [latents]
    resolutions = [latents[..., planes:]] if latents.shape[-1] > planes else []
    low = latents[..., :planes].permute(0, 3, 1, 2)
    for level in range(levels):
        patches = to_patches(analyze(low, 1), 1)
        bands = (patches.unflatten(-1, (planes, 4)) * _scales(latents.device)).transpose(-1, -2)
        low = bands[..., 0, :].permute(0, 3, 1, 2)
        resolutions.insert(0, bands[..., 0 if level == levels - 1 else 1 :, :].flatten(-2))
    return resolutions


# As `Masking` in Swift has them: grey levels, and units of twice as many.
_THRESHOLD, _LARGEST = 6.0, 32.0


def masking(lowest: torch.Tensor, unit: float) -> torch.Tensor:
    """By how much the error of patches may be larger than of others, for it is seen less, by their
    lowest band [batch, rows, columns], of which 1 is so many grey levels: the same shape."""
    # A patch that lies beyond a border is as those at it.
    padded = torch.nn.functional.pad(lowest[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
    rows, columns = lowest.shape[1:]
    total = torch.zeros_like(lowest)
    for row, column in ((1, 0), (1, 2), (0, 1), (2, 1)):
        total += (lowest - padded[:, row : row + rows, column : column + columns]).abs()
    activity = (total * (unit / 4) + _THRESHOLD) / (2 * _THRESHOLD)
    return activity.clamp(max=_LARGEST) ** 0.1875


def merge(
    resolutions: list[torch.Tensor], planes: int, levels: int, rows: int, columns: int
) -> torch.Tensor:
    """The inverse of `split` for latents of so many rows and columns."""
    if levels == 0:
        return resolutions[0]
    sizes = [(rows, columns)]
    for _ in range(levels - 1):
        sizes.append(((sizes[-1][0] + 1) // 2, (sizes[-1][1] + 1) // 2))
    low = None
    for details, size in zip(resolutions, reversed(sizes)):
        bands = details.unflatten(-1, (-1, planes))
        if low is not None:
            bands = torch.cat([low.permute(0, 2, 3, 1)[..., None, :], bands], dim=-2)
        patches = (bands.transpose(-1, -2) / _scales(details.device)).flatten(-2)
        low = synthesize(from_patches(patches, 1), 1, *size)
    return torch.cat([low.permute(0, 2, 3, 1), *resolutions[levels:]], dim=-1)
