"""What public documentation says of the API, which the rebuilt description has to say, too."""

from __future__ import annotations

MARKS = {"P3", "G3", "O", "S2", "R2", "X3"}

OPERATIONS = {
    "FindRequests": ("get", "/requests", "Request Management"),
    "CreateRequest": ("post", "/requests", "Request Management"),
    "GetRequest": ("get", "/requests/{requestId}", "Request Management"),
    "FindCatalogItems": ("get", "/catalogItems", "Catalog Management"),
    "GetCatalogItem": ("get", "/catalogItems/{catalogItemId}", "Catalog Management"),
    "GetAPIStatus": ("get", "/status", "Miscellaneous"),
    "GetAPIVersion": ("get", "/version", "Miscellaneous"),
    "DownloadSwagger": ("get", "/doc", "Miscellaneous"),
    "get-me": ("get", "/me", "Miscellaneous"),
}
LISTS = ("FindRequests", "FindCatalogItems")

# Orange documents its errors for the whole API; those below the line speak of a body that was sent.
CODES = {
    "400": {20, 21, 22, 23, 24, 25, 26, 27, 28},
    "401": {40, 41, 42},
    "403": {50, 51, 52, 53},
    "404": {60},
    "405": {61},
    "406": {62},
    "408": {63},
    "414": {67},
    "429": {53},
    "500": {1},
    "502": {1, 3},
    "503": {5, 6},
    "504": {6},
}
CODES_OF_A_BODY = {
    "409": {69},
    "411": {64},
    "412": {65},
    "413": {66},
    "415": {68},
    "422": {3611, 3620, 3621, 3622, 3623, 3630, 3631},
}

READ, FULL = "b2b:ordering:readonly", "b2b:ordering"
EITHER_SCOPE_AND_KEY = [{"OAuth2": [READ], "ApiKey": []}, {"OAuth2": [FULL], "ApiKey": []}]
EITHER_SCOPE = [{"OAuth2": [READ]}, {"OAuth2": [FULL]}]
SECURITY = {
    "FindRequests": EITHER_SCOPE_AND_KEY,
    "CreateRequest": [{"OAuth2": [FULL], "ApiKey": []}],
    "GetRequest": EITHER_SCOPE_AND_KEY,
    "FindCatalogItems": EITHER_SCOPE_AND_KEY,
    "GetCatalogItem": EITHER_SCOPE_AND_KEY,
    "GetAPIStatus": EITHER_SCOPE,
    "GetAPIVersion": EITHER_SCOPE,
    "DownloadSwagger": EITHER_SCOPE,
    "get-me": EITHER_SCOPE_AND_KEY,
}

COMMON_QUERY = {"offset", "limit", "sort", "fields", "includes"}
COMMON_QUERY |= {"createdAt", "updatedAt", "displayLinks", "displayNulls"}
QUERY = {
    "FindRequests": COMMON_QUERY
    | {"id", "name", "customerReference", "status", "step", "subStep", "type", "priority", "category"}
    | {"isOverdue", "isArchived", "customer.id", "customer.name"}
    | {"keyDates.issuedAt", "keyDates.requestedAt", "keyDates.expectedInstallationAt"}
    | {"keyDates.expectedAt", "keyDates.completedAt"}
    | {"properties.servicePoint.id", "properties.servicePoint.customerReference"},
    "CreateRequest": set[str](),
    "GetRequest": {"fields", "displayLinks", "displayNulls"},
    "FindCatalogItems": COMMON_QUERY | {"id", "name", "catalog.id", "catalog.name"},
    "GetCatalogItem": {"fields", "includes", "displayLinks", "displayNulls"},
    "GetAPIStatus": set[str](),
    "GetAPIVersion": set[str](),
    "DownloadSwagger": set[str](),
    "get-me": set[str](),
}
