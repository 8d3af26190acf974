"""The judgement, every part of it explained."""
