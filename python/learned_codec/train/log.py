"""What a training has found: `log.csv` and its curve."""

import os
import re
from pathlib import Path

HEADER = "step,loss,linear_psnr_db,psnr_db,seconds,held_out_gain_db\n"


def write_whole(path: Path, text: str) -> None:
    """Writes a file that takes its name when it is complete."""
    partial = path.with_name(path.name + ".next")
    partial.write_text(text)
    os.replace(partial, path)


class Log:
    """`log.csv` in a folder, of the columns of the Swift trainer's, and `loss.svg`."""

    def __init__(self, folder: Path, steps: int):
        """Goes on after `steps` steps: later lines are of a training that was killed."""
        self.folder = folder
        path = folder / "log.csv"
        text = path.read_text(errors="replace") if path.exists() else ""
        lines = text.splitlines(keepends=True)[1:]
        # Others are what a full disk or an editor has left.
        number = r"-?\d+(\.\d+)?(e[+-]?\d+)?"
        entries = [line for line in lines if re.match(rf"\d{{1,15}},{number},", line)]
        self.lines = [line for line in entries if int(line.split(",")[0]) <= steps]

    def add(self, step: int, means: dict[str, float], seconds: float, held_out: list[dict]) -> None:
        """Writes an entry; `held_out` are means at each validated quality, or none."""
        gains = [report["psnr"] - report["linear"] for report in held_out]
        fields = [str(step)]
        fields += [f"{v:.5g}" for v in (means["loss"], means["linear"], means["psnr"], seconds)]
        fields.append(f"{sum(gains) / len(gains):.4f}" if gains else "")
        for report in held_out:
            if report["bits_per_pixel"] > 0:
                fields += [f"{report['bits_per_pixel']:.4f}", f"{report['psnr']:.3f}"]
        self.lines.append(",".join(fields) + "\n")
        write_whole(self.folder / "log.csv", HEADER + "".join(self.lines))

    def draw(self) -> None:
        """Writes the loss over the steps as an SVG file of its own."""
        points = [tuple(map(float, line.split(",")[:2])) for line in self.lines]
        if points:
            write_whole(self.folder / "loss.svg", curve(points))


def curve(points: list[tuple[float, float]]) -> str:
    """An SVG chart of losses, as (step, loss)."""
    width, height, left, bottom, top = 640, 360, 60, 40, 20
    last = max(step for step, _ in points)
    low, high = min(loss for _, loss in points), max(loss for _, loss in points)
    across = (width - left - 20) / max(last, 1)
    down = (height - top - bottom) / ((high - low) or 1)
    line = " ".join(
        f"{left + step * across:.1f},{top + (high - loss) * down:.1f}" for step, loss in points
    )
    base = height - bottom
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" \
font-family="sans-serif" font-size="12">
<rect width="{width}" height="{height}" fill="white"/>
<path d="M{left},{top} V{base} H{width - 20}" fill="none" stroke="gray"/>
<text x="{left - 6}" y="{top + 4}" text-anchor="end">{high:.4g}</text>
<text x="{left - 6}" y="{base}" text-anchor="end">{low:.4g}</text>
<text x="{width - 20}" y="{base + 16}" text-anchor="end">{last:.0f}</text>
<text x="{width / 2}" y="{height - 8}" text-anchor="middle">Steps</text>
<text x="{left + 8}" y="{top - 6}">Loss (mean since the entry before)</text>
<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>
</svg>
"""
