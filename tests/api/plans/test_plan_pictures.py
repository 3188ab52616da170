"""Pictures look as they did when somebody last looked at them, and say the same in every format."""

from __future__ import annotations

import importlib.util
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from api.plans import drawing, raster, vector
from api.plans.floor import Layer, Theme, Wish
from api.plans.palette import PRIORITIES
from db.models import Language, Priority, SensorKind

spec = importlib.util.spec_from_file_location("plan_floors", Path(__file__).with_name("floors.py"))
assert spec
assert spec.loader
floors = importlib.util.module_from_spec(spec)
sys.modules["plan_floors"] = floors
spec.loader.exec_module(floors)

LOOKED_AT = Path(__file__).with_name("looked_at")
WISHES = {
    "alarms": Wish(frozenset({Layer.ROOMS, Layer.ALARMS}), size=900),
    "tenants": Wish(
        frozenset({Layer.TENANTS, Layer.VACANCY, Layer.SENSORS, Layer.ALARMS}), size=900, highlight=frozenset({2})
    ),
    "leases": Wish(frozenset({Layer.LEASES}), size=900, theme=Theme.DARK, language=Language.EN),
    "heat": Wish(frozenset({Layer.HEAT}), size=900, heat=SensorKind.TEMPERATURE),
    "evacuation": Wish(frozenset({Layer.EVACUATION, Layer.FIRE_ZONES}), size=900),
}
"""To look at them anew: `python tests/api/plans/test_plan_pictures.py` writes them; then open them."""
FAR = 40
"""Steps of 255 by which letters and edges of other versions of Pillow may differ, after blurring."""


def small(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").reduce(2)


@pytest.mark.parametrize("name", WISHES)
def test_a_picture_looks_as_when_it_was_looked_at(name: str) -> None:
    seen = Image.open(LOOKED_AT / f"{name}.webp").convert("RGB")
    made = small(raster.image(drawing.draw(floors.demo(), WISHES[name])))
    assert made.size == seen.size
    far = ImageChops.difference(made, seen)
    assert max(ImageStat.Stat(far).mean) < 1.0
    off = sum(far.convert("L").histogram()[FAR:])
    assert off < 0.004 * made.width * made.height


def test_png_webp_and_svg_are_one_drawing() -> None:
    made = drawing.draw(floors.demo(), WISHES["tenants"])
    png, webp = Image.open(BytesIO(raster.png(made))), Image.open(BytesIO(raster.webp(made)))
    assert png.size == webp.size == (made.width, made.height)
    text = vector.svg(made)
    assert "Кофейня «Зерно»" in text
    assert text.count("<text") >= len(made.labels)


def test_a_replay_has_every_frame_in_one_size() -> None:
    frames = [drawing.draw(floors.demo(level), WISHES["alarms"]) for level in (1, 2, 3)]
    film = Image.open(BytesIO(raster.animated(frames)))
    assert (film.n_frames, film.size) == (3, (frames[0].width, frames[0].height))


def test_a_critical_alarm_is_seen_in_the_picture() -> None:
    made = raster.image(drawing.draw(floors.demo(), WISHES["alarms"]))
    colours = {colour for count, colour in made.getcolors(1 << 20) or [] if count > 20}
    assert PRIORITIES[Priority.CRITICAL] in colours


if __name__ == "__main__":
    LOOKED_AT.mkdir(exist_ok=True)
    for name, wish in WISHES.items():
        small(raster.image(drawing.draw(floors.demo(), wish))).save(
            LOOKED_AT / f"{name}.webp", lossless=True, quality=100, method=6
        )
