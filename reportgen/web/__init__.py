"""The portal: bidders ask, the agency issues, committees check and use, anybody verifies."""
