"""Who works here: the first administrator, users and their roles, doctors' fees and rooms, passwords.

There is no default user and no default password: `set_up` makes the clinic with its administrator once, ever.
"""

from core.users.beginning import set_up
from core.users.keys import change_password, choose_password, end_sessions, locked, proved, reset_password
from core.users.own import begin_tour, choose_language, end_tour
from core.users.records import (
    AlreadyChosen,
    AlreadySetUp,
    DoctorChoice,
    DoctorDetails,
    LastAdministrator,
    NewClinic,
    NewUser,
    NotProved,
    OwnPassword,
    UsernameTaken,
    UserRecord,
)
from core.users.staff import (
    add,
    change_doctor,
    change_role,
    disable,
    enable,
    list_doctors,
    list_users,
    working_doctor,
)

__all__ = [
    "AlreadyChosen",
    "AlreadySetUp",
    "DoctorChoice",
    "DoctorDetails",
    "LastAdministrator",
    "NewClinic",
    "NewUser",
    "NotProved",
    "OwnPassword",
    "UserRecord",
    "UsernameTaken",
    "add",
    "begin_tour",
    "change_doctor",
    "change_password",
    "change_role",
    "choose_language",
    "choose_password",
    "disable",
    "enable",
    "end_sessions",
    "end_tour",
    "list_doctors",
    "list_users",
    "locked",
    "proved",
    "reset_password",
    "set_up",
    "working_doctor",
]
