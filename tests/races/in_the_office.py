"""Races of the office: set-up, users, lists and what two processes do by themselves in the same night."""

from decimal import Decimal

from core import billing, buying, inventory, users
from core.billing import ServiceDetails
from core.buying import SupplierDetails
from core.imports import patients as importing
from core.inventory import MedicineDetails
from core.models import MedicineForm
from core.permissions import Role
from core.users import NewUser
from tests import factories
from tests.imports.files import csv_of
from tests.races.table import does, race


@race("SELECT count(*) = 1 FROM clinics", users.AlreadySetUp, in_a_clinic=False)
def the_clinic_is_set_up_twice(session):
    return factories.set_up, factories.set_up


@race("SELECT count(*) = 1 FROM users WHERE username = 'ravi'", users.UsernameTaken)
def two_people_get_one_user_name(session):
    admin = factories.an_admin(session)
    new = NewUser("ravi", "Ravi", Role.RECEPTION, factories.PASSWORD)
    return does(users.add, admin, new), does(users.add, admin, new)


@race("SELECT count(*) > 0 FROM users WHERE role = 'ADMIN' AND disabled_at IS NULL", users.LastAdministrator)
def two_administrators_disable_each_other(session):
    one, other = factories.an_admin(session), factories.a_user(session, Role.ADMIN)
    return does(users.disable, one, other.user_id), does(users.disable, other, one.user_id)


@race("SELECT count(*) = 1 FROM suppliers", buying.SupplierExists)
def one_supplier_is_added_twice(session):
    meera = factories.a_user(session, Role.PHARMACIST)
    return tuple(does(buying.add_supplier, meera, SupplierDetails("Apollo")) for _ in range(2))


@race("SELECT count(*) = 1 FROM medicines", inventory.MedicineExists)
def one_medicine_is_added_twice(session):
    meera = factories.a_user(session, Role.PHARMACIST)
    zinc = MedicineDetails("Zinc", MedicineForm.TABLET, "tablet", Decimal(1))
    return does(inventory.add_medicine, meera, zinc), does(inventory.add_medicine, meera, zinc)


@race("SELECT count(*) = 1 FROM services", billing.ServiceExists)
def one_service_is_added_twice(session):
    admin = factories.an_admin(session)
    return tuple(does(billing.add_service, admin, ServiceDetails("Dressing", Decimal(100), Decimal(0))) for _ in "ab")


@race("SELECT count(*) = 2 FROM patients")
def one_file_is_imported_twice(session):
    file = csv_of("old_id,name,dob", "1,Asha Rao,1990-09-03", "2,Ravi Sen,1980-01-01")
    admin = factories.an_admin(session)
    return does(importing.save, admin, file), does(importing.save, admin, file)
