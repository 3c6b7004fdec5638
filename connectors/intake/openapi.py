"""The OpenAPI document, rendered from the contracts: what is checked and what is told are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.intake.plates import LEAST, MOST
from connectors.intake.problems import KINDS
from connectors.intake.records import DEFAULTS, PLATE, Reader
from schemas import codes
from schemas.contract import Field
from streams.settings import Intake

if TYPE_CHECKING:
    from connectors.intake.app import Feed

Json = dict[str, Any]
TYPES = {"string": "string", "int": "integer", "long": "integer", "float": "number", "double": "number"}


def document(feeds: Mapping[str, Feed], paths: Mapping[str, str], options: Intake) -> Json:
    """The document for these feeds."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Crossbeat intake of {options.district}",
            "version": "1",
            "description": "Takes in online reports and camera events. 202 means that it is kept for good; after any "
            "other answer, or none, send the same again: a repeat changes nothing.",
        },
        "security": [{"key": []}],
        "paths": {paths[kind]: {"post": _post(feed.reader, options)} for kind, feed in feeds.items()}
        | {
            "/v1/health": {
                "get": {"summary": "whether it works", "security": [], "responses": {"200": _text("it does")}}
            }
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {kind: _schema(feed.reader) for kind, feed in feeds.items()} | {"problem": _problem()},
        },
    }


def _post(reader: Reader, options: Intake) -> Json:
    one = {"$ref": f"#/components/schemas/{reader.kind}"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": options.max_items}
    answers: dict[str, Json] = {
        "202": _text("kept: record_id or record_ids, and kept_in (kafka, or spool while it is away)")
    }
    for status, title, todo in KINDS.values():
        if status not in {404, 405}:
            said = answers.setdefault(str(status), _refusal())
            said["description"] = "; or ".join(filter(None, [said["description"], f"{title}: {todo}"]))
    return {
        "summary": f"{reader.contract.title}: one, or an array of them, of which all are taken or none",
        "description": reader.contract.doc,
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "What this request is called by its sender; a repeat under the same name changes "
                "nothing. Without it, the same content from the same site is the same record.",
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": [one, many]}}}},
        "responses": answers,
    }


def _schema(reader: Reader) -> Json:
    properties = {field.name: _property(field) for field in reader.said}
    if reader.takes_plates:
        words = "Instead of vehicle_token: the plate, which is turned into one here and kept nowhere."
        properties[PLATE] = {"type": "string", "minLength": LEAST, "maxLength": 4 * MOST, "description": words}
    given = DEFAULTS[reader.kind]
    required = [
        one.name for one in reader.said if not one.nullable and one.name not in given and one.name != "occurred_to"
    ]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _property(field: Field) -> Json:
    notes = field.notes
    if field.kind == "timestamp":
        said: Json = {"type": ["string", "integer"], "format": "date-time"}
    else:
        said = {"type": TYPES[field.kind]}
        if notes.code_list:
            said["enum"] = sorted(codes.get(notes.code_list).codes)
        limits = {"minimum": notes.minimum, "maximum": notes.maximum}
        limits |= {"minLength": notes.min_length, "maxLength": notes.max_length}
        said |= {name: value for name, value in limits.items() if value is not None}
        if notes.pattern:
            said["pattern"] = f"^(?:{notes.pattern})$"
    if field.array:
        said = {"type": "array", "items": said, "maxItems": notes.max_items}
    elif field.nullable:
        said = {"anyOf": [said, {"type": "null"}]}
    return said | {"description": field.doc}


def _problem() -> Json:
    words = {"type": "string"}
    fault = {"item": {"type": "integer"}, "field": words, "reason": words, "what": words}
    faults = {"type": "array", "items": {"type": "object", "properties": fault}}
    return {
        "type": "object",
        "properties": {"type": words, "title": words, "status": {"type": "integer"}, "detail": words, "faults": faults},
    }


def _text(words: str) -> Json:
    return {"description": words, "content": {"application/json": {"schema": {"type": "object"}}}}


def _refusal() -> Json:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {"description": "", "content": content}
