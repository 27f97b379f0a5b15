"""The kiosk's window in a waiting room: for strangers, one after another, with nobody there to look after it."""
