"""Wavelet packets as matrices.

A grid holds the bands of a picture where their samples lay, shape [..., rows, columns]: row `i`
belongs to vertical band `i mod 2^levels`. Each transform is one matrix for the rows and one for
the columns, which on small crops is faster than lifting and can be differentiated as it is.
"""

import functools

import numpy as np
import torch

# Lifting steps of the Cohen-Daubechies-Feauveau 9/7 wavelet (I. Daubechies and W. Sweldens,
# "Factoring wavelet transforms into lifting steps", 1998, section 7.6), and the scale after
# which both halves of a level have gain sqrt(2).
_LIFTING = (
    (1, -1.586134342059924),
    (0, -0.052980118572961),
    (1, 0.882911075530934),
    (0, 0.443506852043971),
)
_LOW_SCALE = 1.149604398860241


def _lift(band: np.ndarray, first: int, weight: float) -> None:
    """Adds both neighbours of every second row from `first` on, symmetric at the ends."""
    rows = np.arange(first, len(band), 2)
    left = np.where(rows > 0, rows - 1, rows + 1)
    right = np.where(rows + 1 < len(band), rows + 1, rows - 1)
    band[rows] += weight * (band[left] + band[right])


@functools.cache
def _analysis(count: int, levels: int) -> np.ndarray:
    """Shape [bands, samples], both `count`, a multiple of 2^levels."""
    matrix = np.eye(count)
    for level in range(levels):
        stride = 1 << level
        for offset in range(min(stride, count)):
            band = matrix[offset::stride]
            if len(band) == 1:
                # No neighbours to lift with; this keeps the gain.
                band *= 2**0.5 / _LOW_SCALE
            else:
                for first, weight in _LIFTING:
                    _lift(band, first, weight)
    high = np.array([(band % (1 << levels)).bit_count() for band in range(count)])
    return matrix * _LOW_SCALE ** (levels - 2.0 * high)[:, None]


@functools.cache
def _synthesis(count: int, levels: int) -> np.ndarray:
    """The inverse. Shape [samples, bands]."""
    return np.linalg.inv(_analysis(count, levels))


def _whole(count: int, levels: int) -> int:
    """`count` rounded up to whole patches."""
    return -(-count >> levels) << levels


@functools.cache
def _extension(count: int, levels: int) -> np.ndarray:
    """Symmetric extension to whole patches. Shape [extended, count]."""
    indices = np.arange(_whole(count, levels)) % max(2 * (count - 1), 1)
    mirrored = np.where(indices < count, indices, 2 * (count - 1) - indices)
    return np.eye(count)[mirrored]


@functools.cache
def _matrix(kind: str, count: int, levels: int, fewer: int, device: torch.device) -> torch.Tensor:
    if kind == "analysis":
        matrix = _analysis(_whole(count, levels), levels) @ _extension(count, levels)
    elif kind == "synthesis":
        matrix = _synthesis(_whole(count, levels), levels)[:count]
    elif kind == "split":
        matrix = _analysis(count >> fewer, levels - fewer)
    else:
        matrix = _synthesis(count >> fewer, levels - fewer)
    # What is far away counts for less than single precision holds, and denormal numbers are slow.
    matrix = np.where(np.abs(matrix) < 1e-12, 0, matrix)
    return torch.tensor(matrix, dtype=torch.float32, device=device)


def _along_both(
    kind: str, grid: torch.Tensor, rows: int, columns: int, levels: int
) -> torch.Tensor:
    vertical = _matrix(kind, rows, levels, 0, grid.device)
    horizontal = _matrix(kind, columns, levels, 0, grid.device)
    return vertical @ (grid @ horizontal.T)


def _between(kind: str, grid: torch.Tensor, levels: int, fewer: int) -> torch.Tensor:
    """Makes the further levels of a grid, or takes them back: they lie in each band alone, whose
    samples are `2^fewer` apart."""
    if levels == fewer:
        return grid
    rows, columns = grid.shape[-2:]
    distance = 1 << fewer
    vertical = _matrix(kind, rows, levels, fewer, grid.device)
    horizontal = _matrix(kind, columns, levels, fewer, grid.device)
    spread = vertical @ grid.unflatten(-2, (-1, distance)).flatten(-2)
    spread = spread.view(grid.shape).unflatten(-1, (-1, distance)).transpose(-1, -2)
    # Copied, so that it is one product of two matrices.
    return (spread.contiguous() @ horizontal.T).transpose(-1, -2).flatten(-2)


def analyze(image: torch.Tensor, levels: int) -> torch.Tensor:
    """The bands of pictures, extended symmetrically to whole patches: a grid."""
    return _along_both("analysis", image, *image.shape[-2:], levels)


def synthesize(grid: torch.Tensor, levels: int, rows: int, columns: int) -> torch.Tensor:
    """Pictures of so many rows and columns from their bands."""
    return _along_both("synthesis", grid, rows, columns, levels)


def split(grid: torch.Tensor, levels: int, fewer: int) -> torch.Tensor:
    """The bands of more levels, of a picture of whole patches, from those of fewer."""
    return _between("split", grid, levels, fewer)


def regroup(grid: torch.Tensor, levels: int, fewer: int) -> torch.Tensor:
    """The bands of fewer levels from those of more: what synthesis and another analysis come to."""
    return _between("regroup", grid, levels, fewer)


def to_patches(grid: torch.Tensor, levels: int) -> torch.Tensor:
    """Bands gathered into patches.

    From [batch, planes, rows, columns] to [batch, patch rows, patch columns, planes * 4^levels];
    within a patch [plane, horizontal band, vertical band].
    """
    batch, planes, rows, columns = grid.shape
    side = 1 << levels
    split = grid.reshape(batch, planes, rows // side, side, columns // side, side)
    return split.permute(0, 2, 4, 1, 5, 3).reshape(batch, rows // side, columns // side, -1)


def from_patches(patches: torch.Tensor, levels: int) -> torch.Tensor:
    """The inverse of `to_patches`."""
    batch, rows, columns, dimension = patches.shape
    side = 1 << levels
    split = patches.reshape(batch, rows, columns, dimension // side**2, side, side)
    return split.permute(0, 3, 1, 5, 2, 4).reshape(batch, -1, rows * side, columns * side)


@functools.cache
def band_gains(levels: int) -> np.ndarray:
    """The energy that an error of 1 in each band of a patch adds to the picture.

    Shape [4^levels], [horizontal band, vertical band], close to 1 each.
    """
    side = 1 << levels
    middle = 16 * side
    impulses = _synthesis(2 * middle, levels)[:, middle : middle + side]
    along = (impulses**2).sum(axis=0)
    return np.outer(along, along).ravel()
