"""Task types in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from hgpt_desktop.core.plan import Task

_NAME_CHARACTERS = 60

_NAMES = {
    "token-classification": QT_TRANSLATE_NOOP("tasks", "Find names and terms"),
    "text-classification": QT_TRANSLATE_NOOP("tasks", "Classify the text"),
    "text2text-generation": QT_TRANSLATE_NOOP("tasks", "Rewrite the text"),
    "summarization": QT_TRANSLATE_NOOP("tasks", "Summarise"),
    "translation": QT_TRANSLATE_NOOP("tasks", "Translate"),
    "question-answering": QT_TRANSLATE_NOOP("tasks", "Answer from the text"),
    "conversational": QT_TRANSLATE_NOOP("tasks", "Talk it over"),
    "text-generation": QT_TRANSLATE_NOOP("tasks", "Write a text"),
    "sentence-similarity": QT_TRANSLATE_NOOP("tasks", "Compare sentences"),
    "feature-extraction": QT_TRANSLATE_NOOP("tasks", "Turn text into a vector"),
    "tabular-classification": QT_TRANSLATE_NOOP("tasks", "Classify table rows"),
    "object-detection": QT_TRANSLATE_NOOP("tasks", "Find objects in the picture"),
    "image-classification": QT_TRANSLATE_NOOP("tasks", "Say what the picture shows"),
    "image-to-image": QT_TRANSLATE_NOOP("tasks", "Change the picture"),
    "image-to-text": QT_TRANSLATE_NOOP("tasks", "Describe the picture"),
    "image-segmentation": QT_TRANSLATE_NOOP("tasks", "Outline what is in the picture"),
    "depth-estimation": QT_TRANSLATE_NOOP("tasks", "Estimate depth"),
    "text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw a picture"),
    "text-to-video": QT_TRANSLATE_NOOP("tasks", "Make a video"),
    "visual-question-answering": QT_TRANSLATE_NOOP("tasks", "Answer about the picture"),
    "document-question-answering": QT_TRANSLATE_NOOP("tasks", "Answer about the document"),
    "optical-character-recognition": QT_TRANSLATE_NOOP("tasks", "Read the text in the picture"),
    "text-to-speech": QT_TRANSLATE_NOOP("tasks", "Say it aloud"),
    "automatic-speech-recognition": QT_TRANSLATE_NOOP("tasks", "Write down what is said"),
    "audio-to-audio": QT_TRANSLATE_NOOP("tasks", "Change the sound"),
    "audio-classification": QT_TRANSLATE_NOOP("tasks", "Say what the sound is"),
    "zero-shot-image-classification": QT_TRANSLATE_NOOP("tasks", "Choose the fitting label"),
    "zero-shot-object-detection": QT_TRANSLATE_NOOP("tasks", "Find a named thing in the picture"),
    "keypoint-detection": QT_TRANSLATE_NOOP("tasks", "Find the joints of people"),
    "mask-generation": QT_TRANSLATE_NOOP("tasks", "Make an exact mask"),
    "background-removal": QT_TRANSLATE_NOOP("tasks", "Remove the background"),
    "inpainting": QT_TRANSLATE_NOOP("tasks", "Repaint a part of the picture"),
    "image-super-resolution": QT_TRANSLATE_NOOP("tasks", "Enlarge the picture"),
    "image-to-video": QT_TRANSLATE_NOOP("tasks", "Make the picture move"),
    "video-classification": QT_TRANSLATE_NOOP("tasks", "Say what happens in the video"),
    "image-similarity": QT_TRANSLATE_NOOP("tasks", "Compare two pictures"),
    "image-feature-extraction": QT_TRANSLATE_NOOP("tasks", "Turn the picture into a vector"),
    "seg-control": QT_TRANSLATE_NOOP("tasks", "Find regions in colours"),
    "image-transform": QT_TRANSLATE_NOOP("tasks", "Change size or shape of the picture"),
    "object-selection": QT_TRANSLATE_NOOP("tasks", "Pick out found objects"),
    "video-to-image": QT_TRANSLATE_NOOP("tasks", "Take pictures out of the video"),
    "video-to-audio": QT_TRANSLATE_NOOP("tasks", "Take the sound out of the video"),
    "video-cutting": QT_TRANSLATE_NOOP("tasks", "Cut or join videos"),
    "audio-cutting": QT_TRANSLATE_NOOP("tasks", "Cut or join recordings"),
    "zero-shot-audio-classification": QT_TRANSLATE_NOOP("tasks", "Choose the fitting sound"),
    "voice-activity-detection": QT_TRANSLATE_NOOP("tasks", "Find where somebody speaks"),
    "text-to-audio": QT_TRANSLATE_NOOP("tasks", "Make music or a sound"),
    "zero-shot-classification": QT_TRANSLATE_NOOP("tasks", "Choose the fitting label for the text"),
    "fill-mask": QT_TRANSLATE_NOOP("tasks", "Fill the gap in the sentence"),
    "text-ranking": QT_TRANSLATE_NOOP("tasks", "Rank texts by a question"),
    "table-question-answering": QT_TRANSLATE_NOOP("tasks", "Answer from the table"),
    "table-calculation": QT_TRANSLATE_NOOP("tasks", "Calculate with the table"),
    "table-to-text": QT_TRANSLATE_NOOP("tasks", "Put the table into words"),
    "arithmetic": QT_TRANSLATE_NOOP("tasks", "Calculate"),
    "canny-control": QT_TRANSLATE_NOOP("tasks", "Find edges (Canny)"),
    "hed-control": QT_TRANSLATE_NOOP("tasks", "Find soft edges (HED)"),
    "mlsd-control": QT_TRANSLATE_NOOP("tasks", "Find straight lines"),
    "normal-control": QT_TRANSLATE_NOOP("tasks", "Find surface directions"),
    "openpose-control": QT_TRANSLATE_NOOP("tasks", "Find body poses"),
    "canny-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along edges (Canny)"),
    "depth-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along depth"),
    "hed-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along soft edges (HED)"),
    "mlsd-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along straight lines"),
    "normal-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along surfaces"),
    "openpose-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along a pose"),
    "seg-text-to-image": QT_TRANSLATE_NOOP("tasks", "Draw along outlines"),
}


_ARGUMENTS = {
    "image": QT_TRANSLATE_NOOP("arguments", "Picture"),
    "images": QT_TRANSLATE_NOOP("arguments", "Pictures"),
    "audio": QT_TRANSLATE_NOOP("arguments", "Recording"),
    "video": QT_TRANSLATE_NOOP("arguments", "Video"),
    "document": QT_TRANSLATE_NOOP("arguments", "Document"),
    "table": QT_TRANSLATE_NOOP("arguments", "Table"),
    "text": QT_TRANSLATE_NOOP("arguments", "Text"),
    "question": QT_TRANSLATE_NOOP("arguments", "Question"),
    "language": QT_TRANSLATE_NOOP("arguments", "Language"),
    "length": QT_TRANSLATE_NOOP("arguments", "Length"),
    "prompt": QT_TRANSLATE_NOOP("arguments", "Description"),
    "history": QT_TRANSLATE_NOOP("arguments", "What was said before"),
    "label": QT_TRANSLATE_NOOP("arguments", "Label"),
    "labels": QT_TRANSLATE_NOOP("arguments", "Labels"),
    "mask": QT_TRANSLATE_NOOP("arguments", "Mask"),
    "points": QT_TRANSLATE_NOOP("arguments", "Points"),
    "boxes": QT_TRANSLATE_NOOP("arguments", "Boxes"),
    "column": QT_TRANSLATE_NOOP("arguments", "Column"),
    "instruction": QT_TRANSLATE_NOOP("arguments", "Instruction"),
    "expression": QT_TRANSLATE_NOOP("arguments", "Formula"),
    "calculation": QT_TRANSLATE_NOOP("arguments", "Kind of calculation"),
    "objects": QT_TRANSLATE_NOOP("arguments", "Objects"),
    "other_image": QT_TRANSLATE_NOOP("arguments", "Second picture"),
    "other_text": QT_TRANSLATE_NOOP("arguments", "Second text"),
    "change": QT_TRANSLATE_NOOP("arguments", "Change"),
    "where": QT_TRANSLATE_NOOP("arguments", "Condition"),
    "angle": QT_TRANSLATE_NOOP("arguments", "Angle"),
    "at": QT_TRANSLATE_NOOP("arguments", "Moment"),
    "count": QT_TRANSLATE_NOOP("arguments", "Number"),
    "end": QT_TRANSLATE_NOOP("arguments", "End"),
    "format": QT_TRANSLATE_NOOP("arguments", "Form"),
    "height": QT_TRANSLATE_NOOP("arguments", "Height"),
    "keep": QT_TRANSLATE_NOOP("arguments", "What to keep"),
    "kind": QT_TRANSLATE_NOOP("arguments", "Kind"),
    "most": QT_TRANSLATE_NOOP("arguments", "At most"),
    "part": QT_TRANSLATE_NOOP("arguments", "Part"),
    "scale": QT_TRANSLATE_NOOP("arguments", "Factor"),
    "seconds": QT_TRANSLATE_NOOP("arguments", "Seconds"),
    "sentences": QT_TRANSLATE_NOOP("arguments", "Sentences"),
    "show": QT_TRANSLATE_NOOP("arguments", "What is shown"),
    "speed": QT_TRANSLATE_NOOP("arguments", "Speed"),
    "start": QT_TRANSLATE_NOOP("arguments", "Start"),
    "steps": QT_TRANSLATE_NOOP("arguments", "Steps"),
    "strength": QT_TRANSLATE_NOOP("arguments", "Strength"),
    "threshold": QT_TRANSLATE_NOOP("arguments", "Threshold"),
    "voice": QT_TRANSLATE_NOOP("arguments", "Voice"),
    "width": QT_TRANSLATE_NOOP("arguments", "Width"),
    "words": QT_TRANSLATE_NOOP("arguments", "Words"),
}


def plain_argument(name: str) -> str:
    """What goes into a task; a name that is not known here shows in words as it is."""
    if name in _ARGUMENTS:
        return QCoreApplication.translate("arguments", str(_ARGUMENTS[name]))
    return name.replace("_", " ").capitalize()


_TAG = re.compile(rf"(?<![\w-])(?:{'|'.join(name for name in _NAMES if '-' in name)})(?![\w-])")


def in_plain_words(sentence: str) -> str:
    """A sentence of the engine with the tags of task types in words."""
    quoted = QCoreApplication.translate("tasks", "“{name}”")
    return _TAG.sub(lambda found: quoted.format(name=plain_name(found[0])), sentence)


def plain_name(task: str) -> str:
    """What the task does; a type that is not known here shows as its tag in words."""
    if task in _NAMES:
        return QCoreApplication.translate("tasks", str(_NAMES[task]))
    return task.replace("-", " ").capitalize()


def plan_name(tasks: Sequence[Task]) -> str:
    """A name for a plan: what its tasks do, one after the other, as far as there is room."""
    names = list(dict.fromkeys(plain_name(task.task) for task in tasks))
    name = ", ".join([*names[:1], *(f"{one[:1].lower()}{one[1:]}" for one in names[1:])])
    return name if len(name) <= _NAME_CHARACTERS else f"{name[:_NAME_CHARACTERS].rpartition(',')[0]}…"
