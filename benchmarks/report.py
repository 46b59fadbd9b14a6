"""Size and writing time of a report by number of comments.

    python benchmarks/report.py [COMMENTS ...]

Comments, themes and scores are made up (the tests' invented company), so that nothing but the
report is measured. Prints one line a format and size: bytes written, and processor seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report"))

from report_sample import sample

from analyzer.report import FORMATS, build, write

SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Measure every format at every size."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    print("| comments | what | bytes | seconds |\n|---:|---|---:|---:|")
    for size in sizes:
        analysis = sample(round(size / 0.86), social=round(size / 20))
        comments = int(analysis.feedback["analysed"].sum())
        start = time.process_time()
        model = build(analysis)
        print(f"| {comments:,} | model | | {time.process_time() - start:.1f} |", flush=True)
        for name in FORMATS:
            with tempfile.TemporaryDirectory() as folder:
                start = time.process_time()
                paths = write(analysis, Path(folder), formats=[name], model=model)
                spent = time.process_time() - start
                written = sum(path.stat().st_size for path in paths)
            print(f"| {comments:,} | {name} | {written:,} | {spent:.1f} |", flush=True)


if __name__ == "__main__":
    main()
