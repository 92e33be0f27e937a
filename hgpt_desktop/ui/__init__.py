"""The widgets. They read core events and bridge views, and call the workbench."""
