"""The line: our measurement beside other people's, on lines whose truth is known."""
