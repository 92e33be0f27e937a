"""Between the engine and the widgets: thread pools, signals and small views. QtCore only."""
