"""A small module's types, as registration gives them."""

import pytest

from slipway_engine.cli.catalog import Catalog
from slipway_engine.module.definitions import Arg, EnumMember, Field, Function, ModuleTypes, TypeDef

TEXT = TypeDef("STRING_KIND")
NUMBER = TypeDef("INTEGER_KIND")
FLAG = TypeDef("BOOLEAN_KIND")
LEVEL = TypeDef("ENUM_KIND", "Level")
DIRECTORY = TypeDef("OBJECT_KIND", "Directory")
IMAGE = TypeDef("OBJECT_KIND", "Image")
TEXTS = TypeDef("LIST_KIND", element=TEXT)

HELLO = Function(
    "hello",
    TEXT,
    "Greets.\n\nA second paragraph.",
    (
        Arg("to_whom", TEXT, "Whom to greet.", default='"World"'),
        Arg("loud", FLAG, default="false"),
        Arg("level", LEVEL, "How much.", default='"LOW"'),
        Arg("tags", TEXTS, "Some words."),
    ),
)

TYPES = ModuleTypes(
    "A fleet.",
    objects=(
        TypeDef(
            "OBJECT_KIND",
            "Fleet",
            "The main object.",
            functions=(
                HELLO,
                Function("images", TypeDef("LIST_KIND", element=IMAGE), "All images."),
                Function("lint", TEXT, "Lints.", check=True),
                Function("needy", TEXT, "Needs.", (Arg("what", TEXT),), check=True),
                Function("suite", TypeDef("OBJECT_KIND", "Suite"), "More checks."),
                Function("use_image", TEXT, "Takes an object.", (Arg("image", IMAGE),)),
            ),
            constructor=Function(
                "",
                TypeDef("OBJECT_KIND", "Fleet"),
                args=(Arg("source", DIRECTORY, "The repository.", default_path="/", ignore=(".git",)),),
            ),
        ),
        TypeDef(
            "OBJECT_KIND", "Image", fields=(Field("name", TEXT, "Its name."),), functions=(Function("size", NUMBER),)
        ),
        TypeDef("OBJECT_KIND", "Suite", functions=(Function("api", TEXT, "Tests the api.", check=True),)),
    ),
    enums=(TypeDef("ENUM_KIND", "Level", members=(EnumMember("LOW", "low-value"), EnumMember("HIGH", "high-value"))),),
)


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(None, TYPES, "Fleet")
