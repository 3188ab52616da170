"""Makes a language model of random weights with a taste for tool calls: `python tiny_model.py OUT CORPUS [SEED]`.

Run by the Python of vLLM's environment; downloads nothing. The tokenizer is learned from the corpus, so that our prompts
are about as long as in the eyes of a real model. Three dimensions are not chance: the first is the same for every token,
so that the head can like some everywhere; the second marks quotes, after which names of the demo building are liked; the
third marks those names, after which a quote is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

VOCABULARY, HIDDEN, CONSTANT = 4000, 64, 8.0
END, PAD, CALL = "<|im_end|>", "<|endoftext|>", "<tool_call>"
MARKS = [CALL, "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"]
"""Not special, so that they survive decoding, as Qwen's do."""
CITED = (
    "{r1.total} ", "{r1.nodes[0].name} ", "{r1.nodes[*].id} ", "{r2.nodes | count} ", "{r1.message} ", "{now | time} ",
    "{a1.level} ", "{if r1 empty}", "{if r1 done}", "{if not r1 empty}", "{else}", "{end}", "{for s in r1.nodes limit 3}",
    "{s.number} ", "{r9.x} ", '{"name": "', "done ", "нет ", "все ", "Готово ", "42 ", "```json\n",
)  # fmt: skip
"""Pieces of replies, proper and not, that chance alone would hardly make."""
NAMES = (
    *(f"alarm_{n}" for n in range(1, 9)), *(f"room_{n}" for n in range(1, 5)), "sensor_1", "sensor_2", "tenant_1", "tenant_2",
    "lease_1", "lease_2", "floor_1", "rule_1", "rule_3", "zone_1", "ladoga", "201", "Альфа",
)  # fmt: skip
LIKELY = {CALL: 7.8, END: 7.8, '"': 8.0, '",': 6.0, "</think>": 3.0, "<think>": 3.5} | dict.fromkeys(CITED, 5.0)
"""Logits that the constant adds; a token of no taste has 0, give or take 1.5, of some 4,000."""
NAMED, QUOTED = 7.5, 10.0
"""Logits of a name after a quote, of a quote after a name."""
# The tools are left out: chance reads nothing, and the server constrains by them all the same.
TEMPLATE = """\
{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content }}
{{- '<|im_end|>\\n' }}{%- endif %}
{%- for m in messages %}
{%- if m.role == 'user' %}{{- '<|im_start|>user\\n' + m.content + '<|im_end|>\\n' }}
{%- elif m.role == 'assistant' %}{{- '<|im_start|>assistant\\n' + (m.content or '') }}
{%- for call in m.tool_calls or [] %}{%- set f = call.function if call.function else call %}{{- '\\n<tool_call>\\n{"name": "' + f.name + '", "arguments": ' }}{{- f.arguments if f.arguments is string else (f.arguments | tojson) }}{{- '}\\n</tool_call>' }}{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- elif m.role == 'tool' %}{{- '<|im_start|>user\\n<tool_response>\\n' + m.content + '\\n</tool_response><|im_end|>\\n' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""


def alphabet() -> list[str]:
    """Bytes without control characters and lead bytes of surrogates, which xgrammar lets into bounded strings."""
    control = [chr(n) for n in range(0x100, 0x120) if n != 0x10A]
    broken = [chr(n) for n in (0xE0, 0xED, 0xF0, *range(0xF4, 0x100))]
    return [c for c in pre_tokenizers.ByteLevel.alphabet() if c not in (*control, *broken)]


def tokenizer(corpus: list[str]) -> PreTrainedTokenizerFast:
    """A byte-level one, learned from the lines."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[PAD, "<|im_start|>", END], show_progress=False,
        initial_alphabet=alphabet(),
    )  # fmt: skip
    made.train_from_iterator(corpus, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token=END, pad_token=PAD, model_max_length=65536, clean_up_tokenization_spaces=False
    )
    fast.add_tokens([AddedToken(t, special=False, normalized=False) for t in (*MARKS, *CITED, *NAMES)])
    fast.chat_template = TEMPLATE
    return fast


def model(words: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    """Two layers of chance, and the taste."""
    config = Qwen3Config(
        vocab_size=-(-len(words) // 64) * 64, hidden_size=HIDDEN, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=32, max_position_embeddings=65536,
        tie_word_embeddings=False, bos_token_id=None, eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id,
        dtype="bfloat16",
    )  # fmt: skip
    made = Qwen3ForCausalLM(config)
    with torch.no_grad():
        _taste(made.model.embed_tokens.weight, made.lm_head.weight, words)
    made.generation_config.eos_token_id = [words.eos_token_id]
    made.generation_config.pad_token_id = words.pad_token_id
    return made.to(torch.bfloat16)


def _taste(inward: torch.Tensor, head: torch.Tensor, words: PreTrainedTokenizerFast) -> None:
    names = [words.convert_tokens_to_ids(name) for name in NAMES]
    quotes = [n for text, n in words.get_vocab().items() if text.endswith('"') or text in ('",', '":')]
    closing = [n for text, n in words.get_vocab().items() if text in ('"', '",', '"}', '"}}', '"]')]
    inward.normal_(0, 1)
    inward[:, 0], inward[:, 1:3] = CONSTANT, 0
    inward[quotes, 1], inward[names, 2] = CONSTANT, CONSTANT
    head.normal_(0, 0.3)
    head[:, :3] = 0
    head[len(words) :, 0] = -20
    seen = CONSTANT / ((HIDDEN + CONSTANT**2) / HIDDEN) ** 0.5  # of the constant, after the norm
    marked = CONSTANT / ((HIDDEN + 2 * CONSTANT**2) / HIDDEN) ** 0.5
    for token, logit in LIKELY.items():
        head[words.convert_tokens_to_ids(token), 0] = logit / seen
    head[names, 1], head[closing, 2] = NAMED / marked, QUOTED / marked


if __name__ == "__main__":
    out, corpus, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    torch.manual_seed(seed)
    words = tokenizer(corpus.read_text().splitlines())
    made = model(words)
    made.save_pretrained(out)
    words.save_pretrained(out)
    print(f"{sum(p.numel() for p in made.parameters())} parameters, {len(words)} tokens")
