"""What the portal counts for Prometheus; nothing here names a person, a subject or a report."""

from prometheus_client import Counter, Gauge, Histogram

ANSWERS = Counter(
    "reportgen_http_answers", "Answers by route, method and status.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "reportgen_http_seconds",
    "Seconds from a request to its answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30),
)
QUEUED = Gauge(
    "reportgen_reports_queued", "Reports that wait to be rendered.", multiprocess_mode="mostrecent"
)
RENDERED = Counter("reportgen_reports_rendered", "Reports rendered: issued, failed, killed.", ["outcome"])
RENDER_SECONDS = Histogram(
    "reportgen_render_seconds",
    "Seconds that a report took to be rendered.",
    buckets=(0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120),
)
CALLED = Counter("reportgen_webhook_calls", "Calls of webhooks: delivered, failed.", ["outcome"])
CALLS_WAITING = Gauge(
    "reportgen_webhook_calls_waiting", "Calls of webhooks to be sent.", multiprocess_mode="mostrecent"
)
