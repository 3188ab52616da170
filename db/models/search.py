"""Search: the words of all names, which the database's triggers keep; nobody else writes here."""

from sqlalchemy import Float, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY

from db.models.base import BigInteger, Column, Field, SQLModel, key, text


class SearchWord(SQLModel, table=True):
    """A word of a name: alone (span 1), glued to its neighbours (2 to 4), or a piece of a code (0)."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index(None, "kind", "subject_id"),
        Index(None, "word"),
        Index(None, "skeleton"),
        Index("ix_search_word_keys", "keys", postgresql_using="gin"),
        {"schema": "physical"},
    )
    id: int = key()
    kind: str = text()
    """BUILDING, FLOOR, ROOM, TENANT, LEASE or SENSOR."""
    subject_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    name_no: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Which of the thing's names: 0 its code or number, 1 its name, 3 and on its aliases."""
    position: int
    span: int
    word: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    """Folded: lower case, ё as е, no leading zeros."""
    skeleton: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    """How it sounds, in Latin letters."""
    share: float = Field(sa_column=Column(Float, nullable=False))
    """Which part of the name's letters it is."""
    keys: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """Words that may mean the same have one of these in common."""


__all__ = ["SearchWord"]
