"""The workspace: waves that are kept, themes that keep their identity, edits by people."""

from analyzer.store.workspace import Workspace

__all__ = ["Workspace"]
