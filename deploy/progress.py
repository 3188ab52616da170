"""A progress bar on standard error, gone when the work is done."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from deploy import console


class Bar:
    """One line for each stage of the work; nothing at all where standard error is no terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        screen = Console(stderr=True)
        self.progress = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def show(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` of a stage whose name is `progress.<stage>` in deploy.words."""
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(console.words(f"progress.{stage}"), total=total)
        self.progress.update(self.tasks[stage], completed=done, total=total)


__all__ = ["Bar"]
