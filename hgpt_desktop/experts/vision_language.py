"""Asking a model that reads pictures and writes text, whichever way its processor wants to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.pretrained import longest_input, to_model
from hgpt_desktop.experts.shortening import shortened

if TYPE_CHECKING:
    from PIL import Image


_MOST_QUESTION_TOKENS = 2048


def readable_question(card: ModelCard, model: Any, processor: Any, question: str) -> tuple[str, str]:
    """The question as far as half of what the model reads at once holds it, and what was left out of it."""
    room = longest_input(processor.tokenizer, model.config.get_text_config(decoder=True)) // 2
    return shortened(card, "question", question, processor.tokenizer, min(room, _MOST_QUESTION_TOKENS))


def write_about(
    model: Any, processor: Any, image: Image.Image, prompt: str, most_tokens: int, watch: Any
) -> str:
    """What the model writes about a picture, stripped.

    A processor with a chat template is asked in a chat; another one is given the prompt as it is
    (BLIP goes on from it, Florence-2 takes it as a task); an empty prompt is left out.

    Args:
        watch: the stopping criteria, see `pretrained.watch_tokens`.
    """
    inputs = to_model(_asked(processor, image, prompt), model)
    generated = model.generate(
        **inputs, max_new_tokens=most_tokens, do_sample=False, num_beams=1, stopping_criteria=watch
    )
    given = inputs.get("input_ids")
    if given is not None and _repeats_prompt(generated, given):
        generated = generated[:, given.shape[1] :]
    return str(processor.batch_decode(generated, skip_special_tokens=True)[0]).strip()


def _asked(processor: Any, image: Image.Image, prompt: str) -> Any:
    if getattr(processor, "chat_template", None):
        content: list[dict[str, Any]] = [{"type": "image", "image": image}, {"type": "text", "text": prompt}]
        return processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
    if prompt:
        return processor(images=image, text=prompt, return_tensors="pt")
    return processor(images=image, return_tensors="pt")


def _repeats_prompt(generated: Any, given: Any) -> bool:
    """Whether the answer begins with the tokens of the prompt, as decoders give it back."""
    length = given.shape[1]
    return bool(generated.shape[1] >= length and (generated[:, :length] == given).all())
