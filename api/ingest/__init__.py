"""The doors by which readings come in, and the one queue where all of them meet."""
