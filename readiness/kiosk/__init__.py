"""The kiosk in a waiting room, without its window: settings, who keeps the window running, staff's PIN, what went wrong."""
