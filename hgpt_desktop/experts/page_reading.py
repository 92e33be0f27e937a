"""Lines of text found in pictures with RapidOCR and the PP-OCR models that it ships.

Source: rapidocr 3.10, models PP-OCRv6 small (detection, recognition) and PP-OCR mobile v2.0 (direction).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.core.interfaces import OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.base import ShouldStop, model_file, stop_if
from hgpt_desktop.experts.media import Picture
from hgpt_desktop.experts.native import Beside, StoppableSession
from hgpt_desktop.experts.pages import Page
from hgpt_desktop.experts.reading_order import Line

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_SHIPPED = {
    "det": "PP-OCRv6_det_small.onnx",
    "cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "rec": "PP-OCRv6_rec_small.onnx",
}
_LONGEST_SIDE_PX = 2000  # what detection sees at most (its memory grows with the area); reading sees all
_NARROWEST = 4  # how many times as long as broad a picture may be for the detection
_TALLEST = 3  # a page that is more times as high as broad (a long screenshot) is read in bands
_LINES_AT_ONCE = 12  # between two questions whether to stop


class PageReader:
    """RapidOCR on the processor, or on `device` where onnxruntime has CUDA.

    Options of the card: `det`, `cls`, `rec` name files in the model's folder that take the place of
    the models that come with the library.
    """

    def __init__(self, card: ModelCard, device: str) -> None:
        import onnxruntime  # type: ignore[import-untyped]
        from rapidocr import RapidOCR

        paths = {part: _part(card, part) for part in _SHIPPED}
        on_gpu = (
            device.startswith("cuda") and "CUDAExecutionProvider" in onnxruntime.get_available_providers()
        )
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.max_side_len": _LONGEST_SIDE_PX,
                # Named files are taken as they are: the library asks no server for anything.
                "Det.model_path": str(paths["det"]),
                "Cls.model_path": str(paths["cls"]),
                "Rec.model_path": str(paths["rec"]),
                "EngineConfig.onnxruntime.use_cuda": on_gpu,
                **({"EngineConfig.onnxruntime.cuda_ep_cfg.device_id": _index(device)} if on_gpu else {}),
            }
        )
        self._warm_up()  # builds the sessions, so that a damaged file is found when loading
        self._beside = Beside()
        for part in (self._engine.text_det, self._engine.text_cls, self._engine.text_rec):
            held: Any = part
            held.session.session = StoppableSession(held.session.session, self._beside)
        self.resident_bytes = 3 * sum(path.stat().st_size for path in paths.values())

    def close(self) -> None:
        """Let go of the networks."""
        self._beside.close()
        del self._engine

    def _warm_up(self) -> None:
        import numpy as np

        blank = np.full((64, 64, 3), 255, dtype=np.uint8)
        self._engine(blank, use_det=True, use_cls=False, use_rec=False)
        self._engine.cls_and_rotate([blank])
        self._engine.recognize_txt([blank])

    def lines(self, page: Page, on_progress: OnProgress, should_stop: ShouldStop) -> list[Line]:
        """What stands in the picture, in the pixels of its file. Raises `Cancelled`."""
        self._beside.should_stop = should_stop
        try:
            return self._found(page, on_progress, should_stop)
        except Exception:  # the library turns whatever ends a network's run into an error of its own
            stop_if(should_stop)
            raise

    def _found(self, page: Page, on_progress: OnProgress, should_stop: ShouldStop) -> list[Line]:
        import numpy as np

        picture = page.picture
        pixels = np.ascontiguousarray(np.asarray(picture.image)[:, :, ::-1])  # (H, W, 3) uint8, BGR
        bands = _bands(pixels)
        lines: list[Line] = []
        for number, (top, bottom) in enumerate(bands):
            stop_if(should_stop)
            boxes = self._boxes(pixels[top:bottom])  # (n, 4, 2)
            boxes[:, :, 1] += top
            for start in range(0, len(boxes), _LINES_AT_ONCE):
                stop_if(should_stop)
                done = (number + start / len(boxes)) / len(bands)
                on_progress(done, f"Reading line {len(lines) + 1}")
                lines += self._read(pixels, boxes[start : start + _LINES_AT_ONCE], picture)
        return lines

    def _boxes(self, pixels: Pixels) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The corners of what looks like a line of text: (n, 4, 2), in pixels.

        A narrow strip is laid on a broader ground first: the library enlarges the shorter side to hundreds of
        pixels, however long the other one becomes.
        """
        import numpy as np
        from rapidocr.ch_ppocr_det.utils import TextDetOutput

        height, width = pixels.shape[:2]
        broad = max(height, width) // _NARROWEST
        if min(height, width) < broad:
            ground = np.median(pixels[::4, ::4].reshape(-1, 3), axis=0).astype(np.uint8)
            laid = np.broadcast_to(ground, (max(height, broad), max(width, broad), 3)).copy()
            laid[:height, :width] = pixels
            pixels = laid
        found = self._engine(pixels, use_det=True, use_cls=False, use_rec=False)
        if not isinstance(found, TextDetOutput) or found.boxes is None:
            return np.zeros((0, 4, 2), dtype=np.float32)
        return np.asarray(found.boxes, dtype=np.float32)

    def _read(
        self, pixels: Pixels, boxes: np.ndarray[Any, np.dtype[np.float32]], picture: Picture
    ) -> list[Line]:
        """Detection works on the scaled picture, recognition on what the boxes cut out of the full one."""
        upright, _ = self._engine.cls_and_rotate(self._engine.crop_text_regions(pixels, boxes))
        read = self._engine.recognize_txt(upright)
        lines = []
        for text, score, box in zip(read.txts or (), read.scores, boxes, strict=True):
            if text.strip() and score >= self._engine.text_score:
                corners = [picture.to_file(float(x), float(y)) for x, y in box]
                across, down = [x for x, _ in corners], [y for _, y in corners]
                lines.append(Line(text.strip(), float(score), min(across), min(down), max(across), max(down)))
        return lines


def _bands(pixels: Pixels) -> list[tuple[int, int]]:
    """First and last row of parts that are not much higher than broad, cut where a row is the emptiest."""
    import numpy as np

    height, width = pixels.shape[:2]
    band = max(2 * width, 2048)
    cuts = [0]
    while height - cuts[-1] > max(_TALLEST * width, band):
        low, high = cuts[-1] + band * 3 // 4, cuts[-1] + band
        busy = pixels[low:high].astype(np.float32).std(axis=(1, 2))  # (rows,)
        cuts.append(low + int(busy.argmin()))
    return list(pairwise([*cuts, height]))


def _part(card: ModelCard, part: str) -> Path:
    if name := card.options.get(part):
        return model_file(card, str(name))
    import rapidocr

    path = Path(str(rapidocr.__file__)).parent / "models" / _SHIPPED[part]
    if not path.is_file():
        raise EnvironmentFault(
            f"The installed rapidocr does not bring its model {_SHIPPED[part]}.",
            "Install it again with `pip install --force-reinstall rapidocr==3.10.0`.",
        )
    return path


def _index(device: str) -> int:
    return int(device.partition(":")[2] or 0)
