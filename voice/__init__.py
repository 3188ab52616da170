"""Sound to words and words to sound, in a process of its own."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it reports to its makers unless told before it is loaded
