"""What people say at the desk and doctors write in a hurry, by the code it mostly means; the likeliest code first.

The words of a category hold for its subcategories, too. They are added to those of the code's title.
"""

EVERYDAY = """
J00    cold, common cold, running nose, runny nose
J06.9  urti, uri, cold, throat infection
J02.9  sore throat, throat pain
J03.9  tonsils
J01.9  sinus
J30.4  allergic cold, sneezing, hay fever
J20.9  chest cold, chest infection
J22    lrti, chest infection
J18.9  pneumonia, chest infection
J11.1  flu
J44.9  copd, smoker cough
J45.9  asthma, wheezing
R05    cough
R06.0  breathless, short of breath, dyspnea
U07.1  covid, corona
R50.9  fever, high temperature, pyrexia, puo
A01.0  typhoid, enteric fever
A97.9  dengue
B54    malaria
A92.0  chikungunya
A15    tb
A16.9  tb
A09    loose motions, loose stools, diarrhoea, stomach flu, gastro, age
A06.9  amoeba, amoebic
B82.9  worms, stomach worms
B01.9  chickenpox
B02.9  shingles
B05.9  measles
B15.9  jaundice, yellow eyes
R17    jaundice, yellow eyes
B34.9  viral fever, viral
B86    scabies, itching
B35.9  ringworm, fungal infection
B37.3  yeast infection, white discharge
B24    hiv, aids
E11    sugar, diabetes, diabetic, dm, t2dm
E14    sugar, diabetes, dm
E10    sugar, type 1 diabetes, t1dm
R73.9  high sugar
E16.2  low sugar
O24.4  sugar in pregnancy, gdm
I10    bp, high bp, high blood pressure, hypertension, htn, tension
I95.9  low bp, low blood pressure
E78.5  cholesterol, lipids
E03.9  thyroid, low thyroid
E05.9  overactive thyroid, high thyroid
E04.9  goitre, goiter
E66.9  overweight, fat
E28.2  pcos, pcod
D50.9  low blood, low haemoglobin, weakness, anaemia, ida
D64.9  anaemia, low haemoglobin
E55.9  low vitamin d
R53    weakness, tired, tiredness
I21.9  heart attack, mi, stemi, nstemi
I20.9  angina, chest pain heart
I25.9  ihd, cad, heart disease
I50.9  heart failure, chf, ccf
I64    stroke, cva, paralysis
G45.9  tia, mini stroke
R07.4  chest pain
R00.2  palpitations
I83.9  varicose veins
G40.9  fits, seizures
R51    headache
G43.9  migraine
G44.2  tension headache
R42    giddiness, dizzy, giddy
H81.3  vertigo
R55    fainting, fainted, blackout
G47.0  no sleep, sleepless
F32.9  depression, sad
F41.9  anxiety, worry
F41.0  panic attack
F10.2  alcoholic, drinking
K64.9  piles, hemorrhoids
K60.2  fissure
K30    indigestion, gas, dyspepsia
K29.7  gastritis, acidity, gas
K21.9  acidity, acid reflux, heartburn, gerd
K27.9  ulcer, stomach ulcer
R10.4  stomach ache, stomach pain, abdominal pain, belly
R11    vomiting, nausea
K59.0  constipation
K58    ibs
K80.2  gallstones, gall bladder stones
K37    appendix
K40.9  hernia
K76.0  fatty liver
K02.9  tooth decay, toothache, cavity
K08.8  toothache, tooth pain
K12.0  mouth ulcer
N39.0  uti, urine infection, burning urine
N20.0  kidney stone, renal stone
N23    renal colic
N18.9  ckd, kidney failure
N40    prostate, bph
N94.6  period pain, painful periods
N92.0  heavy periods, heavy bleeding
N91.2  missed periods, no periods
N95.1  menopause
N76.0  white discharge
Z34.9  antenatal, anc, pregnancy check
O21.0  morning sickness
Z30.9  family planning, contraception
M54.5  backache, back pain, lbp
M54.2  neck pain
M54.3  sciatica
M47.9  spondylosis, spondylitis
M25.5  joint pain
M17.9  knee pain, knee arthritis, oa
M06.9  ra, rheumatoid
M75.0  frozen shoulder
M79.1  body pain, muscle pain
M72.2  heel pain
M10.9  gout, uric acid
S93.4  ankle sprain, twisted ankle
T14.0  bruise, scratch
T14.1  cut, wound
T14.2  fracture, broken bone
T30.0  burns
T14.9  injury
W54    dog bite
T63.0  snake bite
H10.9  pink eye, red eye, eye infection
H66.9  ear infection, ear discharge
H92.0  ear pain, earache
H61.2  ear wax
H25.9  cataract
H52.1  short sight
R04.0  nose bleed, nosebleed
R21    rash
L20.9  eczema
L30.9  eczema, rash
L29.9  itching
L50.9  hives, urticaria
L70.0  pimples, acne
L02.9  boil, boils, abscess
L03.9  cellulitis
L01.0  impetigo
L65.9  hair loss, hair fall
L21.0  dandruff
B07    warts
T78.4  allergy
T78.2  anaphylaxis
Z00.0  check up, checkup
Z23.8  vaccination, injection
"""

# What else a word of the titles is called.
ALSO = {
    "abdomen": "abdominal belly stomach",
    "calculus": "stone",
    "cutaneous": "skin",
    "gastric": "stomach",
    "hepatic": "liver",
    "malignant": "cancer",
    "neoplasm": "tumour growth",
    "neoplasms": "tumour growth",
    "ocular": "eye",
    "pruritus": "itching",
    "pulmonary": "lung",
    "renal": "kidney",
}
