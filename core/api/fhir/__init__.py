"""/fhir: the clinic's records as HL7 FHIR R4 has them, to be read.

A module for each type maps a record of core.exchange to its resource; types.py lists them, routes.py answers.
"""
