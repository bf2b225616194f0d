"""Two months of made-up traffic, for demonstrations and for tests that want many rows."""

from migrate.seed.planting import Planted, plant

__all__ = ["Planted", "plant"]
