"""Translations, and the small tools that turn them into what the program loads."""
