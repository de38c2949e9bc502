"""What the answers are held against rejects what is broken, and the statement of what there is holds."""

import pytest

from core.api.fhir.types import TYPES
from core.exchange import Kind
from tests.api.fhir_models import valid

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"birthDate": "17/04/1991"}, "birthDate"),
        ({"gender": ["female"]}, "gender"),
        ({"mrn": "P000001-8"}, "mrn"),
        ({"active": "perhaps"}, "active"),
        ({"gender": "FEMALE"}, "gender"),
        ({"link": [{"other": {"reference": "Encounter/1"}, "type": "replaced-by"}]}, "other"),
        ({"telecom": [{"system": "telephone", "value": "98450 12345"}]}, "system"),
    ],
    ids=str,
)
def test_the_validator_rejects_what_is_broken(wrong, where):
    """The control: what the test above takes for valid is really looked at."""
    right = {"resourceType": "Patient", "id": "1", "gender": "female"}
    assert valid(right)
    with pytest.raises(ValueError, match=where):
        valid({**right, **wrong})


def test_the_statement_is_valid_true_and_for_everybody(stranger):
    answer = stranger.get("/api/fhir/metadata")
    statement = answer.json()
    valid(statement)
    document = stranger.get("/api/openapi.json").json()["paths"]
    [rest] = statement["rest"]

    assert statement["implementation"]["url"] == "http://testserver/api/fhir"
    assert [served["type"] for served in rest["resource"]] == [each.kind for each in TYPES] == list(Kind)
    for served in rest["resource"]:
        search = document[f"/fhir/{served['type']}"]["get"]
        known = {each["name"] for each in search["parameters"] if each["in"] == "query"}
        assert {each["name"] for each in served["searchParam"]} == known - {"_count", "cursor"}
        assert f"/fhir/{served['type']}/{{resource_id}}" in document
        for status in ("200", "400", "401", "403", "404"):
            assert list(search["responses"][status]["content"]) == ["application/fhir+json"]
