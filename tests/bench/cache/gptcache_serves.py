"""Says of cosines whether GPTCache would serve: its own evaluation and its own default threshold.

Reads a JSON list of cosines of vectors of length 1, writes a JSON list of true and false. Its FAISS store gives the squared
Euclidean distance, 2 - 2 cos; `Config` and `SearchDistanceEvaluation` are what its semantic quick start takes, with nothing set.
The rule itself (score >= range * threshold) is that of `gptcache/adapter/adapter.py`.
"""

import json
import sys

from gptcache.config import Config
from gptcache.similarity_evaluation.distance import SearchDistanceEvaluation

evaluation = SearchDistanceEvaluation()
least, most = evaluation.range()
threshold = (most - least) * Config().similarity_threshold
served = [
    evaluation.evaluation({}, {"search_result": (2 - 2 * cosine, None)}) >= threshold for cosine in json.load(sys.stdin)
]
json.dump(served, sys.stdout)
