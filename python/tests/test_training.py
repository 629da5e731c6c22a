"""Trainings of a few steps on samples."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MISSING, ROOT, imported

torch = imported("torch")
errors, recipes, run, processes = (
    imported("learned_codec.train." + name) for name in ("errors", "recipe", "run", "processes")
)
weights = imported("learned_codec.train.weights")
main = MISSING or imported("learned_codec.train.__main__").main


@pytest.fixture
def folder(tmp_path):
    """A folder with a codec whose network is small, `codec`, and pictures, `data`."""
    description = json.loads((ROOT / "codecs/photo/codec.json").read_bytes())
    description["network"] |= {"width": 8, "hidden": 8, "blocks": 1, "qualityNodes": 2}
    description["training"] |= {"side": "64", "steps": "4", "heldOut": "3"}
    (tmp_path / "codec").mkdir()
    (tmp_path / "codec/codec.json").write_text(json.dumps(description))
    shutil.copy(ROOT / "codecs/photo/weights.safetensors", tmp_path / "codec")
    (tmp_path / "data").mkdir()
    for name in ("shading", "text", "texture"):
        shutil.copy(ROOT / f"samples/{name}.png", tmp_path / "data")
    return tmp_path


@pytest.fixture
def command(folder, monkeypatch, capsys):
    """Runs the command in the folder: its exit status and what it wrote to standard error."""
    monkeypatch.chdir(folder)

    def run(*options: str) -> tuple[int, str]:
        try:
            status = main(["--recipe=codec/codec.json", "--data=data", "--workers=0", *options])
        except SystemExit as exit:
            status = exit.code
        return status, capsys.readouterr().err

    return run


def trained(folder: Path, out: str, stop=lambda step: False, resume=False) -> dict:
    """The checkpoint of a training that asks before each step whether it is to stop."""
    recipe = recipes.read_recipe(folder / "codec/codec.json")
    alone = processes.Processes(0, 1, torch.device("cpu"))
    training = run.TrainingRun(
        recipe, folder / "codec", folder / "data", folder / out, alone, resume=resume
    )
    training.run(lambda steps: steps / recipe.steps, lambda: stop(training.optimiser.steps))
    return weights.Weights(folder / out / "checkpoint.safetensors").tensors


def test_a_stopped_or_killed_training_goes_on_as_if_nothing_had_been(folder):
    whole = trained(folder, "a")

    class Killed(Exception):
        pass

    def kill(step):
        if step == 3:
            raise Killed
        return False

    assert trained(folder, "b", stop=lambda step: step == 2)["steps"] == 2
    with pytest.raises(Killed):
        trained(folder, "b", stop=kill, resume=True)
    resumed = trained(folder, "b", resume=True)
    assert resumed["steps"] == 4
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    description = json.loads((folder / "b/codec.json").read_text())
    assert description["training"]["steps"] == "4"


def test_two_processes_do_what_one_does_with_twice_the_crops(folder):
    one = trained(folder, "one")
    options = ["--recipe=codec/codec.json", "--data=data", "--out=two", "--workers=0"]
    launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    result = subprocess.run(
        [sys.executable, "-m", *launcher, "learned_codec.train", *options],
        check=False,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "python")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    two = weights.Weights(folder / "two/checkpoint.safetensors").tensors
    for name in [name for name in one if name.startswith("average.")]:
        # Sums of gradients differ in their last digits, which Adam's first steps can enlarge.
        assert (one[name] - two[name]).abs().max() <= 1e-3 * one[name].abs().max() + 1e-6, name


def test_a_pack_trains_by_itself(folder, command):
    os.mkfifo(folder / "data/endless.png")
    assert command("--pack=pack", "--seed=7", "--crops=2")[0] == 0
    training = json.loads((folder / "pack/codec/codec.json").read_text())["training"]
    assert training["seed"] == "7" and training["crops"] == "2" and training["side"] == "64"
    size = sum(file.stat().st_size for file in (folder / "pack").rglob("*") if file.is_file())
    assert size <= 60_000_000
    packed = json.loads((folder / "pack/crops/crops.json").read_text())
    # Every third picture from the second on.
    assert packed["heldOut"] == ["00001-0.jpg"]
    result = subprocess.run(
        ["sh", "pack/train.sh", "--steps=2", "--workers=0"],
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        # Its python3 is to be the one that runs this.
        | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (folder / "pack/run/weights.safetensors").exists()


def test_a_network_for_the_eye(folder, command):
    assert command("--out=run", "--tune=eye", "--steps=1")[0] == 0
    training = json.loads((folder / "run/codec.json").read_text())["training"]
    assert training["tuning"] == "eye" and training["steps"] == "1"
    # The matrices are the codec's own, without the weights for the eye.
    before, after = (
        weights.Weights(folder / name / "weights.safetensors").tensors for name in ("codec", "run")
    )
    assert all(torch.equal(after[name], before[name]) for name in ("projection", "synthesis"))


def test_bfloat16_changes_little(folder):
    model = imported("learned_codec.train.model")
    codec = imported("learned_codec.train.codec").Codec(ROOT / "codecs/photo")
    recipe = recipes.read_recipe(ROOT / "codecs/photo/codec.json")
    training = model.SynthesisTraining(codec, recipe)
    training.load_network(ROOT / "codecs/photo/weights.safetensors")
    picture = imported("learned_codec.train.pictures").read_picture(ROOT / "samples/shading.png", 3)
    image = torch.from_numpy(picture[None, :, :64, 100:164]).float()
    reports = []
    for training.mixed_precision in (False, True):
        with torch.no_grad():
            reports.append(training(image, torch.tensor([50.0]), torch.tensor([192]))[2, 0])
    assert abs(reports[0] - reports[1]) < 0.02


@pytest.mark.parametrize(
    "field, value",
    [
        ("levels", 9),
        ("levels", "x"),
        ("version", 2),
        ("network", None),
        ("training", 3),
        ("pyramidLevels", 1.5),
        ("steps", {"finest": 0, "coarsest": 1}),
        ("qualities", "all"),
        ("training.steps", "0"),
        ("training.side", "100"),
        ("training.rate", "nan"),
        ("training.scale", "0.8...0.5"),
        ("training.scale", 3),
        ("training.train", "all"),
        ("training.train", "analysis"),
        ("network.width", 12),
    ],
)
def test_impossible_recipes_are_refused(folder, field, value):
    path = folder / "codec/codec.json"
    description = json.loads(path.read_text())
    *outer, name = field.split(".")
    (description[outer[0]] if outer else description)[name] = value
    path.write_text(json.dumps(description))
    with pytest.raises(errors.TrainError, match="codec.json"):
        trained(folder, "out")


def test_what_contradicts_a_training_is_refused(folder):
    trained(folder, "a")
    checkpoint = folder / "a/checkpoint.safetensors"
    tensors = weights.Weights(checkpoint).tensors
    damaged = {n: t - 1 if n.startswith("second.") else t for n, t in tensors.items()}
    weights.save_weights(damaged, checkpoint)
    with pytest.raises(errors.TrainError, match="second.* negative"):
        trained(folder, "a", resume=True)
    halves = {n: t.half() if t.is_floating_point() else t for n, t in tensors.items()}
    weights.save_weights(halves, checkpoint)
    with pytest.raises(errors.TrainError, match="is of torch.float16"):
        trained(folder, "a", resume=True)
    weights.save_weights(tensors, checkpoint)
    (folder / "a/log.csv").write_bytes(b"step\n\xff\n1,e,\n1,0.5,x\n")
    trained(folder, "a", resume=True)
    path = folder / "codec/codec.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"deadZone": 0.4}))
    with pytest.raises(errors.TrainError, match="field deadZone"):
        trained(folder, "a", resume=True)


def test_what_is_refused_is_said_in_one_line(folder, command):
    refused = "learned_codec.train: data: it exists; --resume goes on with it\n"
    assert command("--out=data") == (1, refused)
    assert command()[0] == 2
    assert command("--out=a", "--minutes=0")[0] == 2
    assert "training.crops cannot be 0" in command("--out=a", "--crops=0")[1]
    assert command("--out=a", "--minutes=1", "--pause-after=1")[0] == 2
    # Nothing is left of a pack that cannot be used.
    assert command("--pack=a", "--data=codec")[0] == 1
    # Only the codec of these weights has this network.
    status, text = command("--out=a", "--present")
    assert status == 1 and "network.input.weight has shape" in text
    path = folder / "codec/weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    status, text = command("--out=a")
    assert status == 1 and text.count("\n") == 1 and "weights.safetensors" in text
    (folder / "codec/codec.json").write_text("{")
    assert "codec.json: it is no JSON" in command("--out=a")[1]
    assert not (folder / "a").exists()
