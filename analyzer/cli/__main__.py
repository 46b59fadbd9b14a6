"""``python -m analyzer.cli``."""

from analyzer.cli.app import main

main()
