"""Approving many applications at one stroke, only where the machine has proved that they are equal (features N-20).

``proving`` says what keeps a row out, ``gathering`` asks the database, ``approving`` and ``undoing`` write. Every row gets
its own decision, ledger row, letter and timeline, as if it had been decided alone (ADR 21).
"""
