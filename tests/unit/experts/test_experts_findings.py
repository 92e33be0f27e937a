"""What models find, as values and as data."""

from __future__ import annotations

import json

from hgpt_desktop.experts.findings import Cell, Heard, Label, Passage, Segment, TableAnswer, best_first


def test_a_segment_tells_what_is_known_and_is_read_back() -> None:
    said = Segment(1.234, 5.678, " Hello. ", "en")
    assert said.to_json() == {"start_s": 1.23, "end_s": 5.68, "text": "Hello.", "language": "en"}
    assert Segment(0, 2).to_json() == {"start_s": 0, "end_s": 2}
    heard = Segment(0, 2, label=Label("rain", 0.5))
    assert heard.to_json() == {"start_s": 0, "end_s": 2, "label": "rain", "score": 0.5}
    for one in (heard, Segment(0, 2), Segment(1.2, 5.7, "Hello.", "en")):
        assert Segment.from_json(json.loads(json.dumps(one.to_json()))) == one
    assert Segment(1.5, 4).length_s == 2.5


def test_everything_is_ready_for_json() -> None:
    labels = best_first([Label("wind", 0.25), Label("rain", 0.75)])
    assert [one.label for one in labels] == ["rain", "wind"]
    data = [
        Heard(2.0, labels, (Segment(0, 2, label=labels[0]),)).to_json(),
        Passage("Marie", 0, 5, 0.98765, "person").to_json(),
        Passage("Paris", 9, 14, 0.5).to_json(),
        TableAnswer("who", "count", [Cell(1, "name", "Marie", 0.9)]).to_json(),
    ]
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data[1] == {"text": "Marie", "label": "person", "score": 0.9877, "start": 0, "end": 5}
    assert "label" not in data[2]
    assert data[3]["answered"] is True
