"""The colours one may choose. Status is a word first: every screen reads the same in any of them, and in none."""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT, CONTRAST = "maglia", "maglia-chiaro", "maglia-contrasto"

CHOSEN = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""By the name that the settings have for each."""

THEMES = (
    Theme(
        name=DARK,
        primary="#4ea1d3",
        secondary="#7fc8a9",
        warning="#e0a83c",
        error="#ff7b72",
        success="#7fc8a9",
        accent="#e0a83c",
        foreground="#e6e6e6",
        background="#10151a",
        surface="#1a2129",
        panel="#26303a",
        dark=True,
    ),
    Theme(
        name=LIGHT,
        primary="#0b5c8f",
        secondary="#1d6b4f",
        warning="#8a5a00",
        error="#b3261e",
        success="#1d6b4f",
        accent="#8a5a00",
        foreground="#1b1b1b",
        background="#fbfaf7",
        surface="#f0eee8",
        panel="#e2dfd6",
        dark=False,
    ),
    Theme(
        name=CONTRAST,
        primary="#ffff00",
        secondary="#00ffff",
        warning="#ffff00",
        error="#ffffff",
        success="#ffffff",
        accent="#ffff00",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        dark=True,
        variables={"block-cursor-background": "#ffff00", "block-cursor-foreground": "#000000", "border": "#ffffff"},
    ),
)
"""Dark, light, and of high contrast: white and yellow on black, more than 7:1 everywhere (WCAG 2.2, 1.4.6)."""
