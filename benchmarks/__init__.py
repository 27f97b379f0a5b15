"""Reproducible figures, each beside a peer: ``python3 dev.py bench``."""
