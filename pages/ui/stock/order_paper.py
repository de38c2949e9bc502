"""An order as the paper that goes to the supplier."""

from core import papers
from core.buying import OrderLineRecord, OrderRecord, SupplierRecord
from core.papers import PurchaseOrderPaper
from pages.ui.session import clinic
from pages.ui.show import clinic_day, money, units


def pdf(order: OrderRecord, supplier: SupplierRecord) -> bytes:
    profile = clinic()
    contact = (supplier.address, supplier.phone, supplier.email)
    paper = PurchaseOrderPaper(
        clinic=profile.name,
        address=profile.address,
        phone=profile.phone,
        number=order.number,
        ordered_on=clinic_day(order.ordered_on),
        expected_on=clinic_day(order.expected_on),
        supplier=order.supplier,
        contact=tuple(line for line in contact if line),
        lines=tuple(map(_line, order.lines)),
        total=money(order.total),
        note=order.note,
        ordered_by=order.ordered_by,
    )
    return papers.purchase_order(paper)


def _line(line: OrderLineRecord) -> tuple[str, str, str, str]:
    cost, together = money(line.unit_cost), money(line.quantity * line.unit_cost)
    return line.medicine, units(line.quantity, line.unit), cost, together
