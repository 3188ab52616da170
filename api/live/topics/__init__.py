"""What may be followed, one topic a file: how a change of its kind is chosen, and as what it is told."""
