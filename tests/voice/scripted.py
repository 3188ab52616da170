"""A Whisper model written by hand: the real file format and the real decoder, which always says one chosen sentence.

All weights of attention are zero, so the residual carries the last token only; a one-hot embedding and projection make
each token follow the one before: start → language, transcribe → 0.00 → the sentence → 2.00 → end. The sentence is one
entry of the vocabulary. What it says does not depend on the sound; that half is the work of the VAD.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

_CODES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su"
)
LANGUAGES = _CODES.split()
SPECIAL = (
    ["<|endoftext|>", "<|startoftranscript|>"]
    + [f"<|{language}|>" for language in LANGUAGES]
    + ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
)
"""In the order that tells CTranslate2 how many languages there are."""
TIMES = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
WIDTH, HEADS, BANDS = 16, 2, 80


def scripted(folder: Path, sentence: str, language: str = "ru", bands: int = BANDS) -> Path:
    """A folder with a model that hears this sentence in whatever is said."""
    from ctranslate2.specs import whisper_spec

    tokenizer, piece = _tokenizer(sentence)
    size, number = tokenizer.get_vocab_size(), tokenizer.token_to_id
    spec = whisper_spec.WhisperSpec(1, HEADS, 1, HEADS)
    _encoder(spec.encoder, bands)
    decoder = spec.decoder
    decoder.embeddings.weight, decoder.projection.weight = _chain(piece, language, size, number)
    decoder.position_encodings.encodings = _zeros(448, WIDTH)
    _norm(decoder.layer_norm)
    for layer in decoder.layer:
        _attention(layer.self_attention, True)
        _attention(layer.attention, False)
        _feed(layer.ffn)
    vocabulary = tokenizer.get_vocab()
    spec.register_vocabulary(sorted(vocabulary, key=vocabulary.get))
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids = [number(f"<|{one}|>") for one in LANGUAGES]
    spec.config.alignment_heads = [[0, 0], [0, 1]]
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    features = {"feature_size": bands, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _tokenizer(sentence: str) -> tuple[Any, str]:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = pre_tokenizers.ByteLevel(add_prefix_space=False)
    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    vocabulary = {letter: number for number, letter in enumerate(sorted(letters.alphabet()))}
    piece = "".join(part for part, _ in whole.pre_tokenize_str(" " + sentence))
    for token in (piece, "", "<|endoftext|>"):  # the empty one says that the model knows several languages
        vocabulary[token] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer, tokenizer.decoder = letters, decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in TIMES])
    return tokenizer, piece


def _chain(piece: str, language: str, size: int, number: Any) -> tuple[Any, Any]:
    embedding, projection = _zeros(size, WIDTH), _zeros(size, WIDTH)
    follows = [
        ("<|startoftranscript|>", f"<|{language}|>"), ("<|transcribe|>", "<|0.00|>"), ("<|0.00|>", piece),
        ("<|notimestamps|>", piece), (piece, "<|2.00|>"), ("<|2.00|>", "<|endoftext|>"),
    ]  # fmt: skip
    for place, (before, after) in enumerate(follows):
        embedding[number(before), place] = 1.0
        projection[number(after), place] = 10.0
    projection[number("<|endoftext|>"), 4] = 8.0  # a sentence without times has to end, too
    return embedding, projection


def _encoder(encoder: Any, bands: int) -> None:
    encoder.conv1.weight, encoder.conv1.bias = _zeros(WIDTH, bands, 3), _zeros(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = _zeros(WIDTH, WIDTH, 3), _zeros(WIDTH)
    encoder.position_encodings.encodings = _zeros(1500, WIDTH)
    _norm(encoder.layer_norm)
    for layer in encoder.layer:
        _attention(layer.self_attention, True)
        _feed(layer.ffn)


def _attention(part: Any, of_itself: bool) -> None:
    _norm(part.layer_norm)
    _linear(part.linear[0], 3 * WIDTH if of_itself else WIDTH, WIDTH)
    if not of_itself:
        _linear(part.linear[1], 2 * WIDTH, WIDTH)
    _linear(part.linear[-1], WIDTH, WIDTH)


def _feed(part: Any) -> None:
    _norm(part.layer_norm)
    _linear(part.linear_0, 4 * WIDTH, WIDTH)
    _linear(part.linear_1, WIDTH, 4 * WIDTH)


def _norm(part: Any) -> None:
    part.gamma, part.beta = np.ones(WIDTH, np.float32), _zeros(WIDTH)


def _linear(part: Any, out: int, into: int) -> None:
    part.weight, part.bias = _zeros(out, into), _zeros(out)


def _zeros(*shape: int) -> Any:
    return np.zeros(shape, np.float32)
