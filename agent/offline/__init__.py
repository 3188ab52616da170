"""The chat model that needs no language model: it understands the building's questions in Russian and English."""

from agent.offline.model import OfflineModel

__all__ = ["OfflineModel"]
