"""What is lost of the structure of pictures: `structuralDifference` in Swift."""

import functools

import torch
from torch.nn import functional

# Z. Wang, E. Simoncelli and A. Bovik, "Multiscale structural similarity for image quality
# assessment", 2003: a Gaussian window of 11 samples, the constants for a peak of 255, and the
# weights of the four finest scales.
_SIDE, _DEVIATION = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363)

# ITU-R BT.601.
_LUMA = {1: (1.0,), 3: (0.299, 0.587, 0.114)}


def luma(image: torch.Tensor) -> torch.Tensor:
    """What is light and dark of pictures [batch, planes, rows, columns]: [batch, 1, rows, columns]."""
    weights = torch.tensor(_LUMA[image.shape[1]], device=image.device)
    return (image * weights[:, None, None]).sum(dim=1, keepdim=True)


@functools.cache
def _window(device: torch.device) -> torch.Tensor:
    places = torch.arange(_SIDE, device=device) - _SIDE // 2
    window = torch.exp(-places.square() / (2 * _DEVIATION**2))
    return window / window.sum()


def _blurred(planes: torch.Tensor) -> torch.Tensor:
    """Each plane where the window lies within it."""
    count, window = planes.shape[1], _window(planes.device)
    across = window.view(1, 1, 1, -1).expand(count, 1, 1, -1)
    down = window.view(1, 1, -1, 1).expand(count, 1, -1, 1)
    return functional.conv2d(functional.conv2d(planes, down, groups=count), across, groups=count)


def structural_difference(copy: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
    """1 - structural similarity of pictures [batch, 1, rows, columns], at each scale weighed and
    added: [batch]. Scales smaller than the window do not count."""
    total = torch.zeros(len(copy), device=copy.device)
    for weight in _WEIGHTS:
        if min(copy.shape[-2:]) < _SIDE:
            break
        products = (copy, original, copy * copy, original * original, copy * original)
        mean, mean_original, *squares = _blurred(torch.cat(products, dim=1)).split(1, dim=1)
        variance = squares[0] - mean * mean
        variance_original = squares[1] - mean_original * mean_original
        covariance = squares[2] - mean * mean_original
        similarity = (2 * mean * mean_original + _C1) * (2 * covariance + _C2)
        similarity = similarity / (mean * mean + mean_original * mean_original + _C1)
        similarity = similarity / (variance + variance_original + _C2)
        total = total + weight * (1 - similarity).mean(dim=(1, 2, 3))
        copy, original = functional.avg_pool2d(copy, 2), functional.avg_pool2d(original, 2)
    return total
