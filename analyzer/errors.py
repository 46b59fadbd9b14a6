"""Everything that can go wrong in a way a person can mend.

    AnalyzerError
    ├── InputError      a file cannot be used: missing, empty, unreadable, no usable row
    │   └── MappingError    its columns are not recognised, or could mean two things
    ├── ConfigError     a setting or an option has a value that cannot be used
    ├── ModelError      an encoder, a sentiment model or a stored artifact cannot be used
    ├── OutputError     a result cannot be written
    └── StoreError      a workspace cannot be opened, read or written

A message names the value found, the file (and row or column), and what to do next. It never holds
text of a comment. The command line prints it and exits with status 2.
"""

__all__ = [
    "AnalyzerError",
    "ConfigError",
    "InputError",
    "MappingError",
    "ModelError",
    "OutputError",
    "StoreError",
]


class AnalyzerError(Exception):
    """Root of the tree: catch this to catch every expected failure."""


class InputError(AnalyzerError):
    """A file of feedback cannot be used."""


class MappingError(InputError):
    """The columns of a file are not recognised, or could mean two things."""


class ConfigError(AnalyzerError):
    """A setting or an option has a value that cannot be used."""


class ModelError(AnalyzerError):
    """An encoder, a sentiment model or a stored artifact cannot be used."""


class OutputError(AnalyzerError):
    """A result cannot be written."""


class StoreError(AnalyzerError):
    """A workspace cannot be opened, read or written."""
