"""What the press costs, beside its peers: `python -m benchmarks` measures everything and writes `results/`."""
