"""The window: faces of the core in Qt Widgets. It knows the core and is known by nobody."""
