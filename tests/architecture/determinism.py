"""What makes code give another result the next time it is run: a check of its source.

Found are imports and calls of clocks, randomness and the environment, `hash()` and `id()`, and
whatever takes the members of a set one after another: their order differs from process to process.
What is a set is told from the module alone: by how it is written, assigned or annotated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FORBIDDEN_MODULES = {
    "time": "a clock",
    "random": "randomness",
    "secrets": "randomness",
    "uuid": "randomness",
    "os": "the environment",
    "platform": "the environment",
    "socket": "the environment",
    "locale": "the environment",
    "zoneinfo": "the environment",
    "threading": "threads",
}
FORBIDDEN_NAMES = {
    "datetime": {"now": "a clock", "utcnow": "a clock", "today": "a clock"},
    "date": {"today": "a clock"},
    "sys": {"argv": "the environment"},
    "asyncio": {"wait": "the order of a set", "as_completed": "the order of a set"},
}
FORBIDDEN_FUNCTIONS = {"hash": "randomness", "id": "randomness", "input": "the environment", "open": "files"}

SET_MAKERS = {"set", "frozenset"}
SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}
TAKES_IN_ORDER = {
    "list",
    "tuple",
    "iter",
    "next",
    "enumerate",
    "zip",
    "map",
    "filter",
    "reversed",
    "dict",
    "sum",
}
METHODS_THAT_TAKE_IN_ORDER = {"join", "fromkeys", "extend", "update", "pop"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the result may differ; `line` counts from 1."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


def nondeterminism(source: str) -> list[Finding]:
    """All findings in a module's source, by line."""
    tree = ast.parse(source)
    sets = _names_of_sets(tree)
    found = [
        finding for node in ast.walk(tree) for finding in (*_reaches_out(node), *_orders_a_set(node, sets))
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.what))


def _reaches_out(node: ast.AST) -> Iterator[Finding]:
    match node:
        case ast.Import(names=names):
            modules = [alias.name.split(".")[0] for alias in names]
        case ast.ImportFrom(module=str(module), names=names):
            modules = [module.split(".")[0]]
            for alias in names:
                if what := FORBIDDEN_NAMES.get(module, {}).get(alias.name):
                    yield Finding(node.lineno, f"{module}.{alias.name} is {what}")
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            modules = []
            if what := FORBIDDEN_NAMES.get(owner, {}).get(name):
                yield Finding(node.lineno, f"{owner}.{name} is {what}")
        case ast.Call(func=ast.Name(id=function)) if function in FORBIDDEN_FUNCTIONS:
            modules = []
            yield Finding(node.lineno, f"{function}() is {FORBIDDEN_FUNCTIONS[function]}")
        case _:
            return
    for module in modules:
        if module in FORBIDDEN_MODULES:
            yield Finding(node.lineno, f"{module} is {FORBIDDEN_MODULES[module]}")


def _orders_a_set(node: ast.AST, sets: frozenset[str]) -> Iterator[Finding]:
    taken: list[ast.expr] = []
    match node:
        case ast.For(iter=iterated) | ast.AsyncFor(iter=iterated) | ast.YieldFrom(value=iterated):
            taken = [iterated]
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
            taken = [generator.iter for generator in node.generators]
        case ast.Starred(value=value):
            taken = [value]
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=value):
            taken = [value]
        case ast.Call(func=ast.Name(id=name), args=args) if name in TAKES_IN_ORDER:
            taken = list(args)
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=args):
            if name in METHODS_THAT_TAKE_IN_ORDER and not _is_set(owner, sets):
                taken = list(args)
            elif name == "pop":
                taken = [owner]
    for expression in taken:
        if _is_set(expression, sets):
            yield Finding(expression.lineno, f"the order of the set {ast.unparse(expression)}")


def _is_set(expression: ast.expr, sets: frozenset[str]) -> bool:
    match expression:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)) if name in SET_MAKERS:
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in SET_METHODS:
            return True
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return _is_set(left, sets) or _is_set(right, sets)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_set(body, sets) or _is_set(orelse, sets)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in sets
    return False


def _names_of_sets(tree: ast.Module) -> frozenset[str]:
    """Names that a set is given to anywhere in the module, or that are annotated as one."""
    names: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value) if _is_set(value, frozenset()):
                names += [name for target in targets for name in _name(target)]
            case ast.NamedExpr(target=target, value=value) if _is_set(value, frozenset()):
                names += _name(target)
            case ast.AnnAssign(target=target, annotation=annotation) if _is_annotated_as_set(annotation):
                names += _name(target)
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if _is_annotated_as_set(annotation):
                names.append(name)
    return frozenset(names)


def _name(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [name]
    return []


def _is_annotated_as_set(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            return name in {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}
        case ast.BinOp(left=left, right=right):
            return _is_annotated_as_set(left) or _is_annotated_as_set(right)
    return False
