"""What is said about traces: code → English, Russian."""

SENTENCES = {
    "traces.absent": (
        "Traces are asked for (MARKOFF_TRACES_URL, or [traces] url), but this needs: pip install 'markoff[tracing]'",
        "Трассировка включена (MARKOFF_TRACES_URL или [traces] url), но для неё нужно: pip install 'markoff[tracing]'",
    ),
}
