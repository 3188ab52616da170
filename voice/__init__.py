"""Sound to words and words to sound, in a process of its own."""
