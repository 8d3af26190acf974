"""What the portal counts for Prometheus; nothing here names a person, a subject or a report."""

from prometheus_client import Counter, Histogram

ANSWERS = Counter(
    "reportgen_http_answers", "Answers by route, method and status.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "reportgen_http_seconds",
    "Seconds from a request to its answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30),
)
