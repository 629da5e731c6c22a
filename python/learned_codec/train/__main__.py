"""`python -m learned_codec.train`"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

try:
    import torch
    from tqdm import tqdm

    from .pack import pack
    from .processes import Processes, joined, processor_count
    from .recipe import Recipe, read_recipe
    from .run import TrainingRun
except ModuleNotFoundError as error:
    sys.exit(f"learned_codec.train: {error.name} is missing; pip install 'learned-codec[train]'")
from .errors import TrainError


def _positive(text: str) -> float:
    if not (value := float(text)) > 0:
        raise ValueError
    return value


_positive.__name__ = "positive number"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m learned_codec.train",
        description="Train a codec on PyTorch: on one GPU, by torchrun on many, or on processors.",
        epilog="The training starts from the codec beside the recipe: its matrices and its entropy "
        "model, and with --present its network. It goes on with --resume, also with what `codec "
        "train --recipe` left in --out. `codec train --finish` makes a codec of it.",
    )
    add = parser.add_argument
    add("--recipe", type=Path, required=True, help="codec.json of a codec, its weights beside it")
    add("--data", type=Path, required=True, help="folder of photographs")
    add("-o", "--out", type=Path, help="folder to write to; it must not exist unless resumed")
    add("--resume", action="store_true", help="go on with the training in --out, if there is one")
    add("--present", action="store_true", help="begin with the network beside the recipe")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="steps to train, in place of the recipe's")
    length.add_argument("--minutes", type=_positive, help="minutes to train, in place of steps")
    add(
        "--pause-after",
        type=_positive,
        metavar="MINUTES",
        help="stop after so many minutes; --resume goes on as if nothing had been",
    )
    add("--crops", type=int, help="crops of a step, those of all processes together")
    add("--tune", choices=("psnr", "eye"), help="what the network is for (default: the recipe's)")
    add("--scale", help="factors that scale pictures down, as 0.5...0.8 (default: the recipe's)")
    add("--seed", type=int, help="seed of all that is random")
    add("--device", choices=("cuda", "cpu"), help="cuda or cpu (default: cuda where there is one)")
    add(
        "--precision",
        choices=("float32", "bfloat16"),
        help="of the network's products (default: bfloat16 on a GPU that has it)",
    )
    add(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="whether to compile the network (default: on a GPU)",
    )
    add(
        "--workers",
        type=int,
        choices=range(65),
        metavar="COUNT",
        help="processes that cut crops, for each trainer",
    )
    add(
        "--pack",
        type=Path,
        metavar="FOLDER",
        help="train nothing, and make a folder with all that a machine without network needs",
    )
    return parser


def _train(options: argparse.Namespace, recipe: Recipe, processes: Processes) -> bool:
    """Trains; whether it was stopped before its end."""
    start = time.monotonic()
    is_cuda = processes.device.type == "cuda"
    has_bfloat16 = is_cuda and torch.cuda.is_bf16_supported()
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    cores = processor_count() // local
    run = TrainingRun(
        recipe,
        options.recipe.parent,
        options.data,
        options.out,
        processes,
        resume=options.resume,
        present=options.present,
        precision=options.precision or ("bfloat16" if has_bfloat16 else "float32"),
        compiled=is_cuda if options.compile is None else options.compile,
        workers=options.workers if options.workers is not None else min(max(cores - 1, 1), 12),
    )

    stops: list[int] = []

    def stop(number: int, _: object) -> None:
        # The first asks for a checkpoint, the second does not wait for it.
        if stops:
            raise KeyboardInterrupt
        stops.append(number)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)

    def minutes() -> float:
        return (time.monotonic() - start) / 60

    def share(steps: int) -> float:
        return minutes() / options.minutes if options.minutes else steps / recipe.steps

    def is_stopped() -> bool:
        return bool(stops) or options.pause_after is not None and minutes() > options.pause_after

    bar = None
    if processes.is_first:
        print(
            f"{run.picture_count} pictures, {processes.world} x {processes.device}", file=sys.stderr
        )
        text = "{percentage:3.0f} % {bar} {elapsed}, {remaining} left"
        bar = tqdm(total=1, initial=share(run.optimiser.steps), bar_format=text, dynamic_ncols=True)
    is_ended = not run.run(share, is_stopped, bar)
    if bar is not None:
        bar.close()
        print(
            f"{options.out}: trained for {run.optimiser.steps} steps; "
            + ("`codec train --finish` makes a codec of it" if is_ended else "--resume goes on"),
            file=sys.stderr,
        )
    return not is_ended


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; its exit status."""
    parser = _options()
    options = parser.parse_args(arguments)
    if (options.pack is None) == (options.out is None):
        parser.error("one of --out and --pack names the folder to write to")
    if options.minutes and options.pause_after:
        parser.error("--pause-after goes with a number of steps, not with --minutes")
    try:
        recipe = read_recipe(
            options.recipe,
            steps=options.steps,
            crops=options.crops,
            seed=options.seed,
            tuning=options.tune,
            scale=options.scale,
        )
        if options.pack is not None:
            pack(recipe, options.recipe.parent, options.data, options.pack)
            return 0
        with joined(options.device) as processes:
            if processes.is_first and options.out.exists() and not options.resume:
                raise TrainError(f"{options.out}: it exists; --resume goes on with it")
            return int(_train(options, recipe, processes))
    except (TrainError, OSError) as error:
        print(f"learned_codec.train: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
