"""Telegram: the bot, a client of the agent process and of the graph."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # times of python-telegram-bot are timedeltas, as they will be
