"""A building's day, made up: people come and go, the air follows them, now and then something breaks.

    site ─► model: what each sensor says at any moment (pure) ─► driving: POST /ingest, like any device

`Model` is a function of the seed, the sensor and the moment: whoever asks again gets the same, so that a reading sent
twice is the same reading.
"""
