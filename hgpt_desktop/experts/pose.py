"""The joints of people in a picture, or their poses as a guide, by a detector and ViTPose of transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts import structures
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image, write_text
from hgpt_desktop.experts.media import Picture, open_image, refuse_narrow
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    running,
    to_model,
)
from hgpt_desktop.experts.structures import Poses

if TYPE_CHECKING:
    import torch
    from PIL import Image

_JOINTS = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder", "left elbow",
    "left wrist", "right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle",
    "right eye", "left eye", "right ear", "left ear",
)  # fmt: skip
# The neck lies between the shoulders.
_FROM_COCO = (0, None, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
_BONES = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
_COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0),
    (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255),
    (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_WORKING_PX = 4_000_000
_MOST_PEOPLE = 20

Joint = tuple[float, float, float]
"""x and y in pixels of the working picture, score."""


class PoseFinder(TorchExpert):
    """Options: `detector` (the subfolder of an object detector that knows persons; without one the whole
    picture is taken as one person), `threshold` (0.3, the least score of a joint), `person_threshold` (0.5).
    """  # fmt: skip

    def __init__(
        self, card: ModelCard, device: str, model: Any, processor: Any, detector: tuple[Any, Any] | None
    ) -> None:
        super().__init__(card, device, model, processor, *((detector[0],) if detector else ()))
        self.detector = detector

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """Where the joints are, as a text and drawn into the picture; as a guide, skeletons on black.

        Data: `structures.Poses`; joints that were not seen are left out.
        """
        picture = open_image(required_path(call, "image"), _WORKING_PX)
        refuse_narrow(picture.width_px, picture.height_px)
        stop_if(should_stop)
        on_progress(0.1, "looking for people")
        with running(self.card):
            boxes = self._people(picture)
            stop_if(should_stop)
            on_progress(0.5, f"{len(boxes)} people found")
            poses = self._poses(call, picture, boxes) if boxes else []
        stop_if(should_stop)
        seen = [pose for pose in poses if any(pose)]
        found = Poses(picture.width_px, picture.height_px, tuple(_listed(pose, picture) for pose in seen))
        if call.task == "keypoint-detection":
            drawn = _drawn(seen, picture.image.convert("RGB"))
            data = found.to_json()
            return write_text(call, found.in_words(), data), write_image(call, drawn, data)
        if not seen:
            raise ExecutionFailed(
                "Nobody was found in the picture.", "Take a picture in which people are seen whole."
            )
        from PIL import Image

        drawn = _drawn(seen, Image.new("RGB", picture.image.size))
        return (write_image(call, drawn, found.to_json()),)

    def _people(self, picture: Picture) -> list[tuple[float, float, float, float]]:
        """Left, top, width, height of each person in the working picture, the surest first."""
        if self.detector is None:
            return [(0.0, 0.0, float(picture.image.width), float(picture.image.height))]
        model, processor = self.detector
        outputs = model(**to_model(processor(images=picture.image, return_tensors="pt"), model))
        found = processor.post_process_object_detection(
            outputs,
            threshold=float(self.option("person_threshold", 0.5)),
            target_sizes=[(picture.image.height, picture.image.width)],
        )[0]
        people = [
            (score, box)
            for score, label, box in zip(
                found["scores"].tolist(),
                found["labels"].tolist(),
                found["boxes"].float().tolist(),
                strict=True,
            )
            if label_of(model.config, label).lower() in ("person", "people", "human")
        ]
        best = sorted(people, key=lambda person: -person[0])[:_MOST_PEOPLE]
        return [(box[0], box[1], box[2] - box[0], box[3] - box[1]) for _, box in best]

    def _poses(
        self, call: ExpertCall, picture: Picture, boxes: list[tuple[float, float, float, float]]
    ) -> list[list[Joint | None]]:
        """For each person OpenPose's 18 joints, None for one that was not seen."""
        import torch

        size = self.processor.size
        frames = [_framed(box, size["width"] / size["height"]) for box in boxes]
        cuts = torch.cat([self._cut(picture, frame) for frame in frames])  # (people, 3, H, W)
        asked = {"pixel_values": cuts.to(self.model.device, self.model.dtype)}
        if getattr(self.model.config.backbone_config, "num_experts", 1) > 1:  # ViTPose++: the first is COCO's
            asked["dataset_index"] = torch.zeros(len(boxes), dtype=torch.long, device=self.model.device)
        heatmaps = self.model(**asked).heatmaps.float().cpu()  # (people, 17, h, w)
        least = self.number(call, "threshold", 0.3)
        return [
            _as_openpose([_within(picture, _joint(heatmap, frame, least)) for heatmap in person])
            for person, frame in zip(heatmaps, frames, strict=True)
        ]

    def _cut(self, picture: Picture, frame: tuple[float, float, float, float]) -> torch.Tensor:
        """(1, 3, H, W) float32, normalised as the model was trained; black outside the picture."""
        import numpy as np
        import torch
        from PIL import Image

        left, top, width, height = frame
        size = (self.processor.size["width"], self.processor.size["height"])
        part = picture.image.crop((round(left), round(top), round(left + width), round(top + height)))
        pixels = np.array(part.resize(size, Image.Resampling.BILINEAR), dtype=np.float32) / 255  # (H, W, 3)
        mean, deviation = (np.array(getattr(self.processor, f"image_{name}")) for name in ("mean", "std"))
        normal = ((pixels - mean) / deviation).astype(np.float32)
        return torch.from_numpy(normal).permute(2, 0, 1)[None]

    def close(self) -> None:
        """Let go of the detector too."""
        self.detector = None
        super().close()


def _framed(box: tuple[float, float, float, float], shape: float) -> tuple[float, float, float, float]:
    """The box a quarter larger and in the shape (width / height) that the model sees."""
    left, top, width, height = box
    wide = max(width, height * shape, 2.0) * 1.25
    high = max(height, width / shape, 2.0 / shape) * 1.25
    return left + (width - wide) / 2, top + (height - high) / 2, wide, high


def _joint(heatmap: torch.Tensor, frame: tuple[float, float, float, float], least: float) -> Joint | None:
    """The brightest place of a heatmap (h, w), a quarter of a cell towards its brighter neighbours."""
    score = float(heatmap.max())
    if score < least:
        return None
    rows, columns = heatmap.shape
    row, column = divmod(int(heatmap.argmax()), columns)
    y = row + 0.25 * _slope(heatmap[:, column].tolist(), row)
    x = column + 0.25 * _slope(heatmap[row].tolist(), column)
    left, top, width, height = frame
    return left + x / (columns - 1) * width, top + y / (rows - 1) * height, score


def _within(picture: Picture, joint: Joint | None) -> Joint | None:
    """The joint; at the nearest edge where it lies outside the picture, as that of somebody cut off there."""
    if joint is None:
        return None
    x, y, score = joint
    return min(max(x, 0.0), picture.image.width), min(max(y, 0.0), picture.image.height), score


def _slope(values: list[float], at: int) -> int:
    if not 0 < at < len(values) - 1:
        return 0
    return (values[at + 1] > values[at - 1]) - (values[at + 1] < values[at - 1])


def _as_openpose(coco: list[Joint | None]) -> list[Joint | None]:
    pose = [None if number is None else coco[number] for number in _FROM_COCO]
    right, left = pose[2], pose[5]
    if right and left:
        pose[1] = ((right[0] + left[0]) / 2, (right[1] + left[1]) / 2, min(right[2], left[2]))
    return pose


def _listed(pose: list[Joint | None], picture: Picture) -> tuple[structures.Joint, ...]:
    return tuple(
        structures.Joint(name, *picture.to_file(joint[0], joint[1]), joint[2])
        for name, joint in zip(_JOINTS, pose, strict=True)
        if joint
    )


def _drawn(poses: list[list[Joint | None]], ground: Image.Image) -> Image.Image:
    """A copy with the skeletons on it."""
    from PIL import ImageDraw

    drawn = ground.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(2, max(drawn.size) // 128)
    for pose in poses:
        for (start, end), shade in zip(_BONES, _COLOURS, strict=False):
            a, b = pose[start], pose[end]
            if a and b:
                dim = tuple(round(part * 0.6) for part in shade)
                pen.line((a[0], a[1], b[0], b[1]), fill=dim, width=width)
        for joint, shade in zip(pose, _COLOURS, strict=True):
            if joint:
                x, y, radius = joint[0], joint[1], width * 0.6
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
    return drawn


def load(card: ModelCard, device: str) -> Expert:
    """ViTPose, and the detector in its subfolder where there is one."""
    processor = load_processor("VitPoseImageProcessor", card)
    model = load_model("VitPoseForPoseEstimation", card, device)
    detector = None
    if folder := card.options.get("detector"):
        detector = (
            load_model("AutoModelForObjectDetection", card, device, str(folder)),
            load_processor("AutoImageProcessor", card, str(folder)),
        )
    return PoseFinder(card, device, model, processor, detector)
