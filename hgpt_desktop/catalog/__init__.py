"""The catalogue of models: what there is, what is installed, and how it gets here."""
