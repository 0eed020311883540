"""The packages stand in a straight line, and each foreign system has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ABOVE = {"newsletter": {"digests", "subscribers"}, "digests": {"subscribers"}, "subscribers": set()}
NAMED_FOR_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
HTTP_CLIENTS = {"Client", "AsyncClient", "HTTPTransport", "AsyncHTTPTransport"}
HTTP_VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream"}

MODULES = [path for package in ABOVE for path in sorted((ROOT / package).rglob("*.py"))]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_in(tree: ast.Module) -> Iterator[str]:
    """The dotted names a module imports, inside functions too. Strings such as `include("digests.urls")` are none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls_to_httpx(tree: ast.Module) -> list[str]:
    """What a module takes from httpx to reach the network: clients, transports, and the verbs that make a client."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "httpx"}
    taken = {name.removeprefix("httpx.") for name in imports_in(tree) if name.startswith("httpx.")}
    return sorted((used | taken) & (HTTP_CLIENTS | HTTP_VERBS))


def offences(source: str, package: str) -> list[str]:
    return [name for name in imports_in(ast.parse(source)) if name.partition(".")[0] in ABOVE[package]]


@pytest.mark.parametrize("package", ABOVE)
def test_package_imports_nothing_of_those_above_it(package: str) -> None:
    found = {
        str(path.relative_to(ROOT)): names
        for path in MODULES
        if path.is_relative_to(ROOT / package) and (names := offences(path.read_text(encoding="utf-8"), package))
    }
    assert found == {}


def test_import_inside_a_function_counts_and_an_include_does_not() -> None:
    assert offences("def build():\n    from subscribers.models import Subscriber\n", "digests") == [
        "subscribers.models.Subscriber"
    ]
    assert offences("import digests.models as models\n", "newsletter") == ["digests.models"]
    assert offences("path('', include('digests.urls'))\n", "newsletter") == []


def test_only_the_http_module_makes_http_clients() -> None:
    door = ROOT / "newsletter" / "http.py"
    found = {str(path.relative_to(ROOT)): used for path in MODULES if (used := calls_to_httpx(tree_of(path)))}
    assert found.pop(str(door.relative_to(ROOT))), "the door itself makes one, or this test looks for the wrong thing"
    assert found == {}


def test_only_the_llm_package_imports_openai() -> None:
    importers = [path for path in MODULES if any(name.split(".")[0] == "openai" for name in imports_in(tree_of(path)))]
    assert {path.parent for path in importers} == {ROOT / "digests" / "llm"}


def test_no_module_is_named_for_nothing() -> None:
    found = [str(path.relative_to(ROOT)) for path in MODULES if {path.stem, path.parent.name} & NAMED_FOR_NOTHING]
    assert found == []
