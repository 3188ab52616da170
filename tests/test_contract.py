"""The committed contract is the code's, says everything in words, and keeps its own rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    ArgumentNode,
    ConstDirectiveNode,
    EnumValueNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    ListValueNode,
    build_schema,
    get_named_type,
    is_specified_directive,
    is_specified_scalar_type,
)

COMMITTED = Path(__file__).parents[1] / "schema.graphql"
WITHOUT_DRY_RUN = {"signIn", "setClock", "makeLinkCode", "reportReadings"}
"""Mutations that take no `dryRun`: sign-in, a code to link a chat, ingest, and the clock of a simulation."""
HARMLESS = {"noteAlarm"}
"""Of those that do, the ones that a model may do unasked."""
CONFIRMATION_REFUSALS = {
    "ConfirmationRequired",
    "ConfirmationExpired",
    "ConfirmationUsed",
    "ConfirmationMismatch",
    "ChangedSince",
}


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    return build_schema(COMMITTED.read_text(encoding="utf-8"))


def test_the_committed_contract_is_what_the_code_prints() -> None:
    from api import schema

    assert schema.sdl() == COMMITTED.read_text(encoding="utf-8"), "stale: run `markoff schema > schema.graphql`"


def ours(contract: GraphQLSchema) -> list[GraphQLNamedType]:
    return [
        type_
        for name, type_ in contract.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(type_)
    ]


def test_everything_in_the_contract_is_described(contract: GraphQLSchema) -> None:
    silent: list[str] = []
    for type_ in ours(contract):
        if not type_.description and type_ not in (
            contract.query_type,
            contract.mutation_type,
            contract.subscription_type,
        ):
            silent.append(type_.name)
        if isinstance(type_, GraphQLEnumType):
            silent += [f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                silent += [f"{type_.name}.{name}"] if not field.description else []
                silent += [
                    f"{type_.name}.{name}({each})" for each, argument in field.args.items() if not argument.description
                ]
        if isinstance(type_, GraphQLInputObjectType):
            silent += [f"{type_.name}.{name}" for name, given in type_.fields.items() if not given.description]
    silent += [
        f"@{each.name}" for each in contract.directives if not is_specified_directive(each) and not each.description
    ]
    assert silent == []


def directive(field: GraphQLField, name: str) -> ConstDirectiveNode | None:
    assert isinstance(field.ast_node, FieldDefinitionNode)
    return next((each for each in field.ast_node.directives or () if each.name.value == name), None)


def argument(of: ConstDirectiveNode | None, name: str) -> ArgumentNode:
    assert of is not None
    return next(each for each in of.arguments or () if each.name.value == name)


def risk(field: GraphQLField) -> str:
    value = argument(directive(field, "risk"), "level").value
    assert isinstance(value, EnumValueNode)
    return value.value


def fields_of(type_: GraphQLObjectType | None) -> dict[str, GraphQLField]:
    assert type_ is not None
    return dict(type_.fields)


def test_every_root_field_says_its_risk(contract: GraphQLSchema) -> None:
    for type_ in (contract.query_type, contract.mutation_type):
        silent = [name for name, field in fields_of(type_).items() if directive(field, "risk") is None]
        assert silent == []
    assert {risk(field) for field in fields_of(contract.query_type).values()} == {"READ"}
    assert {risk(field) for field in fields_of(contract.mutation_type).values()} == {"LOW", "HIGH"}


def test_required_roles_are_roles(contract: GraphQLSchema) -> None:
    roles = contract.type_map["Role"]
    assert isinstance(roles, GraphQLEnumType)
    for type_ in (contract.query_type, contract.mutation_type):
        for name, field in fields_of(type_).items():
            if directive(field, "requires") is not None:
                listed = argument(directive(field, "requires"), "roles").value
                assert isinstance(listed, ListValueNode)
                named = {value.value for value in listed.values if isinstance(value, EnumValueNode)}
                assert named, name
                assert named <= set(roles.values), name


def test_every_write_answers_with_what_it_made_or_a_typed_refusal(contract: GraphQLSchema) -> None:
    refusal = contract.type_map["Refusal"]
    assert isinstance(refusal, GraphQLInterfaceType)
    refusals = {type_.name for type_ in contract.get_possible_types(refusal)}
    for name, field in fields_of(contract.mutation_type).items():
        assert isinstance(field.type, GraphQLNonNull), name
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLUnionType), f"{name} must answer with a union"
        members = {member.name for member in result.types}
        assert members & refusals, f"{name} can refuse nothing"
        assert len(members - refusals - {"DryRun"}) == 1, f"{name} makes one thing: {members - refusals}"


def test_every_write_by_people_can_be_rehearsed_and_confirmed(contract: GraphQLSchema) -> None:
    for name, field in fields_of(contract.mutation_type).items():
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLUnionType)
        members = {member.name for member in result.types}
        if name in WITHOUT_DRY_RUN:
            assert "dryRun" not in field.args, name
            continue
        assert str(field.args["dryRun"].type) == "Boolean!", name
        assert str(field.args["confirmation"].type) == "String", name
        assert members >= {"DryRun", "NotAllowed", "NotFound", *CONFIRMATION_REFUSALS}, name
        assert risk(field) == ("LOW" if name in HARMLESS else "HIGH"), f"{name} asks for a yes, so its risk is HIGH"


def test_refusals_are_a_code_and_a_sentence(contract: GraphQLSchema) -> None:
    refusal = contract.type_map["Refusal"]
    assert isinstance(refusal, GraphQLInterfaceType)
    for type_ in contract.get_possible_types(refusal):
        assert str(type_.fields["code"].type) == "String!", type_.name
        assert str(type_.fields["message"].type) == "String!", type_.name


def test_every_object_with_an_id_has_one_label(contract: GraphQLSchema) -> None:
    node = contract.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    for type_ in contract.get_possible_types(node):
        labels = [name for name, field in type_.fields.items() if directive(field, "label") is not None]
        assert len(labels) == (0 if type_.name in ("Placement", "PanelCondition") else 1), type_.name


def _is_list_of_objects(field: GraphQLField) -> bool:
    bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    named = get_named_type(field.type)
    return isinstance(bare, GraphQLList) and isinstance(
        named, GraphQLObjectType | GraphQLUnionType | GraphQLInterfaceType
    )


PARTS_OF_ANOTHER = {"ArrivedReading", "Grant", "Link", "FieldChange", "LegendEntry", "RowChange", "ReadingRefused"}
"""Small objects whose number is bounded by what they are part of."""


def test_no_list_is_without_bounds(contract: GraphQLSchema) -> None:
    for type_ in ours(contract):
        if not isinstance(type_, GraphQLObjectType) or type_.name.endswith("Connection"):
            continue
        for name, field in type_.fields.items():
            if _is_list_of_objects(field) and get_named_type(field.type).name not in PARTS_OF_ANOTHER:
                first = field.args["first"].ast_node
                assert first is not None, f"{type_.name}.{name}"
                assert first.default_value is not None, f"{type_.name}.{name}"


def test_collections_are_connections_with_pages_both_ways(contract: GraphQLSchema) -> None:
    for name, field in fields_of(contract.query_type).items():
        result = get_named_type(field.type)
        if result.name.endswith("Connection"):
            assert isinstance(result, GraphQLObjectType)
            assert set(result.fields) == {"nodes", "edges", "pageInfo", "totalCount"}, name
            assert {"first", "after", "last", "before"} <= set(field.args), name


def test_what_may_be_hidden_may_be_null(contract: GraphQLSchema) -> None:
    """A relation to something that another role sees, and the holder of this object may not, is nullable."""
    hidden_from_some = {
        "Placement": ("lease", "tenant", "room"),
        "Lease": ("tenant", "building"),
        "Room": ("tenant",),
        "Sensor": ("room", "floor", "building"),
        "AlarmRule": ("building", "room", "sensor"),
        "Alarm": ("acknowledgedBy", "rule", "sensor", "room", "floor", "building", "incident"),
        "Incident": ("building", "floor"),
        "AlarmTransition": ("user",),
        "StatusChange": ("changedBy",),
        "Impact": ("room", "placement", "tenant", "contact", "phone", "email"),
        "Event": ("building", "room", "sensor", "reportedBy"),
        "FireZone": ("building",),
        "PanelCondition": ("zone", "building", "reportedBy", "clearedBy"),
        "AuditEntry": ("user",),
        "Grant": ("building", "tenant"),
        "Link": ("user",),
        "SearchHit": ("item",),
        "UnknownDevice": ("building",),
        "User": ("login", "language"),
    }
    for name, relations in hidden_from_some.items():
        type_ = contract.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        for relation in relations:
            assert not isinstance(type_.fields[relation].type, GraphQLNonNull), f"{name}.{relation}"
