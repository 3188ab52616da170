"""A tiny random checkpoint in the shape of XTTS-v2: the folder's real files, no training; what it says is noise."""

from __future__ import annotations

import os
from pathlib import Path

SPECIAL = ["[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", "[ru]"]
LETTERS = "abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюя0123456789.,!?-'\":;"
WIDTH = 64


def checkpoint(folder: Path) -> Path:
    """The folder, with a speaker named Tiny. Needs the extra `voice-xtts`."""
    from voice import torchless

    os.environ.setdefault("COQUI_TOS_AGREED", "1")
    torchless.prepare()
    import torch
    from tokenizers import Tokenizer, models
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models import xtts

    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: number for number, token in enumerate(SPECIAL + list(LETTERS))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "vocab.json"))
    config = XttsConfig(languages=["en", "ru"])
    config.model_args = XttsArgs(
        gpt_layers=2, gpt_n_model_channels=WIDTH, gpt_n_heads=4, decoder_input_dim=WIDTH,
        gpt_number_text_tokens=len(vocabulary), gpt_start_text_token=vocabulary["[START]"],
        gpt_stop_text_token=vocabulary["[STOP]"], gpt_num_audio_tokens=130, gpt_start_audio_token=128,
        gpt_stop_audio_token=129, gpt_use_perceiver_resampler=True, gpt_max_audio_tokens=60,
    )  # fmt: skip
    config.save_json(str(folder / "config.json"))
    model = xtts.Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=str(folder / "vocab.json"))
    model.init_models()
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    speaker = {"gpt_cond_latent": torch.randn(1, 32, WIDTH), "speaker_embedding": torch.randn(1, 512, 1)}
    torch.save({"Tiny": speaker}, folder / "speakers_xtts.pth")
    return folder
