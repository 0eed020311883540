"""Which environment variables the product reads, taken from its source."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = ("newsletter.env", "newsletter.env_addresses")


def settings_read() -> set[str]:
    """The names that newsletter/settings.py gives as a plain string to a reader."""
    tree = ast.parse((ROOT / "newsletter" / "settings.py").read_text(encoding="utf-8"))
    readers = {alias.name for node in ast.walk(tree) if is_from_env(node) for alias in node.names}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    return {call.args[0].value for call in calls if reader_of(call) in readers and is_text(call.args[0])}


def is_from_env(node: ast.AST) -> bool:
    """Whether this imports the readers."""
    return isinstance(node, ast.ImportFrom) and node.module in READERS


def reader_of(call: ast.Call) -> str:
    """The name of what is called: `env` for `env(…)` and for `env.str(…)`."""
    function = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return function.id if isinstance(function, ast.Name) else ""


def is_text(argument: ast.expr) -> bool:
    """Whether the argument is written out as a string."""
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)
