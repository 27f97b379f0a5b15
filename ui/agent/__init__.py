"""The console of a support agent on the phone: one window, everything by keyboard. The talk itself is `readiness.agent`."""
