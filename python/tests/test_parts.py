"""Parts against published numbers and laws."""

import xml.etree.ElementTree

import pytest
from conftest import imported

torch = imported("torch")
generators, logs, packets, pyramid, rate = (
    imported("learned_codec.train." + name)
    for name in ("generator", "log", "packets", "pyramid", "rate")
)


def test_words_are_those_published():
    # SplitMix64 from the seed 1234567, as the authors' C code gives them.
    generator = generators.SeededGenerator(1234567)
    first = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert generator.words(2).tolist() + generator.words(1).tolist() == first


def test_drawn_numbers_fill_their_ranges():
    generator = generators.SeededGenerator(1)
    floats = generator.floats(10_000, -0.5, 0.5)
    assert len(floats) == 10_000 and abs(floats.mean()) < 0.01
    assert -0.5 <= floats.min() < -0.49 and 0.49 < floats.max() <= 0.5
    assert {generator.below(3) for _ in range(50)} == {0, 1, 2}


@pytest.mark.parametrize("rows, columns, levels", [(1, 1, 3), (37, 50, 3), (9, 2, 1), (64, 7, 2)])
def test_packets_are_inverted(rows, columns, levels):
    picture = torch.rand(2, 3, rows, columns) * 255
    grid = packets.analyze(picture, levels)
    assert torch.equal(packets.from_patches(packets.to_patches(grid, levels), levels), grid)
    back = packets.synthesize(grid, levels, rows, columns)
    assert (back - picture).abs().max() < 1e-3


def test_fewer_levels_are_those_of_another_analysis():
    picture = torch.rand(1, 1, 32, 48)
    regrouped = packets.regroup(packets.analyze(picture, 3), 3, 1)
    assert (regrouped - packets.analyze(picture, 1)).abs().max() < 1e-5
    further = packets.split(packets.analyze(picture, 1), 3, 1)
    assert (further - packets.analyze(picture, 3)).abs().max() < 1e-5


@pytest.mark.parametrize("rows, columns", [(32, 32), (21, 13), (1, 5)])
def test_pyramids_are_inverted(rows, columns):
    latents = torch.rand(2, rows, columns, 8) * 100
    resolutions = pyramid.split(latents, 3, 3)
    assert [values.shape[-1] for values in resolutions] == [12, 9, 9, 5]
    back = pyramid.merge(resolutions, 3, 3, rows, columns)
    assert (back - latents).abs().max() < 1e-3


def test_bits_are_those_of_a_distribution():
    # Probabilities of all integers add up to 1, but for the escape.
    integers = torch.arange(-200.0, 201).double()
    for mean, log_scale in ((0.0, 0.0), (0.3, 2.0), (-5.5, 4.0)):
        bits = rate.laplace_bits(integers, torch.tensor(mean), torch.tensor(log_scale).double())
        assert abs(torch.exp2(-bits).sum() - 1) < 1e-3


def test_bits_have_the_derivatives_of_finite_differences():
    values = torch.tensor([0.2, -3.1, 7.7, 0.0]).double().requires_grad_()
    means = torch.tensor([0.0, -2.0, 7.6, 0.4]).double().requires_grad_()
    scales = torch.tensor([-1.0, 0.5, 2.0, 0.0]).double().requires_grad_()
    assert torch.autograd.gradcheck(rate.laplace_bits, (values, means, scales))


def test_a_log_goes_on_where_its_checkpoint_was(tmp_path):
    means = {"loss": 0.5, "linear": 30.0, "psnr": 30.25, "bits_per_pixel": 0.0}
    log = logs.Log(tmp_path, 0)
    for step in (100, 200, 300):
        log.add(step, means, 0.25, [])
    held_out = {"psnr": 31.0, "linear": 30.5, "bits_per_pixel": 0.25}
    log = logs.Log(tmp_path, 200)
    log.add(300, means, 0.5, [held_out])
    log.draw()
    assert (tmp_path / "log.csv").read_text().splitlines() == [
        logs.HEADER.strip(),
        "100,0.5,30,30.25,0.25,",
        "200,0.5,30,30.25,0.25,",
        "300,0.5,30,30.25,0.5,0.5000,0.2500,31.000",
    ]
    assert xml.etree.ElementTree.parse(tmp_path / "loss.svg").getroot().tag.endswith("svg")
