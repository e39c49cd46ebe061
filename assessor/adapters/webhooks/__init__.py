"""Sending to servers that platforms chose, without letting them choose where in our network."""

from assessor.adapters.webhooks.receivers import HttpReceivers

__all__ = ["HttpReceivers"]
