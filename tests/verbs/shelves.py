"""Ways to make what verbs of the stock need."""

from decimal import Decimal

from core import buying, dispensing, inventory
from core.inventory import Delivery, MedicineDetails, stock_takes
from core.models import MedicineForm
from tests.verbs.given import WHY, fresh


class Shelves:
    """What lies on the shelf, is ordered, owed and counted, of a World."""

    def medicine(self, **details):
        usual = {
            "name": fresh("Amoxicillin"),
            "form": MedicineForm.CAPSULE,
            "unit": "capsule",
            "price": Decimal("4.50"),
        }
        details = MedicineDetails(**(usual | details))
        return inventory.add_medicine(self.session, self.admin, details).medicine_id

    def delivery(self, **details):
        usual = {"number": fresh("B"), "quantity": 100, "expires_on": self.day(300), "unit_cost": Decimal(3)}
        return Delivery(**(usual | {"received_on": self.day(-30)} | details))

    def batch(self, medicine_id=None, **details):
        medicine_id = medicine_id or self.medicine()
        return inventory.receive(self.session, self.admin, medicine_id, self.delivery(**details)).batch_id

    def on_shelf(self, **details):
        """A medicine of which a hundred are there."""
        medicine_id = self.medicine(**details)
        self.batch(medicine_id)
        return medicine_id

    def alike(self):
        """A medicine and others of its generic, all there."""
        same = {"generic": fresh("Paracetamol"), "strength": "500 mg"}
        return self.on_shelf(**same), *self.several(lambda: self.on_shelf(**same))

    def expired(self):
        """A batch whose last day has passed."""
        batch_id = self.batch(expires_on=self.day(1))
        self.session.get_one(inventory.shelf.Batch, batch_id).expires_on = self.day(-1)
        self.session.flush()
        return batch_id

    def owed(self):
        """A paid bill with a medicine that lies ready (InvoiceRecord)."""
        return self.bill(self.on_shelf(), paid=True)

    def handed_over(self):
        """A DispensingRecord."""
        return dispensing.dispense(self.session, self.pharmacist, self.owed().invoice_id)

    def supplier(self, **details):
        details = buying.SupplierDetails(**{"name": fresh("Cipla"), **details})
        return buying.add_supplier(self.session, self.admin, details).supplier_id

    def ordered(self):
        """An order of one medicine (OrderRecord)."""
        lines = self.several(lambda: buying.OrderLine(self.medicine(), 10, Decimal(3)))
        return buying.order(self.session, self.admin, self.supplier(), lines, self.day(3))

    def partly_came(self):
        order = self.ordered()
        buying.receive(self.session, self.admin, order.lines[0].line_id, self.delivery(quantity=4))
        return order

    def stock_take(self):
        """One in which nothing is counted yet; whatever was open is cancelled."""
        if there := stock_takes.open_one(self.session, self.admin):
            stock_takes.cancel(self.session, self.admin, there.summary.stock_take_id)
        return stock_takes.start(self.session, self.admin).summary.stock_take_id

    def counted(self, difference=0):
        """An open stock-take and a batch counted in it."""
        batch_id, stock_take_id = self.batch(), self.stock_take()
        reason = WHY if difference else ""
        for counted in (batch_id, *self.several(self.batch)[1:]):
            stock_takes.count(self.session, self.admin, stock_take_id, counted, 100 + difference, reason)
        return stock_take_id, batch_id
