"""Families who come to the clinic: names, ages, phones that they share, and what they live with."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from core.clock import years_between
from core.models import Sex
from etl.simulate.conditions import CHRONIC, Condition


def _names(text: str) -> list[str]:
    return text.split()


WOMEN = _names(
    "Aarti Aditi Anita Anjali Asha Bhavna Chitra Deepa Divya Farida Fatima Gauri Geeta Indira Isha Jaya Jyoti "
    "Kavita Kiran Lakshmi Lata Madhu Mala Manju Maya Meena Meera Nandini Neha Nisha Padma Pooja Priya Radha Rekha "
    "Ritu Rukmini Sana Sarita Savita Shanti Shreya Sita Sneha Sunita Swati Tara Uma Usha Vidya Zara"
)
MEN = _names(
    "Aarav Abdul Ajay Amit Anil Arjun Ashok Bharat Chetan Deepak Dev Dinesh Farhan Ganesh Gopal Hari Imran Ishaan "
    "Jatin Kabir Kamal Karan Kumar Lalit Mahesh Manoj Mohan Mohit Naveen Nikhil Nitin Om Pankaj Pradeep Prakash "
    "Rahul Raj Rajesh Ramesh Ravi Rohan Sachin Salim Sanjay Shyam Sunil Suresh Tarun Uday Varun Vijay Vikram "
    "Vinod Yash"
)
SURNAMES = _names(
    "Agarwal Ahmed Banerjee Bhat Bose Chatterjee Chauhan Chopra Das Desai Deshpande D'Souza Dutta Fernandes Ghosh "
    "Gill Gupta Iyer Jain Jha Joshi Kapoor Kaur Khan Krishnan Kulkarni Kumar Mehta Menon Mishra Mukherjee Naidu "
    "Nair Pandey Patel Patil Pillai Rao Reddy Roy Saxena Sen Shah Sharma Shetty Singh Sinha Soni Srivastava "
    "Thakur Tiwari Varma Verma Yadav"
)
_STREETS = ("Lake Road", "Station Road", "Gandhi Marg", "Temple Street", "Park Lane", "Market Road", "Hill View")
_BLOOD = ("O+", "B+", "A+", "AB+", "O-", "B-", "A-", "AB-")
_BLOOD_SHARES = (35, 33, 22, 7, 1.2, 1, 0.6, 0.2)
_ALLERGIES = ("Amoxicillin", "Diclofenac", "Ibuprofen", "Ciprofloxacin", "Dust", "Peanuts")


@dataclass(slots=True)
class Family:
    surname: str
    phone: str
    address: str
    members: int = 0


@dataclass(slots=True)
class Person:
    """A patient. `number` is the id; `last_seen` holds the day of the last completed visit with each doctor."""

    number: int
    name: str
    sex: Sex
    birth: date
    estimated: bool
    family: Family
    blood_group: str
    allergies: str
    chronic: tuple[Condition, ...]
    height_cm: float
    body_mass: float
    registered_at: datetime
    last_visit_at: datetime | None = None
    last_seen: dict[int, date] = field(default_factory=dict)

    def age(self, day: date) -> int:
        return max(years_between(self.birth, day), 0)


class Population:
    """Everyone who has a record, and how the next one comes about."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self._families: list[Family] = []
        self._phones: set[str] = set()

    def new(self, rng: Random, number: int, at: datetime) -> Person:
        family = self._family(rng)
        family.members += 1
        sex = Sex.FEMALE if rng.random() < 0.53 else Sex.MALE
        age = _age(rng)
        birth = at.date() - timedelta(days=int(age * 365.25))
        estimated = age > 18 and rng.random() < 0.3
        tall = rng.gauss(158, 6.5) if sex is Sex.FEMALE else rng.gauss(170, 7)
        person = Person(
            number=number,
            name=f"{rng.choice(WOMEN if sex is Sex.FEMALE else MEN)} {family.surname}",
            sex=sex,
            birth=date(birth.year, 7, 1) if estimated else birth,
            estimated=estimated,
            family=family,
            blood_group=rng.choices(_BLOOD, _BLOOD_SHARES)[0] if rng.random() < 0.6 else "",
            allergies=rng.choice(_ALLERGIES) if rng.random() < 0.07 else "",
            chronic=_chronic(rng, age, sex),
            height_cm=min(max(tall, 140), 200),
            body_mass=min(max(rng.gauss(24.5, 3.8), 16), 42),
            registered_at=at,
        )
        self.people.append(person)
        return person

    def _family(self, rng: Random) -> Family:
        """Every third newcomer belongs to a family that is known already and gives its phone number."""
        if self._families and rng.random() < 0.36:
            family = rng.choice(self._families)
            if family.members < 6:
                return family
        phone = ""
        while not phone or phone in self._phones:
            phone = f"+91{rng.choice('6789')}{rng.randrange(10**9):09d}"
        self._phones.add(phone)
        address = f"{rng.randint(1, 240)} {rng.choice(_STREETS)}"
        self._families.append(Family(rng.choice(SURNAMES), phone, address))
        return self._families[-1]


def _age(rng: Random) -> float:
    kind = rng.random()
    if kind < 0.24:
        return rng.triangular(0.1, 15, 3)
    return rng.triangular(15, 60, 30) if kind < 0.78 else rng.triangular(55, 92, 63)


def _chronic(rng: Random, age: float, sex: Sex) -> tuple[Condition, ...]:
    """Rare at forty, usual at seventy; asthma also in the young."""
    share = 1.0 if age > 60 else 0.5 if age > 45 else 0.2
    return tuple(
        condition
        for condition in CHRONIC
        if condition.ages[0] <= age and condition.sex in (None, sex) and rng.random() < condition.weight * share
    )
