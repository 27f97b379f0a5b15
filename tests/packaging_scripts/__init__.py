"""Tests of the scripts in packaging/. Not called tests/packaging: that name is taken on the PyPI."""
