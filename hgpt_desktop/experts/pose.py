"""Body poses in a picture as a guide, in OpenPose's colours: people by a detector, joints by ViTPose (transformers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    running,
    to_model,
)

if TYPE_CHECKING:
    from PIL import Image

_JOINTS = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder", "left elbow", "left wrist",
    "right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle", "right eye", "left eye",
    "right ear", "left ear",
)  # fmt: skip
_FROM_COCO = (
    0,
    None,
    6,
    8,
    10,
    5,
    7,
    9,
    12,
    14,
    16,
    11,
    13,
    15,
    2,
    1,
    4,
    3,
)  # the neck lies between the shoulders
_BONES = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
    (0, 14), (14, 16), (0, 15), (15, 17),
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
    """Options: `detector` (the subfolder of an object detector that knows persons; without one the whole picture
    is taken as one person), `threshold` (0.3, the least score of a joint), `person_threshold` (0.5).
    """  # fmt: skip

    def __init__(
        self, card: ModelCard, device: str, model: Any, processor: Any, detector: tuple[Any, Any] | None
    ) -> None:
        super().__init__(card, device, model, processor, *((detector[0],) if detector else ()))
        self.detector = detector

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """Skeletons on black, the size of the picture.

        Data: `{"width_px", "height_px", "people": [{"joints": [{"name", "x", "y", "score"}]}]}`, in pixels of the
        file; joints that were not seen are left out.
        """
        picture = open_image(required_path(call, "image"), _WORKING_PX)
        stop_if(should_stop)
        on_progress(0.1, "looking for people")
        with running(self.card):
            boxes = self._people(picture)
            stop_if(should_stop)
            on_progress(0.5, f"{len(boxes)} people found")
            poses = self._poses(picture, boxes) if boxes else []
        stop_if(should_stop)
        if not any(joint for pose in poses for joint in pose):
            raise ExecutionFailed(
                "Nobody was found in the picture.", "Take a picture in which people are seen whole."
            )
        on_progress(1.0, "poses drawn")
        data = {
            "width_px": picture.width_px,
            "height_px": picture.height_px,
            "people": [{"joints": _listed(pose, picture)} for pose in poses],
        }
        return (write_image(call, _drawn(poses, picture.image.size), data),)

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
        self, picture: Picture, boxes: list[tuple[float, float, float, float]]
    ) -> list[list[Joint | None]]:
        """For each person OpenPose's 18 joints, None for one that was not seen."""
        import numpy as np

        asked = [np.array(boxes, dtype=np.float32)]
        inputs = to_model(self.processor(picture.image, boxes=asked, return_tensors="pt"), self.model)
        if getattr(self.model.config.backbone_config, "num_experts", 1) > 1:  # ViTPose++: the first is COCO's
            import torch

            inputs["dataset_index"] = torch.zeros(len(boxes), dtype=torch.long, device=self.model.device)
        outputs = self.model(**inputs)
        outputs.heatmaps = outputs.heatmaps.float()
        least = float(self.option("threshold", 0.3))
        poses = []
        for found in self.processor.post_process_pose_estimation(outputs, boxes=asked)[0]:
            coco: list[Joint | None] = [
                (float(x), float(y), float(score)) if float(score) >= least else None
                for (x, y), score in zip(found["keypoints"], found["scores"], strict=True)
            ]
            poses.append(_as_openpose(coco))
        return poses

    def close(self) -> None:
        """Let go of the detector too."""
        self.detector = None
        super().close()


def _as_openpose(coco: list[Joint | None]) -> list[Joint | None]:
    pose = [None if number is None else coco[number] for number in _FROM_COCO]
    right, left = pose[2], pose[5]
    if right and left:
        pose[1] = ((right[0] + left[0]) / 2, (right[1] + left[1]) / 2, min(right[2], left[2]))
    return pose


def _listed(pose: list[Joint | None], picture: Picture) -> list[dict[str, Any]]:
    listed = []
    for name, joint in zip(_JOINTS, pose, strict=True):
        if joint:
            x, y = picture.to_file(joint[0], joint[1])
            listed.append({"name": name, "x": round(x, 1), "y": round(y, 1), "score": round(joint[2], 4)})
    return listed


def _drawn(poses: list[list[Joint | None]], size: tuple[int, int]) -> Image.Image:
    from PIL import Image, ImageDraw

    drawn = Image.new("RGB", size)
    pen = ImageDraw.Draw(drawn)
    width = max(2, max(size) // 128)
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
