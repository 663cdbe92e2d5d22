"""Finds uses of tracked modules with Python's own parser: the oracle of the differential test.

Reads one JSON object from standard input:

    {"modules": {"uuid": ["uuid4"], "os": null}, "unbound": true, "files": ["a.py"]}

where null stands for every attribute, and writes one JSON line for each file:

    {"path": "a.py", "uses": [[byte_start, byte_end, "call", "uuid4"]]}
    {"path": "b.py", "error": "what the parser says"}

It shares nothing with the scanner but the rules of the language: the tree and the positions are
those of `ast`; scopes are resolved on the tree. Before Python 3.12 the positions inside f-strings
are not reliable, so their fields are cut out and parsed once more.
"""

import ast
import io
import json
import multiprocessing
import re
import sys
import tokenize
import warnings

sys.setrecursionlimit(20000)
warnings.simplefilter("ignore")

OTHER, NOTHING = ("other",), ("nothing",)
LINE = re.compile(rb"\r\n|\r|\n")


def line_starts(source):
    return [0] + [match.end() for match in LINE.finditer(source)]


def fields(source, at, end, raw, quote, in_format, found):
    """Collects the expressions of replacement fields in source[at:end]; returns where it stopped."""
    while at < end:
        char = source[at : at + 1]
        if char == b"\\" and not raw:
            if source[at : at + 3] == b"\\N{":
                at = source.index(b"}", at) + 1
            else:
                at += 1 if source[at + 1 : at + 2] in b"{}" else 2
        elif char == b"{" and not in_format and source[at + 1 : at + 2] == b"{":
            at += 2
        elif char == b"}" and in_format:
            return at
        elif char == b"{":
            start = at + 1
            at = expression_end(source, start, end)
            found.append((start, at))
            while source[at : at + 1] in (b"=", b" ", b"\t", b"\n", b"\r"):
                at += 1
            if source[at : at + 1] == b"!":
                at += 2
            while source[at : at + 1] in (b" ", b"\t"):
                at += 1
            if source[at : at + 1] == b":":
                at = fields(source, at + 1, end, raw, quote, True, found)
            assert source[at : at + 1] == b"}", (source[start:end], source[at:end])
            at += 1
        else:
            at += 1
    return at


def expression_end(source, at, end):
    depth = 0
    while at < end:
        char = source[at : at + 1]
        if char in b"'\"":
            quote = char * 3 if source[at : at + 3] == char * 3 else char
            at += len(quote)
            while source[at : at + len(quote)] != quote:
                at += 1
            at += len(quote)
            continue
        if char in b"([{":
            depth += 1
        elif depth and char in b")]}":
            depth -= 1
        elif not depth:
            if source[at : at + 2] in (b"!=", b"==", b"<=", b">="):
                at += 2
                continue
            if char in b"}:!=":
                return at
        at += 1
    raise AssertionError("a field has no end")


def string_fields(source, at, end):
    """Collects the fields of the strings in source[at:end], one after the other."""
    found = []
    while at < end:
        char = source[at : at + 1]
        if char == b"#":
            at = LINE.search(source, at).end()
            continue
        prefix = re.compile(rb"[A-Za-z]*(?=['\"])").match(source, at)
        if not prefix:
            at += 1
            continue
        letters = prefix.group().lower()
        at = prefix.end()
        quote = source[at : at + 3]
        quote = quote if quote in (b"'''", b'"""') else quote[:1]
        at += len(quote)
        start = at
        while source[at : at + len(quote)] != quote:
            at += 2 if source[at : at + 1] == b"\\" else 1
        if b"f" in letters:
            fields(source, start, at, b"r" in letters, quote, False, found)
        at += len(quote)
    return found


def formatted(node):
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            yield value
            if value.format_spec is not None:
                yield from formatted(value.format_spec)


def place(tree, starts, base, source):
    """Gives every node its span in `source`, and parses the fields of f-strings again."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if hasattr(node, "lineno"):
            node.start = base + starts[node.lineno - 1] + node.col_offset
            node.stop = base + starts[node.end_lineno - 1] + node.end_col_offset
        if isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            spans = string_fields(source, node.start, node.stop)
            values = list(formatted(node))
            assert len(spans) == len(values), (source[node.start : node.stop], spans)
            for value, (start, stop) in zip(values, spans):
                text = b"(" + source[start:stop] + b"\n)"
                inner = ast.parse(text.decode(), mode="eval")
                place(inner, line_starts(text), start - 1, source)
                value.value = inner.body
            continue
        stack.extend(ast.iter_child_nodes(node))


class Scope:
    every = []

    def __init__(self, kind, parent):
        self.kind, self.parent = kind, parent
        self.events, self.declared = {}, {}
        Scope.every.append(self)


class Block:
    def __init__(self, parent):
        self.parent = parent

    def within(self, other):
        block = self
        while block is not None and block is not other:
            block = block.parent
        return block is other


class Walker:
    """Notes bindings and mentions in the order of evaluation."""

    def __init__(self, modules):
        self.modules = modules
        self.module = self.scope = Scope("module", None)
        self.block = Block(None)
        self.order = 0
        self.mentions = []

    def tick(self):
        self.order += 1
        return self.order

    def bind(self, name, value=OTHER, scope=None, block=None, certain=True):
        event = (self.tick(), block or self.block, certain, value, False)
        (scope or self.scope).events.setdefault(name, []).append(event)

    def body(self, statements, block=None, scope=None):
        outer = self.block, self.scope
        self.block = block or Block(self.block)
        self.scope = scope or self.scope
        for statement in statements:
            self.visit(statement)
        self.block, self.scope = outer

    def within(self, scope, node):
        outer, self.scope = self.scope, scope
        self.visit(node)
        self.scope = outer

    def visit(self, node, block=None):
        if node is None:
            return
        if isinstance(node, list):
            for item in node:
                self.visit(item, block)
            return
        method = getattr(self, "visit_" + type(node).__name__, None)
        if method is not None:
            method(node, block)
            return
        for child in ast.iter_child_nodes(node):
            child.above = node
            self.visit(child, block)

    def visit_Name(self, node, block):
        if isinstance(node.ctx, ast.Load):
            self.mentions.append((node, self.scope, self.block, self.tick()))
        else:
            self.bind(node.id, block=block)

    def visit_NamedExpr(self, node, block):
        node.value.above = node
        self.visit(node.value)
        scope = self.scope
        while scope.kind == "comprehension":
            scope = scope.parent
        self.bind(node.target.id, scope=scope, certain=False)

    def alias(self, node):
        """What a name is bound to that is assigned `node`: perhaps an alias of a module."""
        return ["alias", node] if isinstance(node, ast.Name) else OTHER

    def visit_Assign(self, node, block):
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind(target.id, self.alias(node.value))
            else:
                self.visit(target)

    def visit_AugAssign(self, node, block):
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node, block):
        self.visit(node.value)
        self.visit(node.annotation)
        if node.simple and node.value is not None:
            self.bind(node.target.id, self.alias(node.value))
        elif not isinstance(node.target, ast.Name) or node.value is not None:
            self.visit(node.target)
        elif node.simple:
            self.bind(node.target.id, NOTHING)

    def visit_For(self, node, block):
        self.visit(node.iter)
        inner = Block(self.block)
        self.visit(node.target, inner)
        self.body(node.body, inner)
        self.body(node.orelse)

    visit_AsyncFor = visit_For

    def visit_If(self, node, block):
        self.visit(node.test)
        self.body(node.body)
        self.body(node.orelse)

    visit_While = visit_If

    def visit_With(self, node, block):
        for item in node.items:
            self.visit(item.context_expr)
            self.visit(item.optional_vars)
        self.body(node.body)

    visit_AsyncWith = visit_With

    def visit_Try(self, node, block):
        self.body(node.body)
        for handler in node.handlers:
            self.visit(handler.type)
            inner = Block(self.block)
            if handler.name:
                self.bind(handler.name, block=inner)
            self.body(handler.body, inner)
        self.body(node.orelse)
        self.body(node.finalbody)

    visit_TryStar = visit_Try

    def visit_Match(self, node, block):
        self.visit(node.subject)
        outer = Block(self.block)
        for case in node.cases:
            inner = Block(outer)
            self.visit(case.pattern, inner)
            held, self.block = self.block, inner
            self.visit(case.guard)
            self.block = held
            self.body(case.body, inner)

    def visit_MatchAs(self, node, block):
        self.visit(node.pattern, block)
        if node.name:
            self.bind(node.name, block=block)

    def visit_MatchStar(self, node, block):
        if node.name:
            self.bind(node.name, block=block)

    def visit_MatchMapping(self, node, block):
        self.visit(node.keys)
        self.visit(node.patterns, block)
        if node.rest:
            self.bind(node.rest, block=block)

    def type_parameters(self, node):
        parameters = getattr(node, "type_params", [])
        scope = Scope("type", self.scope) if parameters else self.scope
        for parameter in parameters:
            self.bind(parameter.name, scope=scope)
            for child in ast.iter_child_nodes(parameter):
                self.within(scope, child)
        return scope

    def arguments(self, node, around, inner, block):
        arguments = node.args
        self.visit(arguments.defaults)
        self.visit([default for default in arguments.kw_defaults if default is not None])
        every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
        every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
        for argument in every:
            if argument.annotation is not None:
                self.within(around, argument.annotation)
            self.bind(argument.arg, scope=inner, block=block)

    def visit_FunctionDef(self, node, block):
        self.visit(node.decorator_list)
        around = self.type_parameters(node)
        inner, body = Scope("function", around), Block(self.block)
        self.arguments(node, around, inner, body)
        if node.returns is not None:
            self.within(around, node.returns)
        self.bind(node.name)
        self.body(node.body, body, inner)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node, block):
        inner = Scope("function", self.scope)
        self.arguments(node, self.scope, inner, self.block)
        node.body.above = node
        self.within(inner, node.body)

    def visit_ClassDef(self, node, block):
        self.visit(node.decorator_list)
        around = self.type_parameters(node)
        for base in node.bases:
            self.within(around, base)
        for keyword in node.keywords:
            self.within(around, keyword.value)
        self.body(node.body, scope=Scope("class", around))
        self.bind(node.name)

    def visit_TypeAlias(self, node, block):
        self.bind(node.name.id)
        scope = self.type_parameters(node)
        self.within(Scope("type", scope) if scope is self.scope else scope, node.value)

    def comprehension(self, node, block):
        inner = Scope("comprehension", self.scope)
        self.visit(node.generators[0].iter)
        outer, self.scope = self.scope, inner
        for at, generator in enumerate(node.generators):
            if at:
                self.visit(generator.iter)
            self.visit(generator.target)
            self.visit(generator.ifs)
        for name in ("elt", "key", "value"):
            self.visit(getattr(node, name, None))
        self.scope = outer

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = comprehension

    def visit_Import(self, node, block):
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.split(".")[0]
            value = ("module", name) if name in self.modules else OTHER
            self.bind(alias.asname or name, value)

    def visit_ImportFrom(self, node, block):
        tracked = node.level == 0 and node.module in self.modules
        listed = self.modules.get(node.module) if tracked else []
        for alias in node.names:
            if alias.name == "*":
                for name in listed or []:
                    self.bind(name, ("function", name))
                continue
            hit = tracked and (listed is None or alias.name in listed)
            self.bind(alias.asname or alias.name, ("function", alias.name) if hit else OTHER)

    def visit_Global(self, node, block):
        self.scope.declared.update(dict.fromkeys(node.names, "global"))

    def visit_Nonlocal(self, node, block):
        self.scope.declared.update(dict.fromkeys(node.names, "nonlocal"))


def settle(walker, every):
    """Moves the bindings of declared names to the scopes that they belong to."""
    moves = []
    for scope in every:
        for name in list(scope.events):
            home = scope
            while home is not walker.module and name in home.declared:
                if home.declared[name] == "global":
                    home = walker.module
                    break
                home = home.parent
                while home is not walker.module and (
                    home.kind == "class" or not (name in home.events or name in home.declared)
                ):
                    home = home.parent
            if home is not scope:
                moves.append((name, scope, home))
    for name, scope, home in moves:
        moved = [event[:4] + (True,) for event in scope.events.pop(name)]
        home.events.setdefault(name, []).extend(moved)
        home.events[name].sort(key=lambda event: event[0])


class Resolver:
    def __init__(self, walker, unbound):
        self.walker, self.modules, self.also_unbound = walker, walker.modules, unbound
        self.aliasing = False

    def follow_aliases(self, every):
        """Puts modules in the place of names that are assigned from them, round by round."""
        self.aliasing = True
        values = [event[3] for scope in every for events in scope.events.values() for event in events]
        waiting = {id(value[1]): value for value in values if value[0] == "alias"}
        mentions = [mention for mention in self.walker.mentions if id(mention[0]) in waiting]
        aliases = {}
        for value in values:
            if value[0] == "alias":
                aliases.setdefault(id(value[1]), []).append(value)
        for _ in range(8):
            known = []
            for mention in mentions:
                module = self.resolve(*mention)
                if module:
                    known += [(value, module) for value in aliases.pop(id(mention[0]), [])]
            for value, module in known:
                value[:] = module
            if not known:
                break
        for left in aliases.values():
            for value in left:
                value[:] = OTHER
        self.aliasing = False

    def chain(self, node, value):
        if self.aliasing:
            return ["module", value[1]] if value[0] == "module" else None
        if value[0] == "module":
            above = getattr(node, "above", None)
            if not isinstance(above, ast.Attribute) or above.value is not node:
                return None
            listed = self.modules[value[1]]
            if listed is not None and above.attr not in listed:
                return None
            node, value = above, ("function", above.attr)
        if value[0] != "function" or not isinstance(node.ctx, ast.Load):
            return None
        above = getattr(node, "above", None)
        if isinstance(above, ast.Call) and above.func is node:
            return above.start, above.stop, "call", value[1]
        return node.start, node.stop, "reference", value[1]

    def ask(self, node, scope, block, order, later):
        """Returns (decided, use); `later` if the mention runs later than the scope."""
        events = scope.events.get(node.id)
        if not events:
            return False, None
        tracked = False
        for when, where, certain, value, moved in reversed(events):
            if when > order:
                continue
            if value[0] in ("module", "function"):
                tracked = True
                use = self.chain(node, value)
                if use:
                    return True, use
            if certain and value != NOTHING and block.within(where):
                for *_, value, elsewhere in events if later and not moved else ():
                    use = self.chain(node, value) if elsewhere else None
                    if use:
                        return True, use
                return True, None
        if scope.kind == "class":
            return False, None
        if not tracked:
            for when, _, _, value, _ in events:
                use = self.chain(node, value) if when > order else None
                if use:
                    return True, use
        return True, None

    def frame(self, scope):
        while scope.kind not in ("function", "module"):
            scope = scope.parent
        return scope

    def resolve(self, node, scope, block, order):
        start = scope
        while scope is not None:
            seen = scope is start or (start.kind == "type" and scope is start.parent)
            if scope.kind == "class" and not seen:
                scope = scope.parent
                continue
            if scope.declared.get(node.id) == "global":
                scope = self.walker.module
            later = self.frame(start) is not self.frame(scope)
            decided, use = self.ask(node, scope, block, order, later)
            if decided:
                return use
            if scope.kind == "class" and node.id in scope.events:
                scope = self.walker.module
            else:
                scope = scope.parent
        if self.also_unbound:
            if node.id in self.modules:
                return self.chain(node, ("module", node.id))
            if any(node.id in (listed or ()) for listed in self.modules.values()):
                return self.chain(node, ("function", node.id))
        return None


def uses(path, modules, unbound):
    with open(path, "rb") as file:
        data = file.read()
    tree = compile(data, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    plain = encoding in ("utf-8", "utf-8-sig")
    text = data[mark:] if plain else data.decode(encoding).encode()
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.above = node
    place(tree, line_starts(text), 0, text)
    Scope.every.clear()
    walker = Walker(modules)
    for statement in tree.body:
        walker.visit(statement)
    settle(walker, Scope.every)
    resolver = Resolver(walker, unbound)
    resolver.follow_aliases(Scope.every)
    found = set()
    for node, scope, block, order in walker.mentions:
        use = resolver.resolve(node, scope, block, order)
        if use:
            found.add(use)

    def offset(at):
        return at + mark if plain else len(text[:at].decode().encode(encoding))

    return sorted([offset(start), offset(stop), kind, name] for start, stop, kind, name in found)


def answer(task):
    path, modules, unbound = task
    try:
        return {"path": path, "uses": uses(path, modules, unbound)}
    except (SyntaxError, ValueError, RecursionError, LookupError) as error:
        return {"path": path, "error": f"{type(error).__name__}: {error}"}


def main():
    request = json.load(sys.stdin)
    tasks = [(path, request["modules"], request["unbound"]) for path in request["files"]]
    with multiprocessing.Pool() as pool:
        for result in pool.imap(answer, tasks, chunksize=16):
            print(json.dumps(result))


if __name__ == "__main__":
    main()
