"""Against what the Swift trainer computes: `reference.safetensors`, which `TwinTests` there
writes and checks."""

import dataclasses

import pytest
from conftest import ROOT, imported

torch = imported("torch")
train = "learned_codec.train."
# Rounds after which symbols are the encoder's.
EXACT = 12


@pytest.fixture(scope="module")
def reference():
    return imported("safetensors.torch").load_file(ROOT / "python/tests/reference.safetensors")


def close(values, expected, tolerance: float) -> bool:
    """Whether no number differs by more than a share of the largest."""
    return bool((values - expected).abs().max() <= tolerance * expected.abs().max())


def sample(name: str):
    read_picture = imported(train + "pictures").read_picture
    return read_picture(ROOT / f"samples/{name}.png", 3)


@pytest.mark.parametrize(
    "name, tuning, quality, channels",
    [
        ("photo", "psnr", 30, 192),
        ("photo", "psnr", 75, 48),
        ("photo", "eye", 30, 192),
        ("photo", "eye", 75, 48),
        ("photo-16x", "psnr", 30, 12),
        ("photo-16x", "psnr", 75, 3),
    ],
)
def test_shipped_codecs_code_the_same(reference, name, tuning, quality, channels):
    codec = imported(train + "codec").Codec(ROOT / "codecs" / name, is_for_eye=tuning == "eye")
    codec.rounds = EXACT
    recipe = imported(train + "recipe").read_recipe(ROOT / "codecs" / name / "codec.json")
    packets = imported(train + "packets")
    network = imported(train + "synthesis").SynthesisNetwork(recipe.network, codec.planes)
    own = imported(train + "model").EYE_NETWORK
    has_own = tuning == "eye" and own + "deviations" in codec.weights.tensors
    codec.weights.load_into(dict(network.named_parameters()), own if has_own else "network.")
    image = torch.from_numpy(sample("texture")[None, :, 100:164, 60:140]).float()
    quality, kept = torch.tensor([float(quality)]), torch.tensor([channels])
    grid = packets.analyze(image, 3)

    prefix = f"{name}.{tuning}.{channels}."
    symbols = codec.symbols(grid, quality, kept)
    for index, (_, values) in enumerate(symbols):
        expected = reference[f"{prefix}symbols.{index}"].float()
        found = values[0, ..., : expected.shape[-1]]
        assert torch.equal(found, expected), f"{(found != expected).sum()} of {found.numel()}"
        assert not values[0, ..., expected.shape[-1] :].any()

    decoded = codec.decoded(grid, quality, kept)
    levels = recipe.network.levels
    linear = packets.to_patches(packets.regroup(decoded, 3, levels), levels)
    with torch.no_grad():
        bands = linear + network(linear, quality, codec.steps(quality))
    found = packets.synthesize(packets.from_patches(bands, levels), levels, 64, 80)[0]
    assert close(found, reference[prefix + "decoded"], 1e-4)


@pytest.mark.parametrize("what", ["network", "analysis", "eye"])
def test_a_step_has_the_same_start_loss_and_gradient(reference, what):
    modules = {m: imported(train + m) for m in ("codec", "crops", "model", "pictures", "recipe")}
    is_analysis, is_for_eye = what == "analysis", what == "eye"
    codec = modules["codec"].Codec(
        ROOT / "codecs" / ("photo-16x" if is_analysis else "photo"), is_for_eye=is_for_eye
    )
    codec.rounds = EXACT
    recipe = dataclasses.replace(
        modules["recipe"].read_recipe(ROOT / "codecs/photo/codec.json", crops=6),
        network=modules["recipe"].NetworkShape(2, 8, 16, 2, 3),
        side=64,
        trains_analysis=is_analysis,
        is_for_eye=is_for_eye,
        prefix_share=0.0 if is_analysis else 0.5,
    )
    pictures = modules["pictures"].Pictures([sample("shading"), sample("texture")], [], False)
    source = modules["crops"].CropSource(pictures, recipe.side, (0.5, 0.8))
    model = modules["model"].SynthesisTraining(codec, recipe)
    model.start(source)
    parameters = model.parameters_by_name()
    for key, parameter in parameters.items():
        expected = reference[f"{what}.start.{key}"]
        if key != "output.weight":
            assert close(parameter, expected, 1e-5), key
        with torch.no_grad():
            parameter.copy_(expected)

    crops = modules["crops"].Crops(source, recipe, codec.channels, 8)
    batch = next(modules["crops"].loader(crops, 0, 0, 1, workers=0, pinned=False))
    report = model(**batch).mean(dim=1)
    assert close(report, reference[f"{what}.report"], 1e-4)
    report[0].backward()
    for key, parameter in parameters.items():
        if parameter.requires_grad:
            # After one step the first moment is a tenth of the gradient.
            assert close(parameter.grad / 10, reference[f"{what}.moment.{key}"], 1e-3), key
