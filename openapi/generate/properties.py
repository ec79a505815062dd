"""Python code for the properties and results of the generator's parser, as the templates use it.

None always means "absent", so that no type has Unset.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import (
    AnyProperty,
    EnumProperty,
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import in_double_quote_literal

from openapi.generate.simplify import FREE_FORM

__all__ = ["Properties", "Reference", "Result"]

# Names that Python, or the modules with the generated classes, need; an attribute with such a name gets an underscore.
_NEEDED = {
    *keyword.kwlist, "self", "str", "int", "float", "bool", "bytes", "list", "dict", "object", "classmethod",
    "property", "datetime",
}  # fmt: skip
_KINDS = {
    "StringProperty": "string", "FileProperty": "string", "IntProperty": "integer", "FloatProperty": "number",
    "BooleanProperty": "boolean", "NoneProperty": "null", "DateProperty": "date", "DateTimeProperty": "datetime",
    "UuidProperty": "uuid", "ConstProperty": "constant", "ModelProperty": "model", "UnionProperty": "union",
    "LiteralEnumProperty": "literal",
}  # fmt: skip
_TYPES = {"object": "dict[str, Any]", "any": "Any", "date": "datetime.date", "datetime": "datetime.datetime"}
_DECODERS = {
    "object": "wire.json_object", "any": "wire.any_value", "boolean": "wire.boolean", "integer": "wire.integer",
    "number": "wire.number", "null": "wire.null", "date": "wire.parse_date", "datetime": "wire.parse_spelled_datetime",
    "uuid": "uuids.parse_uuid", "string": "wire.string",
}  # fmt: skip
_ENCODERS = {
    "union": "wire.to_wire({})", "date": "wire.format_date({})", "datetime": "wire.format_datetime({})",
    "uuid": "uuids.format_uuid({})", "enum": "str({})", "integer enum": "int({})", "model": "{}.to_dict()",
}  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """A generated class that a module has to import.

    Attributes:
        kind: kind of the property: "model", "enum", "integer enum" or "literal".
        name: name of the class.
        module: module of the class.
    """

    kind: str
    name: str
    module: str


@dataclass(frozen=True)
class Result:
    """The result of a method.

    Attributes:
        kind: kind of the result: "pages" of a list, decoded "json", the body as "bytes" or "str", or "none".
        property: property of the body, if there is one.
    """

    kind: Literal["pages", "json", "bytes", "str", "none"]
    property: PropertyProtocol | None = None


class Properties:
    """Functions for the templates.

    Args:
        operations: variables of the operations, by operationId (`variables.operation_variables`).
        discriminators: discriminators by the names of their classes (`prepare.discriminators`).
    """

    def __init__(self, operations: dict[str, dict[str, Any]], discriminators: dict[str, dict[str, Any]]) -> None:
        self._operations = operations
        self._discriminators = discriminators

    def kind(self, field: PropertyProtocol) -> str:
        """Return the kind of a property: "string", "datetime", "model", "models" (a list of them), "list", ..."""
        if isinstance(field, AnyProperty):
            return "object" if field.example == FREE_FORM else "any"
        if isinstance(field, EnumProperty):
            return "enum" if field.value_type is str else "integer enum"
        if isinstance(field, ListProperty):
            return "models" if isinstance(field.inner_property, ModelProperty) else "list"
        return _KINDS[type(field).__name__]

    def attribute(self, field: PropertyProtocol, siblings: Iterable[PropertyProtocol]) -> str:
        """Return the name of an attribute, without `_` and `field_` if only the generator needs them."""
        name = plain = str(field.python_name)
        if name.endswith("_") and name[:-1] not in _NEEDED:
            plain = name[:-1]
        elif name.startswith("field_") and field.name.startswith("_"):
            plain = name[6:] if name[6:].isidentifier() and name[6:] not in _NEEDED else name
        return name if plain in {str(one.python_name) for one in siblings} else plain

    def type(self, field: PropertyProtocol, package: str = "") -> str:
        """Return the annotation of a property that is present.

        Args:
            field: the property.
            package: prefix of the names of generated classes, such as "models.".
        """
        if isinstance(field, ListProperty):
            return f"list[{self.type(field.inner_property, package)}]"
        if isinstance(field, UnionProperty):
            types = list(dict.fromkeys(self.type(inner, package) for inner in field.inner_properties))
            return "Any" if "Any" in types else " | ".join(types)
        if isinstance(field, ModelProperty | EnumProperty | LiteralEnumProperty):
            return f"{package}{field.class_info.name}"
        kind = self.kind(field)
        plain = "str" if kind == "string" else field.get_type_string(no_optional=True).as_unembedded_code()
        return _TYPES.get(kind, plain)

    def decoder(self, field: PropertyProtocol, *, public: bool = False) -> str:
        """Return an expression for a function from a JSON value that is not null to a Python value.

        Args:
            field: property of the value.
            public: whether models are decoded by their public class method.
        """
        if isinstance(field, ConstProperty):
            return f"wire.constant({field.value.python_code.as_unembedded_code()})"
        if isinstance(field, EnumProperty):
            return f"{field.class_info.name}.from_wire"
        if isinstance(field, LiteralEnumProperty):
            return "wire.integer" if field.value_type is int else "wire.string"
        if isinstance(field, ListProperty):
            return f"wire.items_of({self.decoder(field.inner_property, public=public)})"
        if isinstance(field, ModelProperty):
            name, module = field.class_info.name, field.class_info.module_name
            return f"{name}.from_dict" if public else f"(lambda value: decode_{module}(value, {name}))"
        if isinstance(field, UnionProperty):
            return self._union_decoder(field, public=public)
        return _DECODERS[self.kind(field)]

    def _union_decoder(self, field: UnionProperty, *, public: bool) -> str:
        models = {one.class_info.name: one for one in field.inner_properties if isinstance(one, ModelProperty)}
        any_of = f"wire.any_of({', '.join(self.decoder(one, public=public) for one in field.inner_properties)})"
        found = self._discriminators.get("|".join(sorted(models)))
        if not found:
            return any_of
        decoders = [
            f'"{in_double_quote_literal(value)}": {self.decoder(models[name], public=public)}'
            for value, name in found["mapping"].items()
            if name in models
        ]
        name = in_double_quote_literal(found["property"])
        return f'wire.by_discriminator("{name}", {{{", ".join(decoders)},}}, {any_of})'

    def encoder(self, field: PropertyProtocol, source: str, item: str = "item") -> str:
        """Return an expression for the JSON value of a Python value that is not None."""
        if isinstance(field, ListProperty):
            inner = self.encoder(field.inner_property, item, f"of_{item}")
            return f"list({source})" if inner == item else f"[{inner} for {item} in {source}]"
        return _ENCODERS.get(self.kind(field), "{}").format(source)

    def references(self, properties: Iterable[PropertyProtocol]) -> list[Reference]:
        """List the generated classes that properties use, each once."""
        return list(dict.fromkeys(found for one in properties for found in self._references(one)))

    def _references(self, field: PropertyProtocol) -> Iterator[Reference]:
        if isinstance(field, ListProperty):
            yield from self._references(field.inner_property)
        elif isinstance(field, UnionProperty):
            for inner in field.inner_properties:
                yield from self._references(inner)
        elif isinstance(field, (ModelProperty, EnumProperty, LiteralEnumProperty)):
            yield Reference(self.kind(field), field.class_info.name, field.class_info.module_name)

    def result(self, endpoint: Endpoint) -> Result:
        """Return the result of an endpoint's method, from its success response."""
        variables = self._operations[endpoint.name]
        for response in endpoint.responses:
            if response.status_code.pattern != variables["success"]:
                continue
            declared = response.source["return_type"]
            if declared == "Any":
                paged = variables["paged"] and isinstance(response.prop, ListProperty)
                return Result("pages" if paged else "json", response.prop)
            if declared in ("bytes", "str"):
                return Result("bytes" if declared == "bytes" else "str", response.prop)
        return Result("none")

    def filters(self, endpoint: Endpoint) -> list[PropertyProtocol]:
        """List the query parameters that are arguments; a pager has its own `offset` and `limit`."""
        own = ("offset", "limit") if self.result(endpoint).kind == "pages" else ()
        return [one for one in endpoint.query_parameters if one.name not in own]

    def words(self, endpoint: Endpoint) -> dict[str, list[str]]:
        """Return the known words of each filter of a list, by wire name, each as the inside of a string literal.

        A filter is a query parameter with the name of an attribute of the items. If the description declares it as
        plain text, its words are those of the attribute.
        """
        item = self._inner(self.result(endpoint).property)
        described = (
            [*(item.required_properties or ()), *(item.optional_properties or ())]
            if isinstance(item, ModelProperty)
            else []
        )
        attributes = {one.name.get_untrusted_value(): self._inner(one) for one in described}
        found: dict[str, list[str]] = {}
        for one in endpoint.query_parameters:
            name = one.name.get_untrusted_value()
            for enum in (self._inner(one), attributes[name]) if name in attributes else ():
                if isinstance(enum, EnumProperty) and enum.value_type is str:
                    found.setdefault(name, [str(value) for value in enum.values.values()])
        return found

    @staticmethod
    def _inner(field: PropertyProtocol | None) -> PropertyProtocol | None:
        return field.inner_property if isinstance(field, ListProperty) else field

    def argument_type(self, field: PropertyProtocol, flags: Iterable[str], package: str = "") -> str:
        """Return the annotation of a query parameter.

        Args:
            field: property of the parameter.
            flags: wire names of the parameters that are booleans sent as 0 or 1.
            package: prefix of the names of generated classes, such as "models.".
        """
        if isinstance(field, ListProperty):
            return self.argument_type(field.inner_property, (), package)
        kind = self.kind(field)
        if isinstance(field, EnumProperty):
            one = f"{package}{field.class_info.name} | {'str' if kind == 'enum' else 'int'}"
            return f"{one} | Iterable[{one}]"
        if kind == "boolean":
            return "bool | int" if field.name.get_untrusted_value() in flags else "bool"
        types = {"string": "str | Iterable[str]", "date": "datetime.date | str", "datetime": "datetime.datetime | str"}
        return types.get(kind, self.type(field) if kind in ("integer", "number") else "Any")
