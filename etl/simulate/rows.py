"""The rows of the simulated clinic as COPY will write them, with the ids they will have."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import count
from json import JSONEncoder
from typing import Any
from zoneinfo import ZoneInfo

from core.models import AuditAction, AuditEvent, Base, Record
from core.permissions import Actor
from etl.simulate.spool import Lines, Trail, line

Row = tuple[object, ...]
_KEPT = 2000  # of the newest rows of a table: those of the day are among them, however many doctors there are
as_json = JSONEncoder(default=str).encode


class Table:
    """Rows of one table. The columns are those of the first row; what no row gives has the model's default.

    Only the newest rows are in memory; those before are in a file without a name, as COPY takes them.
    """

    def __init__(self, model: type[Base], first_id: int) -> None:
        self.model, self.first_id, self.last_id = model, first_id, 0
        self.columns: tuple[str, ...] = ()
        self._newest: list[Row] = []
        self._lines = Lines()
        self._given: tuple[str, ...] = ()
        self._defaults: Row = ()
        self._ids = count(first_id)

    def __len__(self) -> int:
        return self._lines.number + len(self._newest)

    def take(self) -> int:
        return next(self._ids)

    def add(self, values: dict[str, Any]) -> None:
        if not self._given:
            self._prepare(values)
        if tuple(values) != self._given:
            raise TypeError(f"{self.model.__tablename__}: {sorted(set(values) ^ set(self._given))}")
        if len(self._newest) >= 2 * _KEPT:
            self._put_down(_KEPT)
        self._newest.append((*values.values(), *self._defaults))
        self.last_id = max(self.last_id, values.get("id", 0))

    def amend(self, number: int, values: dict[str, Any]) -> None:
        """One of the newest rows, of a table whose rows are added in the order of their ids."""
        place = number - self.first_id - self._lines.number
        if place < 0:
            raise IndexError(f"{self.model.__tablename__} {number} is put down already.")
        self._newest[place] = tuple((dict(zip(self.columns, self._newest[place], strict=True)) | values).values())

    def text(self) -> Iterator[bytes]:
        """Every row, in the order in which they were added, once."""
        self._put_down(len(self._newest))
        return self._lines.taken()

    def _put_down(self, oldest: int) -> None:
        self._lines.add(map(line, self._newest[:oldest]))
        del self._newest[:oldest]

    def _prepare(self, values: dict[str, Any]) -> None:
        self._given = tuple(values)
        defaults = {
            column.name: column.default.arg
            for column in self.model.__table__.columns
            if column.name not in values and column.default is not None and column.default.is_scalar
        }
        self.columns = (*self._given, *defaults)
        self._defaults = tuple(defaults.values())


class Rows:
    """`first_ids` by table name: what the sequences would give next."""

    def __init__(self, first_ids: Mapping[str, int], zone: ZoneInfo) -> None:
        self._first_ids, self._zone = first_ids, zone
        self._tables: dict[type[Base], Table] = {}
        self._trail = Trail()

    def take(self, model: type[Record]) -> int:
        """The next id of a table, for a row that is added later."""
        return self.of(model).take()

    def add(self, model: type[Base], /, **values: Any) -> int:
        """Add a row; returns its id, or 0 where a table has none."""
        table = self.of(model)
        number = values.pop("id", 0)
        if not number and issubclass(model, Record):
            number = table.take()
        table.add({"id": number, **values} if number else values)
        return int(number)

    def of(self, model: type[Base]) -> Table:
        if model not in self._tables:
            self._tables[model] = Table(model, self._first_ids.get(model.__tablename__, 1))
        return self._tables[model]

    def note(
        self,
        at: datetime,
        actor: Actor,
        event: str,
        resource: tuple[type[Record], int],
        changes: Mapping[str, object] | None = None,
        days: Iterable[date] = (),
        visit_id: int | None = None,
    ) -> None:
        """One event of the audit trail, as `core.audit.record` writes it. `changes` are new values of fields."""
        model, number = resource
        self._trail.add(
            at,
            {
                "occurred_at": at,
                "actor_id": actor.user_id,
                "actor_name": actor.name,
                "actor_role": actor.role.value,
                "action": _action(event).value,
                "event": event,
                "resource_type": model.__tablename__,
                "resource_id": number,
                "changes": as_json({field: [None, value] for field, value in changes.items()}) if changes else "{}",
                "visit_id": visit_id,
                "days": _array(frozenset((at.astimezone(self._zone).date(), *days))),
            },
        )

    def finished(self) -> list[Table]:
        """Every table with its rows, parents before children. The trail is put in the order of time."""
        for event in self._trail.in_order():
            self.add(AuditEvent, **event)
        order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
        return sorted(self._tables.values(), key=lambda table: order[table.model.__tablename__])


@cache
def _action(event: str) -> AuditAction:
    if event.endswith(_READING):
        return AuditAction.READ
    return AuditAction.CREATE if event.endswith(_CREATING) else AuditAction.UPDATE


@lru_cache(maxsize=1024)
def _array(days: frozenset[date]) -> str:
    """As PostgreSQL writes it, which is quicker than letting the driver find out what it is."""
    return "{" + ",".join(map(date.isoformat, sorted(days))) + "}"


_CREATING = (
    *(".registered", ".booked", ".added", ".received", ".opened"),
    *("token.issued", "prescription.issued", "invoice.issued", "document.issued", "leave.added"),
    *("purchase_order.ordered", "drawer.closed", "stock_take.started"),
    *("note.amended", "diagnosis.added_late", ".saved"),
)
_READING = (".file_opened",)
