"""The command line: one command a job; it parses, calls and prints."""

from analyzer.cli.app import app, main

__all__ = ["app", "main"]
