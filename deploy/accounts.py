"""What became of a table of readings, told in a terminal: counts, and the rows that were none by their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy import console

if TYPE_CHECKING:
    from db.imports.readings import Account, Report

SOME_REFUSED = 3
"""The exit code of a command that took what it could, and not all."""


def tell_stored(report: Report) -> None:
    """The end of an import of history."""
    account = report.account
    console.say("importing.readings", rows=account.rows, stored=report.stored, known=report.known, bad=account.bad)
    if report.first is not None and report.last is not None:
        console.say("importing.span", first=f"{report.first:%Y-%m-%d %H:%M}", last=f"{report.last:%Y-%m-%d %H:%M}")
    tell_account(account)


def tell_account(account: Account) -> None:
    """The hours taken twice, and the bad rows: how many of each kind, and the first by their lines."""
    from db.imports.words import SENTENCES

    russian = console.language() == "ru"
    if account.ambiguous:
        console.say("importing.twice", count=account.ambiguous)
    for reason, count in account.reasons.most_common():
        console.say("importing.refused", reason=SENTENCES[reason][russian], count=count)
    for bad in account.listed:
        shown = f" ({bad.text})" if bad.text else ""
        console.say("importing.line", line=bad.line, reason=SENTENCES[bad.reason][russian], text=shown)
    if account.bad > len(account.listed):
        console.say("importing.more", count=account.bad - len(account.listed))


__all__ = ["SOME_REFUSED", "tell_account", "tell_stored"]
