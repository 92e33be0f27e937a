"""A conversation as one HTML page that needs no other file."""

from __future__ import annotations

import base64
from html import escape

from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history.values import Conversation, StoredRun

_MOST_INLINE_BYTES = 24 << 20  # a browser opens a page of a few hundred megabytes no longer
_TAGS = {
    Kind.IMAGE: ('<img alt="" src="', '">'),
    Kind.AUDIO: ('<audio controls src="', '"></audio>'),
    Kind.VIDEO: ('<video controls src="', '"></video>'),
}
_STYLE = """
:root { color-scheme: light dark; --line: #dce1e7; --soft: #dff1ef; --quiet: #566170; }
@media (prefers-color-scheme: dark) { :root { --line: #353e4a; --soft: #173b3b; --quiet: #a4afbc; } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1.5rem; }
.request { background: var(--soft); border-radius: 1rem; padding: .7rem 1.1rem; margin: 2.2rem 0 1rem auto;
  width: fit-content; max-width: 80%; white-space: pre-wrap; }
.files, .tasks, time { color: var(--quiet); font-size: .9rem; }
.tasks { border: 1px solid var(--line); border-radius: .8rem; padding: .6rem 1rem .6rem 2.2rem; }
pre { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem; overflow-x: auto; }
img, video { max-width: 100%; border-radius: .6rem; } audio { width: 100%; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--line); padding: .3rem .6rem; }
"""


def to_html(conversation: Conversation) -> str:
    """The page. What users, models and files wrote is shown as text, never run as markup."""
    title = escape(conversation.title)
    body = "\n".join(_run(run) for run in conversation.runs)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'\">\n"
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f"<time>{conversation.created_at:%Y-%m-%d %H:%M}</time>\n{body}\n</body></html>\n"
    )


def _run(run: StoredRun) -> str:
    parts = [f'<div class="request">{escape(run.request)}</div>']
    parts += [_file(file) for file in run.files]
    if run.results:
        tasks = "".join(f"<li>{_task(result)}</li>" for result in run.results)
        parts.append(f'<ol class="tasks">{tasks}</ol>')
    parts += [
        _file(output) for result in run.results for output in result.outputs if output.kind is not Kind.TEXT
    ]
    parts.append(_markdown(run.answer))
    if run.ended_at is None:
        parts.append("<p><em>The run was broken off.</em></p>")
    return "\n".join(parts)


def _task(result: TaskResult) -> str:
    model = f" by {result.model_id}" if result.model_id else ""
    why = f": {result.message}" if result.message else ""
    return escape(f"{result.task.task}{model}, {result.status.value}{why}")


def _file(resource: Resource) -> str:
    name, shown = escape(resource.path.name), ""
    if resource.kind in _TAGS and resource.path.stat().st_size <= _MOST_INLINE_BYTES:
        before, after = _TAGS[resource.kind]
        content = base64.b64encode(resource.path.read_bytes()).decode("ascii")
        shown = f"{before}data:{escape(resource.media_type)};base64,{content}{after}"
    return f'<figure>{shown}<figcaption class="files">{name}</figcaption></figure>'


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    # Without HTML, and without pictures: a text that a model wrote opens no file.
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    return str(reader.render(text))
