"""What every noun of the graph is built from: an id, and pages of a list."""

from typing import Generic, TypeVar

import strawberry

from api.planner.source import column
from api.scalars import Cursor

T = TypeVar("T")


@strawberry.interface(description="Anything that has an id.")
class Node:
    id: strawberry.ID = column("Its id, such as room_12: the noun and a number.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There are more after this page.")
    has_previous_page: bool = strawberry.field(description="There are more before this page.")
    start_cursor: Cursor | None = strawberry.field(description="The cursor of the first one; null on an empty page.")
    end_cursor: Cursor | None = strawberry.field(description="The cursor of the last one; null on an empty page.")


@strawberry.type(description="One of a list, with its place.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The object.")
    cursor: Cursor = strawberry.field(description="Its place, for `after` and `before`.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="The objects of this page.")
    edges: list[Edge[T]] = strawberry.field(description="The same with their cursors.")
    page_info: PageInfo = strawberry.field(description="What lies before and after this page.")
    total_count: int = strawberry.field(description="How many there are on all pages.")
