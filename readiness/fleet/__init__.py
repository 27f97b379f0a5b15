"""Kiosks tell the clinic's own MQTT broker how they are; one table shows them all. Off unless a kiosk's settings say so."""
