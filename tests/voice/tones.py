"""A Piper voice of some kilobytes, written by hand: each phoneme is a short tone. The real synthesis, without training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

RATE = 22_050
HOP = 256
SYMBOLS = 256
SILENT = ("_", "^", "$", " ", ".", ",", "?", "!", ":", ";")


def tones(folder: Path, voice: str) -> Path:
    """The file of a voice for espeak-ng's language `voice`; its .json stands beside it."""
    import onnx
    from onnx import TensorProto as Kind
    from onnx import helper, numpy_helper
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP as PHONEMES

    pitch = (110.0 * 2 ** ((np.arange(SYMBOLS) % 36) / 12)).astype(np.float32) * 2 * np.pi / RATE
    loud = np.full(SYMBOLS, 0.3, np.float32)
    loud[[PHONEMES[symbol][0] for symbol in SILENT]] = 0.0
    constants = {
        "pitch": pitch, "loud": loud, "hop": np.float32(HOP * 3), "zero": np.float32(0), "one": np.float32(1),
        "second": np.int64(1), "last": np.array([2], np.int64), "shape": np.array([1, 1, 1, -1], np.int64),
    }  # fmt: skip
    steps = [
        ("Gather", ["scales", "second"], "length"), ("Mul", ["hop", "length"], "long"), ("Round", ["long"], "samples"),
        ("Range", ["zero", "samples", "one"], "time"), ("Gather", ["pitch", "input"], "pitches"),
        ("Gather", ["loud", "input"], "louds"), ("Unsqueeze", ["pitches", "last"], "pitches3"),
        ("Unsqueeze", ["louds", "last"], "louds3"), ("Mul", ["pitches3", "time"], "phase"), ("Sin", ["phase"], "wave"),
        ("Mul", ["wave", "louds3"], "sound"), ("Reshape", ["sound", "shape"], "output"),
    ]  # fmt: skip
    nodes = [helper.make_node(kind, given, [out]) for kind, given, out in steps]
    nodes.append(helper.make_node("Cast", ["input_lengths"], ["unused"], to=Kind.FLOAT))
    given = [
        helper.make_tensor_value_info("input", Kind.INT64, ["b", "t"]),
        helper.make_tensor_value_info("input_lengths", Kind.INT64, ["b"]),
        helper.make_tensor_value_info("scales", Kind.FLOAT, [3]),
    ]
    out = [helper.make_tensor_value_info("output", Kind.FLOAT, ["b", 1, 1, "s"])]
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tones", given, out, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"tones-{voice}.onnx"
    onnx.save(model, str(file))
    about = {
        "audio": {"sample_rate": RATE, "quality": "x_low"}, "espeak": {"voice": voice},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8}, "phoneme_type": "espeak",
        "phoneme_id_map": PHONEMES, "num_symbols": SYMBOLS, "num_speakers": 1, "speaker_id_map": {}, "hop_length": HOP,
        "language": {"code": voice},
    }  # fmt: skip
    Path(f"{file}.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    return file
