"""The benchmarks start; what they measure is for people to read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

QRELS = "profile\tpaper\trelevance\na\tp2\t1\nb\tp0\t2\nb\tp9\t1\n"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", ["rank_speed", "relevance", "steps", "transport", "end_to_end", "web_load"]
)
def test_benchmark_tells_what_it_takes(name):
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", "--help"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)

    assert "usage:" in told.stdout


def test_relevance_tells_ours_beside_the_baselines(tmp_path):
    texts = ["dense retrieval", "graph theory", "speech in noise", "dense fog", "graph drawing"]
    papers = [
        {"id": f"p{number}", "title": text, "abstract": text} for number, text in enumerate(texts)
    ]
    readers = [{"id": "a", "keywords": ["speech"]}, {"id": "b", "keywords": ["dense retrieval"]}]
    for day in (1, 2):
        folder = tmp_path / str(day)
        folder.mkdir()
        dated = [
            {**each, "published": f"2026-01-0{1 + number % day}"}
            for number, each in enumerate(papers)
        ]
        (folder / "papers.jsonl").write_text("\n".join(map(json.dumps, dated)))
        (folder / "profiles.jsonl").write_text("\n".join(map(json.dumps, readers)))
        (folder / "qrels.tsv").write_text(QRELS)
    command = [sys.executable, ROOT / "benchmarks" / "relevance.py", tmp_path, "--ablation"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)

    rows = {line[:14].strip(): line.split()[-4:] for line in told.stdout.splitlines() if line}
    ideal = 1 + (2 / (2 + 0.6309))
    assert rows["ours"] == [f"{ideal / 2:.3f}", "0.750", "0.200", "0.750"]
    assert "mean of 2 collections" in told.stdout
    assert "by day" in told.stdout
    assert {"BM25, stems", "no neighbours", "keyword count"} <= rows.keys()
