"""The experts: one file per task family, run in the expert host only."""
