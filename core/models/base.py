"""What every table shares."""

import enum
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    Identity,
    MetaData,
    Numeric,
    Text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, QueryableAttribute, mapped_column
from sqlalchemy.types import UserDefinedType

E = TypeVar("E", bound=enum.StrEnum)


class Base(DeclarativeBase):
    """Statuses are stored as text, so that a new one needs no ALTER TYPE; checks keep out unknown ones."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        int: BigInteger,
        str: Text,
        Decimal: Numeric(12, 2),
        date: Date,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[date]: ARRAY(Date),
        enum.StrEnum: Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=True,
            length=20,
            values_callable=lambda members: [member.value for member in members],
        ),
    }


class Record(Base):
    """A table with a number of its own."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)


class _Members(UserDefinedType[E]):
    cache_ok = True

    def __init__(self, of: type[E]) -> None:
        self.of = of

    def result_processor(self, _dialect: object, _coltype: object) -> Callable[[str], E]:
        return {member.value: member for member in self.of}.__getitem__


def members(column: ColumnElement[E] | QueryableAttribute[E], of: type[E]) -> ColumnElement[E]:
    """A status that is never NULL, for lists of many rows: SQLAlchemy's own way takes ten times as long for each."""
    return type_coerce(column, _Members(of))


def filled(*columns: str) -> list[CheckConstraint]:
    """Text that must say something: blanks alone are refused by the database too."""
    return [CheckConstraint(f"btrim({column}) <> ''", name=f"{column}_filled") for column in columns]
