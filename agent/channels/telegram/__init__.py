"""Telegram: the bot, a client of the agent process and of the graph."""
