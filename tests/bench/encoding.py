"""How long the picture library takes for a photo as phones make them, and how much memory."""

import json

from results import Row, Section
from servers import Bench

# Runs inside a site, in a process of its own: what it peaks at is this photo's.
UPLOAD = """
import io, json, random, resource, time
from unittest import mock
from PIL import Image, ImageFilter
from blog import pictures
from blog.imaging import renditions

def photo():
    chance = random.Random(7)
    coarse = Image.new("RGB", (160, 120))
    coarse.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(160 * 120)])
    soft = coarse.filter(ImageFilter.GaussianBlur(2)).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.merge("RGB", [Image.effect_noise((4000, 3000), 24) for _ in range(3)])
    file = io.BytesIO()
    Image.blend(soft, grain, 0.25).save(file, "JPEG", quality=92)
    return file.getvalue()

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

if MAKE:
    open(FILE, "wb").write(photo())
else:
    data = open(FILE, "rb").read()
    seconds, encode = {}, renditions._encode
    def timed(picture, format):
        started = time.perf_counter()
        made = encode(picture, format)
        seconds[format] = seconds.get(format, 0) + time.perf_counter() - started
        return made
    before, started = peak(), time.perf_counter()
    with mock.patch.object(renditions, "_encode", timed):
        image, _ = pictures.add_picture(data, alt_text="A lamp", depicts="nobody")
    whole = time.perf_counter() - started
    print(json.dumps({"whole": whole, "formats": seconds, "before": before, "peak": peak(),
        "size": len(data), "files": len(image.renditions)}))
    image.delete()
"""


def measure(bench: Bench, plan) -> list[Section]:
    """One upload of 12 megapixels, several times."""
    site = bench.samples().site()
    head = f"FILE = {str(bench.home / 'photo.jpg')!r}\n"
    site.python(f"{head}MAKE = True\n{UPLOAD}")
    found = [json.loads(site.python(f"{head}MAKE = False\n{UPLOAD}").splitlines()[-1]) for _ in range(plan.uploads)]
    found.sort(key=lambda one: one["whole"])
    middle = found[len(found) // 2]
    formats = ", ".join(f"{name.upper()} {took:.1f} s" for name, took in middle["formats"].items())
    besides = middle["whole"] - sum(middle["formats"].values())
    return [
        Section(
            f"A photo of 12 megapixels ({middle['size'] / 1e6:.1f} MB) into the library",
            [
                Row(f"until its {middle['files']} files are there", f"{middle['whole']:.1f} s, one core"),
                Row("of that", f"{formats}, looking at it, scaling and writing {besides:.1f} s"),
                Row("memory at its peak", f"{middle['peak']:.0f} MB, {middle['before']:.0f} before it"),
            ],
        )
    ]
