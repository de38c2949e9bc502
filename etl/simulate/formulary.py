"""The medicines of the simulated clinic: what a general practice in India keeps on its shelf."""

from decimal import Decimal
from typing import NamedTuple

from core.inventory import MedicineDetails
from core.models import MedicineForm, Route

_TABLET, _CAPSULE, _SYRUP, _DROPS = MedicineForm.TABLET, MedicineForm.CAPSULE, MedicineForm.SYRUP, MedicineForm.DROPS
_CREAM, _INHALER, _SACHET = MedicineForm.CREAM, MedicineForm.INHALER, MedicineForm.SACHET
_UNITS = {_SYRUP: "bottle", _DROPS: "bottle", _CREAM: "tube", _INHALER: "inhaler"}
_ROUTES = {_CREAM: Route.TOPICAL, _INHALER: Route.INHALED}


class Listed(NamedTuple):
    """`key` is how conditions name it; `price` of one unit, before tax.

    One with a `brand` is handed over where the other of its generic and strength is short.
    """

    key: str
    generic: str
    strength: str
    form: MedicineForm
    price: str
    tax: int = 12
    pack: int = 1
    route: Route | None = None
    brand: str = ""
    controlled: bool = False

    @property
    def taken(self) -> Route:
        return self.route or _ROUTES.get(self.form, Route.ORAL)

    def details(self, reorder_level: int) -> MedicineDetails:
        word = self.form.value.lower()
        return MedicineDetails(
            f"{self.brand or self.generic} {self.strength} {word}",
            self.form,
            _UNITS.get(self.form, word),
            Decimal(self.price),
            generic=self.generic,
            strength=self.strength,
            pack_size=self.pack,
            reorder_level=reorder_level,
            tax_percent=Decimal(self.tax),
            is_controlled=self.controlled,
        )


FORMULARY = (
    Listed("paracetamol", "Paracetamol", "500 mg", _TABLET, "1.10"),
    Listed("paracetamol syrup", "Paracetamol", "250 mg/5 ml", _SYRUP, "38.00", pack=60),
    Listed("ibuprofen", "Ibuprofen", "400 mg", _TABLET, "1.40"),
    Listed("ibuprofen syrup", "Ibuprofen", "100 mg/5 ml", _SYRUP, "42.00", pack=60),
    Listed("diclofenac", "Diclofenac", "50 mg", _TABLET, "2.20"),
    Listed("diclofenac gel", "Diclofenac", "1 %", _CREAM, "78.00", pack=30),
    Listed("naproxen", "Naproxen", "250 mg", _TABLET, "4.60"),
    Listed("amoxicillin", "Amoxicillin", "500 mg", _CAPSULE, "6.80"),
    Listed("amoxicillin syrup", "Amoxicillin", "125 mg/5 ml", _SYRUP, "64.00", pack=60),
    Listed("co-amoxiclav", "Amoxicillin and clavulanic acid", "625 mg", _TABLET, "19.50"),
    Listed("azithromycin", "Azithromycin", "500 mg", _TABLET, "22.00"),
    Listed("azithromycin syrup", "Azithromycin", "200 mg/5 ml", _SYRUP, "72.00", pack=15),
    Listed("cefixime", "Cefixime", "200 mg", _TABLET, "11.00"),
    Listed("cefuroxime", "Cefuroxime", "250 mg", _TABLET, "27.00"),
    Listed("ciprofloxacin", "Ciprofloxacin", "500 mg", _TABLET, "4.30"),
    Listed("doxycycline", "Doxycycline", "100 mg", _CAPSULE, "3.10"),
    Listed("nitrofurantoin", "Nitrofurantoin", "100 mg", _CAPSULE, "8.40"),
    Listed("metronidazole", "Metronidazole", "400 mg", _TABLET, "1.60"),
    Listed("albendazole", "Albendazole", "400 mg", _TABLET, "9.00", tax=5),
    Listed("fluconazole", "Fluconazole", "150 mg", _CAPSULE, "14.00"),
    Listed("aciclovir", "Aciclovir", "400 mg", _TABLET, "8.90"),
    Listed("cetirizine", "Cetirizine", "10 mg", _TABLET, "1.90"),
    Listed("cetirizine syrup", "Cetirizine", "5 mg/5 ml", _SYRUP, "44.00", pack=60),
    Listed("levocetirizine", "Levocetirizine", "5 mg", _TABLET, "3.20"),
    Listed("montelukast", "Montelukast", "10 mg", _TABLET, "11.50"),
    Listed("dextromethorphan", "Dextromethorphan", "10 mg/5 ml", _SYRUP, "86.00", pack=100),
    Listed("ambroxol", "Ambroxol", "30 mg/5 ml", _SYRUP, "74.00", pack=100),
    Listed("salbutamol", "Salbutamol", "100 mcg", _INHALER, "148.00", pack=200),
    Listed("budesonide", "Budesonide", "200 mcg", _INHALER, "296.00", pack=200),
    Listed("prednisolone", "Prednisolone", "10 mg", _TABLET, "1.70", tax=5),
    Listed("xylometazoline", "Xylometazoline", "0.1 %", _DROPS, "68.00", pack=150, route=Route.NASAL),
    Listed("ofloxacin ear", "Ofloxacin", "0.3 %", _DROPS, "58.00", pack=100, route=Route.EAR),
    Listed("moxifloxacin eye", "Moxifloxacin", "0.5 %", _DROPS, "96.00", pack=100, route=Route.EYE),
    Listed("carmellose eye", "Carmellose", "0.5 %", _DROPS, "124.00", pack=200, route=Route.EYE),
    Listed("omeprazole", "Omeprazole", "20 mg", _CAPSULE, "4.20"),
    Listed("pantoprazole", "Pantoprazole", "40 mg", _TABLET, "7.60"),
    Listed("domperidone", "Domperidone", "10 mg", _TABLET, "2.80"),
    Listed("ondansetron", "Ondansetron", "4 mg", _TABLET, "5.10"),
    Listed("antacid", "Magaldrate and simeticone", "170 ml", _SYRUP, "112.00", pack=170),
    Listed("loperamide", "Loperamide", "2 mg", _CAPSULE, "2.40"),
    Listed("rehydration salts", "Oral rehydration salts", "21 g", _SACHET, "19.00", tax=5),
    Listed("zinc", "Zinc sulfate", "20 mg", _TABLET, "3.40", tax=5),
    Listed("lactulose", "Lactulose", "10 g/15 ml", _SYRUP, "210.00", pack=200),
    Listed("dicycloverine", "Dicycloverine", "20 mg", _TABLET, "3.60"),
    Listed("amlodipine", "Amlodipine", "5 mg", _TABLET, "2.60", tax=5),
    Listed("telmisartan", "Telmisartan", "40 mg", _TABLET, "5.90", tax=5),
    Listed("losartan", "Losartan", "50 mg", _TABLET, "4.90", tax=5),
    Listed("atenolol", "Atenolol", "50 mg", _TABLET, "2.30", tax=5),
    Listed("hydrochlorothiazide", "Hydrochlorothiazide", "12.5 mg", _TABLET, "1.20", tax=5),
    Listed("metformin", "Metformin", "500 mg", _TABLET, "2.10", tax=5),
    Listed("glimepiride", "Glimepiride", "2 mg", _TABLET, "5.40", tax=5),
    Listed("sitagliptin", "Sitagliptin", "100 mg", _TABLET, "18.00", tax=5),
    Listed("atorvastatin", "Atorvastatin", "10 mg", _TABLET, "5.80"),
    Listed("aspirin", "Acetylsalicylic acid", "75 mg", _TABLET, "0.60", tax=5),
    Listed("levothyroxine", "Levothyroxine", "50 mcg", _TABLET, "1.90", tax=5),
    Listed("iron", "Ferrous ascorbate and folic acid", "100 mg", _TABLET, "8.20"),
    Listed("vitamin d", "Colecalciferol", "60000 IU", _CAPSULE, "29.00"),
    Listed("calcium", "Calcium carbonate", "500 mg", _TABLET, "4.80"),
    Listed("clotrimazole", "Clotrimazole", "1 %", _CREAM, "74.00", pack=30),
    Listed("hydrocortisone", "Hydrocortisone", "1 %", _CREAM, "52.00", pack=15),
    Listed("mupirocin", "Mupirocin", "2 %", _CREAM, "118.00", pack=5),
    Listed("permethrin", "Permethrin", "5 %", _CREAM, "88.00", pack=30),
    Listed("amitriptyline", "Amitriptyline", "10 mg", _TABLET, "2.40"),
    Listed("sumatriptan", "Sumatriptan", "50 mg", _TABLET, "46.00"),
    Listed("tramadol", "Tramadol", "50 mg", _CAPSULE, "6.40", controlled=True),
    Listed("paracetamol brand", "Paracetamol", "500 mg", _TABLET, "1.10", brand="Pyrasol"),
    Listed("cetirizine brand", "Cetirizine", "10 mg", _TABLET, "1.90", brand="Allernil"),
    Listed("pantoprazole brand", "Pantoprazole", "40 mg", _TABLET, "7.60", brand="Gastopan"),
    Listed("metformin brand", "Metformin", "500 mg", _TABLET, "2.10", tax=5, brand="Glucomil"),
    Listed("amoxicillin brand", "Amoxicillin", "500 mg", _CAPSULE, "6.80", brand="Moxilen"),
)
BY_KEY = {listed.key: listed for listed in FORMULARY}
