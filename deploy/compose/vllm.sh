#!/bin/sh
# Serves the model that `preload-models` fetched. --tool-strict-level parameter: without it vLLM does not hold calls of
# tools to their schemas.
set -eu
VLLM_API_KEY=$(cat /run/secrets/markoff_model_key)
export VLLM_API_KEY
exec vllm serve "/models/llm/$MODEL" --served-model-name markoff --host 0.0.0.0 --port 8000 \
    --max-model-len "$MODEL_LENGTH" --gpu-memory-utilization "$MODEL_MEMORY" \
    --enable-auto-tool-choice --tool-call-parser "$MODEL_TOOL_PARSER" --tool-strict-level parameter \
    ${MODEL_REASONING_PARSER:+--reasoning-parser "$MODEL_REASONING_PARSER"} \
    ${MODEL_TEMPLATE_ARGUMENTS:+--default-chat-template-kwargs "$MODEL_TEMPLATE_ARGUMENTS"}
