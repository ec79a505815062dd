"""Edits of the rebuilt description that make a difference, breaking or harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.openapi.descriptions import Document, operation, query, ref

Edit = Callable[[Document], object]

BREAKING: dict[str, Edit] = {}
HARMLESS: dict[str, Edit] = {}


def breaking(edit: Edit) -> Edit:
    BREAKING[edit.__name__] = edit
    return edit


def harmless(edit: Edit) -> Edit:
    HARMLESS[edit.__name__] = edit
    return edit


def schema(document: Document, key: str) -> Any:
    return document["components"]["schemas"][key]


def parameters(document: Document, path: str = "/requests", method: str = "get") -> list[Any]:
    found: list[Any] = document["paths"][path][method]["parameters"]
    return found


def own(document: Document, name: str, path: str = "/requests") -> Any:
    return next(one for one in parameters(document, path) if one.get("name") == name)


# ---- operations ----


@breaking
def operation_removed(d: Document) -> None:
    del d["paths"]["/doc"]  # Not `/me`, which the overlay supplies.


@breaking
def operation_moved(d: Document) -> None:
    d["paths"]["/catalog"] = d["paths"].pop("/catalogItems")


@breaking
def method_changed(d: Document) -> None:
    d["paths"]["/status"]["post"] = d["paths"]["/status"].pop("get")


@harmless
def operation_added(d: Document) -> None:
    d["paths"]["/orders"] = {"get": operation({"type": "array", "items": ref("Request")})}


@harmless
def operation_deprecated(d: Document) -> None:
    d["paths"]["/version"]["get"]["deprecated"] = True


# ---- parameters ----


@breaking
def required_parameter_added(d: Document) -> None:
    parameters(d).append({**query("tenant"), "required": True})


@breaking
def required_header_added(d: Document) -> None:
    parameters(d).append({"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}})


@breaking
def parameter_removed(d: Document) -> None:
    parameters(d).remove(own(d, "status"))


@breaking
def parameter_became_required(d: Document) -> None:
    own(d, "status")["required"] = True


@breaking
def parameter_lost_a_value(d: Document) -> None:
    schema(d, "RequestPriorityFilter")["enum"].remove("LOW")


@breaking
def parameter_became_a_number(d: Document) -> None:
    own(d, "customer.id")["schema"] = {"type": "integer"}


@breaking
def parameter_takes_one_value_only(d: Document) -> None:
    own(d, "priority")["schema"] = ref("RequestPriorityFilter")


@breaking
def values_are_repeated_instead_of_separated_by_commas(d: Document) -> None:
    own(d, "category")["explode"] = True


@breaking
def page_became_smaller(d: Document) -> None:
    d["components"]["parameters"]["Limit"]["schema"]["maximum"] = 100


@breaking
def default_changed(d: Document) -> None:
    d["components"]["parameters"]["Limit"]["schema"]["default"] = 50


@harmless
def optional_parameter_added(d: Document) -> None:
    parameters(d).append(query("site"))


@harmless
def optional_header_added(d: Document) -> None:
    parameters(d).append({"name": "X-Trace", "in": "header", "schema": {"type": "string"}})


@harmless
def parameter_takes_one_more_value(d: Document) -> None:
    schema(d, "RequestPriorityFilter")["enum"].append("URGENT")


@harmless
def page_became_larger(d: Document) -> None:
    d["components"]["parameters"]["Limit"]["schema"]["maximum"] = 500


# ---- bodies ----


@breaking
def required_property_added_to_a_body(d: Document) -> None:
    common = schema(d, "RequestPOSTCommon")
    common["properties"]["site"] = {"type": "string"}
    common["required"].append("site")


@breaking
def property_of_a_body_became_required(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["required"].append("contract")


@breaking
def property_removed_from_a_body(d: Document) -> None:
    del schema(d, "RequestPOSTCommon")["properties"]["contract"]


@breaking
def property_of_a_body_got_shorter(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["properties"]["comment"]["maxLength"] = 10


@breaking
def property_of_a_body_got_a_pattern(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["properties"]["contract"]["pattern"] = "^C[0-9]+$"


@breaking
def property_of_a_body_became_an_enum(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["properties"]["contract"]["enum"] = ["A", "B"]


@breaking
def day_of_a_body_became_a_moment(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["properties"]["requestedAt"]["format"] = "date-time"


@breaking
def body_removed(d: Document) -> None:
    del d["paths"]["/requests"]["post"]["requestBody"]


@breaking
def typed_body_got_a_required_property(d: Document) -> None:
    # Reached by no call: the body of one request type.
    schema(d, "Request_BVPNFrance_Delete")["required"] = ["servicePoint", "contacts", "reason"]
    schema(d, "Request_BVPNFrance_Delete")["properties"]["reason"] = {"type": "string"}


@harmless
def optional_property_added_to_a_body(d: Document) -> None:
    schema(d, "RequestPOSTCommon")["properties"]["site"] = {"type": "string"}


@harmless
def property_of_a_body_is_no_longer_required(d: Document) -> None:
    schema(d, "RequestPOSTCustomer").pop("required")


@harmless
def property_of_a_body_got_longer(d: Document) -> None:
    schema(d, "AddressOrder")["properties"]["street"]["maxLength"] = 100


# ---- answers ----


@breaking
def property_removed_from_an_answer(d: Document) -> None:
    del schema(d, "Request")["properties"]["comment"]


@breaking
def property_of_an_answer_renamed(d: Document) -> None:
    schema(d, "Request")["properties"]["lastUpdate"] = schema(d, "Request")["properties"].pop("updatedAt")


@breaking
def type_in_an_answer_changed(d: Document) -> None:
    schema(d, "Error")["properties"]["code"] = {"type": "string"}


@breaking
def object_in_an_answer_became_a_list(d: Document) -> None:
    properties = schema(d, "Request")["properties"]
    properties["customer"] = {"type": "array", "items": properties["customer"]}


@breaking
def moment_in_an_answer_became_text(d: Document) -> None:
    del schema(d, "Request")["properties"]["createdAt"]["format"]


@breaking
def day_in_an_answer_became_a_moment(d: Document) -> None:
    schema(d, "RequestKeyDates")["properties"]["issuedAt"]["format"] = "date-time"


@breaking
def value_in_an_answer_removed(d: Document) -> None:
    schema(d, "RequestStatus")["enum"].pop()


@breaking
def good_answer_removed(d: Document) -> None:
    responses = d["paths"]["/requests/{requestId}"]["get"]["responses"]
    responses["204"] = {"description": ""}
    del responses["200"]


@breaking
def good_answer_without_a_body_added(d: Document) -> None:
    d["paths"]["/requests"]["post"]["responses"]["202"] = {"description": "Later."}


@breaking
def list_became_an_object(d: Document) -> None:
    response = d["paths"]["/catalogItems"]["get"]["responses"]["200"]
    del response["headers"]
    media = response["content"]["application/json"]
    media["schema"] = {"type": "object", "properties": {"items": media["schema"]}}


@breaking
def answer_can_be_something_else_too(d: Document) -> None:
    media = d["paths"]["/version"]["get"]["responses"]["200"]["content"]["application/json"]
    media["schema"] = {"oneOf": [media["schema"], {"type": "string"}]}


@harmless
def property_added_to_an_answer(d: Document) -> None:
    schema(d, "Request")["properties"]["owner"] = {"type": "string"}


@harmless
def value_in_an_answer_added(d: Document) -> None:
    schema(d, "RequestStatus")["enum"].append("SUSPENDED")


@harmless
def property_of_an_answer_can_be_null(d: Document) -> None:
    schema(d, "Request")["properties"]["comment"]["nullable"] = True


@harmless
def property_of_an_answer_is_always_there(d: Document) -> None:
    schema(d, "Request")["required"] = ["id", "status"]


@harmless
def error_removed(d: Document) -> None:
    del d["paths"]["/requests"]["post"]["responses"]["409"]


@harmless
def error_added(d: Document) -> None:
    d["paths"]["/status"]["get"]["responses"]["423"] = {"$ref": "#/components/responses/NotFound"}


@harmless
def good_answer_of_the_same_shape_added(d: Document) -> None:
    responses = d["paths"]["/requests"]["post"]["responses"]
    responses["202"] = responses["201"]


@harmless
def count_header_removed(d: Document) -> None:
    del d["paths"]["/requests"]["get"]["responses"]["200"]["headers"]["X-Result-Count"]


# ---- credentials and addresses ----


@breaking
def api_key_needed_for_the_status(d: Document) -> None:
    d["paths"]["/status"]["get"]["security"] = [{"OAuth2": [], "ApiKey": []}]


@breaking
def another_scope_needed(d: Document) -> None:
    d["paths"]["/catalogItems"]["get"]["security"] = [{"OAuth2": ["b2b:catalog"], "ApiKey": []}]


@breaking
def key_travels_in_another_header(d: Document) -> None:
    d["components"]["securitySchemes"]["ApiKey"]["name"] = "X-Orange-Key"


@breaking
def api_moved(d: Document) -> None:
    d["servers"][0]["url"] = "https://api.orange.com/ordering/b2b/v4"


@harmless
def api_key_no_longer_needed(d: Document) -> None:
    d["paths"]["/me"]["get"]["security"] = [{"OAuth2": ["b2b:ordering:readonly"]}, {"OAuth2": ["b2b:ordering"]}]


@harmless
def second_server_added(d: Document) -> None:
    d["servers"].append({"url": "https://sandbox.example/ordering/b2b/v3"})
