"""Command line of the rebuild."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from threadpoolctl import threadpool_limits

from analyzer.errors import AnalyzerError
from analyzer.resources import folder
from analyzer.sentiment.train.build import build


def main() -> int:
    """Read the corpora, train, calibrate and write the artifact; 2 when a corpus is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m analyzer.sentiment.train", description="Rebuild the sentiment model."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the JSONL corpora")
    parser.add_argument(
        "--out",
        type=Path,
        default=folder("models") / "sentiment",
        help="where weights.npz and settings.json go (default: the shipped model)",
    )
    arguments = parser.parse_args()
    try:
        with threadpool_limits(1):
            build(arguments.data, arguments.out)
    except AnalyzerError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
