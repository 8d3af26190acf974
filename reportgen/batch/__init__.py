"""Many requests at once: the list of requests, its check, jobs for an executor, and the manifest of what came of each."""
