"""Builds the small model that is bundled with Holdfast."""
