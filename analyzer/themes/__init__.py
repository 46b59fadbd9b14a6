"""Themes: discovered on those who hurt, assigned to everybody, named in three languages."""

from analyzer.themes.discovery import Discovery, discover

__all__ = ["Discovery", "discover"]
