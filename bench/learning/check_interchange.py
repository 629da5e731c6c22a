#!/usr/bin/env python3
"""Checks that Python reads the arrays of `codec latents`, and `codec decode` those of Python.

    check_interchange.py PROGRAM PICTURE CODEC

PROGRAM is the built `codec`, PICTURE any RGB picture, CODEC the name or folder of a codec for it.
Needs numpy; what needs the package safetensors is skipped without it. Exit status 0 where all
agrees.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

import numpy

try:
    import safetensors.numpy
except ImportError:
    safetensors = None


def plain_safetensors(path):
    """A safetensors file by its definition, where the package is missing."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", entry
        start, end = entry["data_offsets"]
        numbers = numpy.frombuffer(data[8 + length + start : 8 + length + end], dtype="<f4")
        arrays[name] = numbers.reshape(entry["shape"])
    return arrays, metadata


def main(program, picture, codec):
    def run(*arguments):
        subprocess.run([program, *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        coded = folder / "coded.wlc"
        run("encode", "--codec", codec, "-q", 70, picture, "-o", coded)
        for kind in ("npy", "npz", "safetensors"):
            run("latents", "--codec", codec, "-q", 70, picture, "-o", folder / f"picture.{kind}")
            run("latents", "--codec", codec, coded, "-o", folder / f"coded.{kind}")
            same = (folder / f"picture.{kind}").read_bytes() == (folder / f"coded.{kind}").read_bytes()
            assert same, f"{kind}: the picture and its file give other latents"

        latents = numpy.load(folder / "coded.npy")
        assert latents.ndim == 3 and latents.dtype == numpy.float32 and latents.flags.c_contiguous
        archive = numpy.load(folder / "coded.npz")
        assert numpy.array_equal(archive["latents"], latents)
        metadata = json.loads(archive["metadata.json"])
        assert metadata["quality"] == 70 and len(metadata["codecHash"]) == 16
        flat = latents.reshape(-1, latents.shape[2]).astype(numpy.float64)
        assert numpy.allclose(archive["mean"], flat.mean(0), rtol=1e-4, atol=1e-3)
        # Channels that are all of one value are not scaled.
        deviation = flat.std(0)
        expected = numpy.where(deviation > 1e-6, deviation, 1)
        assert numpy.allclose(archive["scale"], expected, rtol=1e-3, atol=1e-3)

        tensors, text = plain_safetensors(folder / "coded.safetensors")
        assert text["codec"] == metadata["codec"] and float(text["quality"]) == 70
        for key in ("latents", "mean", "scale"):
            assert numpy.array_equal(tensors[key], archive[key]), key
        if safetensors:
            loaded = safetensors.numpy.load_file(folder / "coded.safetensors")
            assert all(numpy.array_equal(loaded[key], tensors[key]) for key in tensors)

        # Back: arrays that Python has written give the picture that the file gives.
        run("decode", coded, "-o", folder / "expected.ppm")
        expected = (folder / "expected.ppm").read_bytes()

        def agrees(result):
            """Whether no sample is further off than by rounding: weights for the eye were divided."""
            pair = [numpy.frombuffer(data, numpy.uint8).astype(int) for data in (result, expected)]
            return len(result) == len(expected) and abs(pair[0] - pair[1]).max() <= 1

        numpy.savez(folder / "python.npz", latents=latents)
        # numpy.savez makes every member an array; the text of the metadata is added as it is.
        with zipfile.ZipFile(folder / "python.npz", "a") as file:
            file.writestr("metadata.json", json.dumps(metadata))
        made = ["coded.npz", "coded.safetensors", "python.npz"]
        if safetensors:
            safetensors.numpy.save_file(
                {"latents": latents}, folder / "python.safetensors", metadata=text
            )
            made.append("python.safetensors")
        for file in made:
            run("decode", "-f", "--codec", codec, folder / file, "-o", folder / "back.ppm")
            assert agrees((folder / "back.ppm").read_bytes()), file
        numpy.save(folder / "python.npy", latents)
        for file in ("coded", "python"):
            source = folder / f"{file}.npy"
            run("decode", "--codec", codec, "-q", 70, source, "-o", folder / f"{file}.ppm")
        assert (folder / "python.ppm").read_bytes() == (folder / "coded.ppm").read_bytes()
    print("interchange agrees" + ("" if safetensors else " (package safetensors is missing)"))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
