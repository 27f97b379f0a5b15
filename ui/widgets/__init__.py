"""One widget a file. Each paints in the colours of `ui.theme`, and gets its words from who shows it."""
