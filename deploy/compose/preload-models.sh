#!/bin/sh
# Fetches the models into the volume, once, with the net: language, hearing (Whisper), two voices (Piper).
set -eu
models=${MODELS:-/models} cache=${CACHE:-/cache}
hf download "$MODEL" --local-dir "$models/llm/$MODEL"
hf download "$WHISPER" --local-dir "$models/whisper"
for voice in ru/ru_RU/irina/medium/ru_RU-irina-medium en/en_US/lessac/medium/en_US-lessac-medium; do
    hf download rhasspy/piper-voices "$voice.onnx" "$voice.onnx.json" --local-dir "$models/piper"
done
chmod -R a+rX "$models"
chown 10001:10001 "$cache" # vLLM keeps there what it has compiled
