"""Parts of ``relevance.py``: collections, rankers, measures and significance."""
