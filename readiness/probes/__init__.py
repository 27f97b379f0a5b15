"""The only code that touches the machine: one file a subject and, where needed, one a platform.

A probe module has

* ``Task``: a frozen msgspec Struct, what to look at (a device's name, hosts, …);
* ``read(task, tell) -> Reading``: measures and returns facts with units. It may ``tell`` partial readings on the way,
  at most ten a second. It never says good or bad, never prints, and never lets a picture or a sound out of memory.

One that a person can watch has a field ``live`` in its ``Task`` and takes a third argument, a `readiness.live.Live`:
then it measures on and on until ``live.done()``, looks at that and tells something at least five times a second, and
may ``show`` pictures.

It runs in a child process of its own (see ``process.py``) and may hang or crash there without harm.
Only ``readiness/machine.py`` names probes. Probes import nothing of ``checks``.
"""
