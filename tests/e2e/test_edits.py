"""Edits over the binary: what must apply gives exactly these bytes, what must
not apply leaves every byte and fails with 1. The forms are those that models
write and that the assistants named below take or refuse; cases modelled on
theirs say so (openai/codex, Apache-2.0; Aider-AI/aider, Apache-2.0;
cline/cline, Apache-2.0; sst/opencode, MIT)."""
import json
import os
import stat

import pytest

REFUSED = "refused"

PY = "def f(x):\n    if x:\n        return 1\n    return 2\n"


def as_bytes(files):
    return {k: v if isinstance(v, bytes) else v.encode()
            for k, v in files.items()}


def tree(friday):
    found = {}
    for folder, dirs, names in os.walk(friday.repo):
        dirs[:] = [d for d in dirs if d != ".git"]
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, friday.repo)] = file.read()
    return found


def check(friday, files, run, want):
    """Runs in a folder of nothing but `files`; compares all bytes."""
    for path in tree(friday):
        os.unlink(friday.repo / path)
    for path, content in as_bytes(files).items():
        friday.write(path, content)
    result = run()
    if want == REFUSED:
        assert result.status == 1, result
        assert tree(friday) == as_bytes(files), result
    else:
        assert result.status == 0, result
        assert tree(friday) == as_bytes(want), result
    return result


def edit(friday, args):
    return friday("tool", "run", "edit", "--args", "-",
                  input=json.dumps(args))


def patch(friday, text):
    return friday("tool", "run", "apply_patch", "--args", "-",
                  input=json.dumps({"patch": text}))


def apply(friday, text):
    return friday("apply", "-", input=text)


def envelope(body):
    return "*** Begin Patch\n" + body + "*** End Patch\n"


def update(body, path="f"):
    return envelope(f"*** Update File: {path}\n" + body)


def update_a(body):
    return update(body, "a")


def block(old, new):
    return f"<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"


# id, before, old, new, after
EDITS = [
    ('exact', PY,
     'return 1',
     'return 3',
     PY.replace('return 1', 'return 3')),
    ('near num', PY,
     'return 11',
     'return 3',
     REFUSED),
    ('near op', 'if a <= b:\n',
     'if a < b:\n',
     'x\n',
     REFUSED),
    ('near ident', PY,
     'def g(x):\n',
     'def h(x):\n',
     REFUSED),
    ('near quote', "x = 'a'\n",
     'x = "a"\n',
     'x = "b"\n',
     REFUSED),
    ('near case', 'Foo()\n',
     'foo()\n',
     'bar()\n',
     REFUSED),
    ('near inner space', 'a = b + c\n',
     'a = b+c\n',
     'a = d\n',
     REFUSED),
    ('near inner space2', 'a = b  + c\n',
     'a = b + c\n',
     'a = d\n',
     REFUSED),
    ('py nonuniform', PY,
     'if x:\nreturn 1\n',
     'if x:\nreturn 9\n',
     REFUSED),
    ('py nonuniform2', PY,
     '    if x:\n    return 1\n',
     '    if x:\n    return 9\n',
     REFUSED),
    ('uniform less', PY,
     'if x:\n    return 1\n',
     'if x:\n    return 9\n',
     PY.replace('return 1', 'return 9')),
    ('uniform less multi', PY,
     'if x:\n    return 1\nreturn 2\n',
     'if x:\n    return 9\nelse:\n    return 8\nreturn 2\n',
     'def f(x):\n    if x:\n        return 9\n    else:\n        return 8\n    return 2\n'),
    ('uniform more', PY,
     '        if x:\n            return 1\n',
     '        if x:\n            return 9\n',
     PY.replace('return 1', 'return 9')),
    ('tabs', '\tif (x)\n\t\ty();\n',
     '    if (x)\n        y();\n',
     '    if (x)\n        z();\n',
     '\tif (x)\n\t\tz();\n'),
    ('tabs rev', '    if (x)\n        y();\n',
     '\tif (x)\n\t\ty();\n',
     '\tif (x)\n\t\tz();\n',
     '    if (x)\n        z();\n'),
    ('ambig indent', '  a()\n    a()\n',
     'a()\n',
     'b()\n',
     REFUSED),
    ('ambig indent multi', 'if x:\n    a()\n    b()\nelse:\n        a()\n        b()\n',
     'a()\nb()\n',
     'c()\n',
     REFUSED),
    ('trailing ws in old', 'def f():\n    pass\n',
     'def f():   \n    pass  \n',
     'def g():\n    pass\n',
     'def g():\n    pass\n'),
    ('curly multi', 'say(“hi”, x)\nfoo\n',
     'say("hi", x)\nfoo\n',
     'say("hi", y)\nfoo\n',
     'say(“hi”, y)\nfoo\n'),
    ('curly multi 2', 'say(“hi”, x)\nfoo’s\n',
     'say("hi", x)\nfoo\'s\n',
     'say("hi", y)\nfoo\'s bar\n',
     'say(“hi”, y)\nfoo’s bar\n'),
    ('curly one', 'say(“hi”, x)\n',
     'say("hi", x)',
     'say("hi", y)',
     'say(“hi”, y)\n'),
    ('curly one nl', 'say(“hi”, x)\nq\n',
     'say("hi", x)\n',
     'say("hi", y)\n',
     'say(“hi”, y)\nq\n'),
    ('old curly', 'say("hi", x)\nq\n',
     'say(“hi”, x)\n',
     'say(“ho”, x)\n',
     'say("ho", x)\nq\n'),
    ('curly vs single', "say('hi')\n",
     'say(“hi”)',
     'say(“ho”)',
     REFUSED),
    ('nums', 'a\nb\nc\n',
     '     1\ta\n     2\tb\n',
     '     1\ta\n     2\tB\n',
     'a\nB\nc\n'),
    ('nums arrow', 'a\nb\nc\n',
     '     2→b',
     '     2→B',
     'a\nB\nc\n'),
    ('nums old only', 'a\nb\nc\n',
     '     2→b',
     'B',
     'a\nB\nc\n'),
    ('nums pipe', 'a\nb\nc\n',
     '2 | b\n3 | c',
     '2 | B\n3 | c',
     'a\nB\nc\n'),
    ('nums pipe2', 'a\nb\nc\n',
     '  2| b\n  3| c',
     '  2| B\n  3| c',
     'a\nB\nc\n'),
    ('nums new longer', 'a\nb\nc\n',
     '2\tb\n3\tc',
     '2\tb\n3\tX\n4\tc',
     'a\nb\nX\nc\n'),
    ('CRLF', 'a\r\nb\r\nc\r\n',
     'a\nb\n',
     'a\nB\nB2\n',
     'a\r\nB\r\nB2\r\nc\r\n'),
    ('CRLF exact single', 'a\r\nb\r\nc\r\n',
     'b',
     'B\nB2',
     'a\r\nB\r\nB2\r\nc\r\n'),
    ('CRLF new has crlf', 'a\r\nb\r\nc\r\n',
     'b',
     'B\r\nB2',
     'a\r\nB\r\nB2\r\nc\r\n'),
    ('LF file crlf new', 'a\nb\nc\n',
     'b',
     'B\r\nB2',
     'a\nB\nB2\nc\n'),
    ('LF file crlf both', 'a\nb\nc\n',
     'a\r\nb\r\n',
     'a\r\nB\r\n',
     'a\nB\nc\n'),
    ('mixed', 'a\r\nb\nc\r\nd\n',
     'b\nc\n',
     'B\nC\n',
     'a\r\nB\nC\r\nd\n'),
    ('nonl', 'a\nb',
     'b',
     'c',
     'a\nc'),
    ('nonl nl', 'a\nb',
     'b\n',
     'c\n',
     'a\nc'),
    ('delete line', 'a\nb\nc\n',
     'b\n',
     '',
     'a\nc\n'),
    ('delete line no nl', 'a\nb\nc\n',
     'b',
     '',
     'a\n\nc\n'),
    ('delete all', 'a\n',
     'a\n',
     '',
     ''),
    ('insert begin', 'a\nb\n',
     'a\n',
     'top\na\n',
     'top\na\nb\n'),
    ('insert end', 'a\nb\n',
     'b\n',
     'b\nend\n',
     'a\nb\nend\n'),
    ('empty old nonempty', 'a\nb\n',
     '',
     'x',
     REFUSED),
    ('empty file', '',
     '',
     'x\n',
     'x\n'),
    ('dollar', 'a $x \\1 &\n',
     '$x \\1 &',
     '$$ \\0 \\n $& ${y}',
     'a $$ \\0 \\n $& ${y}\n'),
    ('overlap', 'aaa\n',
     'aa',
     'b',
     REFUSED),
    ('latin1', b'caf\xe9 = 1\nx = 2\n',
     'x = 2',
     'x = 3',
     b'caf\xe9 = 1\nx = 3\n'),
    ('latin1 2', b'caf\xe9 = 1\nx = 2\n',
     'café = 1',
     'x = 3',
     REFUSED),
    ('utf16', '\ufeffa\nb\n'.encode('utf-16-le'),
     'b',
     'c',
     REFUSED),
    ('bom', '\ufeffa\nb\n',
     'a',
     'c',
     '\ufeffc\nb\n'),
    ('bom old', '\ufeffa\nb\n',
     '\ufeffa',
     'c',
     '\ufeffc\nb\n'),
    ('bom insert top', '\ufeffa\nb\n',
     'a\n',
     'top\na\n',
     '\ufefftop\na\nb\n'),
    ('same', 'a\n',
     'a',
     'a',
     REFUSED),
    ('missing', 'a\n',
     'zz',
     'a',
     REFUSED),
    ('escaped nl', 'a\nb\n',
     'a\\nb',
     'c',
     REFUSED),
    ('ws old', 'a\n  \nb\n',
     '  ',
     '\t',
     'a\n\t\nb\n'),
    ('decimal near', 'x = 1.0\n',
     'x = 1.00\n',
     'x = 2\n',
     REFUSED),
    ('comment drop', 'x = 1  # one\ny = 2\n',
     'x = 1\ny = 2\n',
     'x = 3\ny = 2\n',
     REFUSED),
    ('blank line missing', 'a\n\nb\n',
     'a\nb\n',
     'c\n',
     REFUSED),
    ('blank line extra', 'a\nb\n',
     'a\n\nb\n',
     'c\n',
     REFUSED),
    ('indent blank line ws', 'class A:\n    def f(self):\n        a\n    \n        b\n',
     'def f(self):\n    a\n\n    b\n',
     'def f(self):\n    a\n\n    c\n',
     'class A:\n    def f(self):\n        a\n    \n        c\n'),
    ('indent: old partial first', '        a\n        b\n',
     'a\n    b',
     'a\n    c',
     REFUSED),
    ('leading nl', 'a\nb\nc\n',
     '\nb\n',
     '\nB\n',
     'a\nB\nc\n'),
    ('leading nl at top', 'b\nc\n',
     '\nb\n',
     '\nB\n',
     REFUSED),
    ('trailing extra nl', 'a\nb\n',
     'b\n\n',
     'c\n\n',
     REFUSED),
    ('nbsp', 'a\xa0= 1\n',
     'a = 1',
     'a = 2',
     'a\xa0= 2\n'),
    ('zwsp', 'a\u200b = 1\n',
     'a = 1',
     'a = 2',
     REFUSED),
    ('minus', 'a - b\n',
     'a − b\n',
     'a + b\n',
     'a + b\n'),
]


# With replace_all.
ALL = [
    ('overlap all', 'aaaa\n', 'aa', 'b',
     'bb\n'),
    ('all', 'x y x\nx\n', 'x', 'z',
     'z y z\nz\n'),
    ('all contains', 'x x\n', 'x', 'xx',
     'xx xx\n'),
    ('all tol trailing', 'a \nb\na\t\nb\n', 'a\nb\n', 'c\n',
     REFUSED),
    ('all indent', '  foo(1,\n    2)\n', 'foo(1,\n  2)\n', 'bar(1,\n  2)\n',
     '  bar(1,\n    2)\n'),
]

# id, files, patch, files after
PATCHES = [
    ('pad header', {'foo.txt': 'old\n'},
     envelope('  *** Update File: foo.txt\n@@\n-old\n+new\n'),
     {'foo.txt': 'new\n'}),
    ('pad begin', {'foo.txt': 'a\none\n'},
     ' *** Begin Patch\n*** Update File: foo.txt\n@@\n a\n-one\n+two\n*** End Patch ',
     {'foo.txt': 'a\ntwo\n'}),
    ('pad end', {'foo.txt': 'a\none\n'},
     '*** Begin Patch \n*** Update File: foo.txt\n@@\n a\n-one\n+two\n *** End Patch',
     {'foo.txt': 'a\ntwo\n'}),
    ('pad end add', {},
     '*** Begin Patch \n*** Add File: foo\n+hi\n *** End Patch',
     {'foo': 'hi\n'}),
    ('heredoc', {'foo.txt': 'a\none\n'},
     "<<'EOF'\n*** Begin Patch\n*** Update File: foo.txt\n@@\n a\n-one\n+two\n*** End Patch\nEOF\n",
     {'foo.txt': 'a\ntwo\n'}),
    ('shell heredoc', {'foo.txt': 'a\none\n'},
     "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: foo.txt\n@@\n a\n-one\n+two\n*** End Patch\nEOF\n",
     {'foo.txt': 'a\ntwo\n'}),
    ('apply_patch quote', {'foo.txt': 'a\none\n'},
     'apply_patch "\n*** Begin Patch\n*** Update File: foo.txt\n@@\n a\n-one\n+two\n*** End Patch\n"\n',
     {'foo.txt': 'a\ntwo\n'}),
    ('interleaved', {'f': 'a\nb\nc\nd\ne\nf\n'},
     update('@@\n a\n-b\n+B\n@@\n c\n d\n-e\n+E\n@@\n f\n+g\n*** End of File\n'),
     {'f': 'a\nB\nc\nd\nE\nf\ng\n'}),
    ('pure add then removal', {'f': 'line1\nline2\nline3\n'},
     update('@@\n+after-context\n+second-line\n@@\n line1\n-line2\n-line3\n+line2-replacement\n'),
     {'f': 'line1\nline2-replacement\nafter-context\nsecond-line\n'}),
    ('unicode dash', {'f': 'import asyncio  # local import – avoids top‑level dep\n'},
     update('@@\n-import asyncio  # local import - avoids top-level dep\n+import asyncio  # HELLO\n'),
     {'f': 'import asyncio  # HELLO\n'}),
    ('empty patch', {'f': 'x\n'},
     envelope(''),
     REFUSED),
    ('empty update', {'f': 'x\n'},
     update(''),
     REFUSED),
    ('missing file', {'f': 'x\n'},
     envelope('*** Update File: g\n@@\n-x\n+y\n'),
     REFUSED),
    ('delete dir', {'d/f': 'x\n'},
     envelope('*** Delete File: d\n'),
     REFUSED),
    ('delete missing', {'d/f': 'x\n'},
     envelope('*** Delete File: q\n'),
     REFUSED),
    ('bad header', {'f': 'x\n'},
     envelope('*** Frobnicate File: foo\n'),
     REFUSED),
    ('partial fails', {'f': 'x\n'},
     envelope('*** Add File: c\n+hello\n*** Update File: missing\n@@\n-a\n+b\n'),
     REFUSED),
    ('deletion only', {'f': 'line1\nline2\nline3\n'},
     update('@@\n line1\n-line2\n line3\n'),
     {'f': 'line1\nline3\n'}),
    ('eof marker', {'f': 'first\nsecond\n'},
     update('@@\n first\n-second\n+second updated\n*** End of File\n'),
     {'f': 'first\nsecond updated\n'}),
    ('move overwrite', {'a': 'from\n', 'b': 'x\n'},
     update_a('*** Move to: b\n@@\n-from\n+new\n'),
     REFUSED),
    ('add over', {'a': 'from\n'},
     envelope('*** Add File: a\n+new\n'),
     REFUSED),
    ('no nl', {'a': 'no newline at end'},
     update_a('@@\n-no newline at end\n+first line\n+second line\n'),
     {'a': 'first line\nsecond line'}),
    ('anchor stacked', {'a': 'class A:\n    def f(self):\n        pass\n\nclass B:\n    def f(self):\n        pass\n'},
     update_a('@@ class B:\n@@     def f(self):\n-        pass\n+        return 1\n'),
     {'a': 'class A:\n    def f(self):\n        pass\n\nclass B:\n    def f(self):\n        return 1\n'}),
    ('anchor lines @@ -1,2 +1,2 @@', {'a': 'x\ny\nz\n'},
     update_a('@@ -2,1 +2,1 @@\n-y\n+Y\n'),
     {'a': 'x\nY\nz\n'}),
    ('ambig', {'a': 'x\ny\nx\ny\n'},
     update_a('@@\n-x\n+X\n'),
     REFUSED),
    ('ambig wrong lines', {'a': 'x\ny\nx\ny\n'},
     update_a('@@ -3 +3 @@\n-x\n+X\n'),
     {'a': 'x\ny\nX\ny\n'}),
    ('no end', {'a': 'x\ny\n'},
     '*** Begin Patch\n*** Update File: a\n@@\n-x\n+X\n',
     REFUSED),
    ('fence', {'a': 'x\ny\n'},
     '```\n' + update_a('@@\n-x\n+X\n') + '```\n',
     {'a': 'X\ny\n'}),
    ('fence diff', {'a': 'x\ny\n'},
     'Sure:\n```diff\n' + update_a('@@\n-x\n+X\n') + '```\nDone\n',
     {'a': 'X\ny\n'}),
    ('BOM before', {'a': 'x\ny\n'},
     '\ufeff' + update_a('@@\n-x\n+X\n'),
     {'a': 'X\ny\n'}),
    ('BOM before in fence', {'a': 'x\ny\n'},
     '```\n\ufeff' + update_a('@@\n-x\n+X\n') + '```',
     {'a': 'X\ny\n'}),
    ('CRLF patch', {'a': 'x\ny\n'},
     update_a('@@\n-x\n+X\n y\n').replace('\n', '\r\n'),
     {'a': 'X\ny\n'}),
    ('LF patch CRLF', {'a': 'x\r\ny\r\n'},
     update_a('@@\n-x\n+X\n+Z\n y\n'),
     {'a': 'X\r\nZ\r\ny\r\n'}),
    ('pure rename', {'a': 'x\r\ny'},
     update_a('*** Move to: d/b\n'),
     {'d/b': 'x\r\ny'}),
    ('missing space ctx', {'a': 'def f():\n    x\n    y\n'},
     update_a('@@\ndef f():\n     x\n-    y\n+    z\n'),
     {'a': 'def f():\n    x\n    z\n'}),
    ('missing space ctx2', {'a': '    x\n    y\n'},
     update_a('@@\n    x\n-    y\n+    z\n'),
     {'a': '    x\n    z\n'}),
    ('out of order', {'a': 'a\nb\nc\nd\n'},
     update_a('@@\n-d\n+D\n@@\n-a\n+A\n'),
     {'a': 'A\nb\nc\nD\n'}),
    ('abs path', {'a': 'a\n'},
     envelope('*** Update File: ./a\n@@\n-a\n+A\n'),
     {'a': 'A\n'}),
    ('escape', {'a': 'a\n'},
     envelope('*** Add File: ../zz\n+A\n'),
     REFUSED),
    ('blank ctx without space', {'a': 'a\n\nb\n'},
     update_a('@@\n a\n\n-b\n+B\n'),
     {'a': 'a\n\nB\n'}),
    ('two updates same file', {'a': 'a\nb\n'},
     update_a('@@\n-a\n+A\n*** Update File: a\n@@\n-b\n+B\n'),
     {'a': 'A\nB\n'}),
    ('add then update', {},
     envelope('*** Add File: a\n+a\n+b\n*** Update File: a\n@@\n-b\n+B\n'),
     {'a': 'a\nB\n'}),
    ('delete+add same', {'a': 'old\n'},
     envelope('*** Delete File: a\n*** Add File: a\n+new\n'),
     {'a': 'new\n'}),
    ('add empty', {'z': 'q'},
     envelope('*** Add File: a\n'),
     {'a': '', 'z': 'q'}),
    ('near number', {'a': 'x = 1\n'},
     update_a('@@\n-x = 2\n+x = 3\n'),
     REFUSED),
    ('text after end', {'a': 'x\n'},
     update_a('@@\n-x\n+y\n') + '\nAll done! --- see below\n+++ yes\n',
     {'a': 'y\n'}),
    ('star-in-context', {'a': '/*\n*** banner\n*/\nx\n'},
     update_a('@@\n *** banner\n */\n-x\n+y\n'),
     {'a': '/*\n*** banner\n*/\ny\n'}),
    ('dots anchor', {'a': 'x\nz\n'},
     update_a('@@ ... @@\n-x\n+y\n'),
     {'a': 'y\nz\n'}),
    ('anchor not there', {'a': 'x\nz\n'},
     update_a('@@ def foo():\n-x\n+y\n'),
     REFUSED),
    ('anchor below', {'a': 'x\ndef foo():\n  z\n'},
     update_a('@@ def foo():\n-x\n+y\n'),
     REFUSED),
    ('quoted json nl', {'f': 'a\nb\n'},
     update('@@ -1,2 +1,2 @@ a\n-b\n+c\n'),
     {'f': 'a\nc\n'}),
    ('anchor with trailing @@', {'f': 'class A\n x\nclass B\n x\n'},
     update('@@ class B @@\n- x\n+ y\n'),
     {'f': 'class A\n x\nclass B\n y\n'}),
    ('anchor partial line', {'f': 'def f(a, b):\n  x\ndef g(a):\n  x\n'},
     update('@@ def g\n-  x\n+  y\n'),
     {'f': 'def f(a, b):\n  x\ndef g(a):\n  y\n'}),
    ('anchor twice in file', {'f': 'def f():\n  x\ndef f():\n  x\n'},
     update('@@ def f():\n-  x\n+  y\n'),
     REFUSED),
    ('anchor near miss', {'f': 'def f1():\n  x\ndef g():\n  y\n'},
     update('@@ def f2():\n-  x\n+  z\n'),
     REFUSED),
    ('anchor prefix word', {'f': 'def foo2():\n  x\ndef foo():\n  x\n'},
     update('@@ def foo\n-  x\n+  z\n'),
     {'f': 'def foo2():\n  x\ndef foo():\n  z\n'}),
    ('context only in anchor line', {'f': 'def f():\n  x\n  y\n'},
     update('@@ def f():\n def f():\n-  x\n+  z\n'),
     {'f': 'def f():\n  z\n  y\n'}),
    ('indent shifted hunk', {'f': 'class A:\n    def f(self):\n        return 1\n'},
     update('@@\n def f(self):\n-    return 1\n+    if 1:\n+        return 2\n'),
     {'f': 'class A:\n    def f(self):\n        if 1:\n            return 2\n'}),
    ('near miss trailing number', {'f': 'x = 10\n'},
     update('@@\n-x = 1\n+x = 2\n'),
     REFUSED),
    ('two hunks overlapping', {'f': 'a\nb\nc\n'},
     update('@@\n a\n-b\n+B\n@@\n-b\n+X\n c\n'),
     REFUSED),
    ('second hunk sees first', {'f': 'a\nb\nc\n'},
     update('@@\n a\n-b\n+B\n@@\n B\n-c\n+C\n'),
     REFUSED),
    ('insert at begin no ctx line 0', {'f': 'a\n'},
     update('@@ -0,0 +1,1 @@\n+top\n'),
     {'f': 'top\na\n'}),
    ('insert before first', {'f': 'a\nb\n'},
     update('@@\n+top\n a\n'),
     {'f': 'top\na\nb\n'}),
    ('eof insert after last', {'f': 'a\nb\n'},
     update('@@\n b\n+end\n*** End of File\n'),
     {'f': 'a\nb\nend\n'}),
    ('eof dup', {'f': 'x\ny\nx\n'},
     update('@@\n-x\n+z\n*** End of File\n'),
     {'f': 'x\ny\nz\n'}),
    ('crlf file add', {'f': 'a\r\nb\r\n'},
     update('@@\n a\n+n\n b\n'),
     {'f': 'a\r\nn\r\nb\r\n'}),
    ('crlf nonl append', {'f': 'a\r\nb'},
     update('@@\n b\n+n\n'),
     {'f': 'a\r\nb\r\nn'}),
    ('tabs kept', {'f': '\ta\n\tb\n'},
     update('@@\n \ta\n-\tb\n+\tc\n'),
     {'f': '\ta\n\tc\n'}),
    ('tab vs spaces ctx', {'f': '\ta\n\tb\n'},
     update('@@\n     a\n-    b\n+    c\n'),
     {'f': '\ta\n\tc\n'}),
    ('dollar', {'f': '$a\n'},
     update('@@\n-$a\n+$& \\1 \\n\n'),
     {'f': '$& \\1 \\n\n'}),
    ('delete all lines', {'f': 'a\nb\n'},
     update('@@\n-a\n-b\n'),
     {'f': ''}),
    ('file with *** lines', {'f': '*** End Patch\nx\n'},
     update('@@\n *** End Patch\n-x\n+y\n'),
     {'f': '*** End Patch\ny\n'}),
    ('adds *** End Patch', {},
     envelope('*** Add File: f\n+*** End Patch\n+x\n'),
     {'f': '*** End Patch\nx\n'}),
    ('ticks path', {'f': 'a\n'},
     envelope('*** Update File: `f`\n-a\n+b\n'),
     {'f': 'b\n'}),
    ('quoted path', {'f': 'a\n'},
     envelope('*** Update File: "f"\n-a\n+b\n'),
     {'f': 'b\n'}),
    ('path w space', {'my f': 'a\n'},
     envelope('*** Update File: my f\n-a\n+b\n'),
     {'my f': 'b\n'}),
    ('case header', {'f': 'a\n'},
     envelope('*** update file: f\n-a\n+b\n'),
     {'f': 'b\n'}),
    ('---/+++ in env', {'f': 'a\n'},
     envelope('*** Update File: f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n'),
     {'f': 'b\n'}),
    ('move only hunks none mode', {'f': 'a\n'},
     update('*** Move to: g\n'),
     {'g': 'a\n'}),
    ('move to self', {'f': 'a\n'},
     update('*** Move to: f\n-a\n+b\n'),
     {'f': 'b\n'}),
    ('swap via moves', {'f': 'a\n', 'g': 'b\n'},
     envelope('*** Update File: f\n*** Move to: t\n*** Update File: g\n*** Move to: f\n*** Update File: t\n*** Move to: g\n'),
     {'f': 'b\n', 'g': 'a\n'}),
    ('delete then move onto', {'f': 'a\n', 'g': 'b\n'},
     envelope('*** Delete File: g\n*** Update File: f\n*** Move to: g\n'),
     {'g': 'a\n'}),
    ('added line less indent than shift', {'f': '    a\n    b\n'},
     update('@@\n a\n-b\n+b2\n'),
     {'f': '    a\n    b2\n'}),
    ('rem shift too small', {'f': 'a\nb\n'},
     update('@@\n     a\n-    b\n+  c\n'),
     REFUSED),
    ('ws-only ctx', {'f': 'a\n    \nb\n'},
     update('@@\n a\n \n-b\n+c\n'),
     {'f': 'a\n    \nc\n'}),
    ('empty + line', {'f': 'a\nb\n'},
     update('@@\n a\n+\n b\n'),
     {'f': 'a\n\nb\n'}),
    ('remove blank', {'f': 'a\n\nb\n'},
     update('@@\n a\n-\n b\n'),
     {'f': 'a\nb\n'}),
    ('last blank ctx dropped', {'f': 'a\nb\n'},
     update('@@\n a\n-b\n+c\n \n'),
     {'f': 'a\nc\n'}),
    ('non-utf8 patch update', {'f': b'\xe9\na\n'},
     update('@@\n-a\n+b\n'),
     {'f': b'\xe9\nb\n'}),
    ('non-utf8 add nonascii', {'f': b'\xe9\na\n'},
     update('@@\n-a\n+é\n'),
     REFUSED),
    ('utf16', {'f': '\ufeffa\nb\n'.encode('utf-16-le')},
     update('@@\n-a\n+b\n'),
     REFUSED),
    ('typo quotes ctx', {'f': 'it’s\nx\n'},
     update("@@\n it's\n-x\n+y\n"),
     {'f': 'it’s\ny\n'}),
    ('typo quote ambiguous w plain', {'f': "it’s\nx\nit's\nz\n"},
     update("@@\n-it's\n+its\n"),
     {'f': 'it’s\nx\nits\nz\n'}),
    ('numbered lines ctx', {'f': 'a\nb\n'},
     update('@@\n 1 | a\n-2 | b\n+2 | c\n'),
     REFUSED),
    ('prose in hunk', {'f': 'a\nb\n'},
     update('@@\nNow change b:\n-b\n+c\n'),
     REFUSED),
    ('absurd line number', {'f': 'a\nb\n'},
     update('@@ -99999999999999999999,1 +1,1 @@\n-b\n+c\n'),
     {'f': 'a\nc\n'}),
    ('only @@', {'f': 'a\nb\n'},
     update('@@\n@@\n@@\n'),
     REFUSED),
    ('nested envelope in fence w lang', {'f': 'a\n'},
     '```patch\n' + update('-a\n+b\n') + '```',
     {'f': 'b\n'}),
    ('no begin', {'f': 'a\n'},
     '*** Update File: f\n@@\n-a\n+b\n*** End Patch\n',
     {'f': 'b\n'}),
    ('no begin no end', {'f': 'a\n'},
     '*** Update File: f\n@@\n-a\n+b\n',
     REFUSED),
    ('dup hunk twice', {'f': 'a\nq\na\n'},
     update('@@\n-a\n+b\n@@\n-a\n+b\n'),
     REFUSED),
    ('3 same, anchors by order', {'f': 's1\na\ns2\na\n'},
     update('@@ s1\n-a\n+b\n@@ s2\n-a\n+c\n'),
     {'f': 's1\nb\ns2\nc\n'}),
]

# Replies given to friday apply.
NAMES = '--- a/f\n+++ b/f\n'
REPLIES = [
    ('basic', {'f': 'a\nb\nc\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('no prefix', {'f': 'a\nb\nc\n'},
     '--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('ts', {'f': 'a\nb\nc\n'},
     '--- f\t2024-01-01 00:00:00.0 +0000\n+++ f\t2024-01-02 00:00:00.0 +0000\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('ts spaces', {'f': 'a\nb\nc\n'},
     '--- f 2024-01-01 00:00:00.0 +0000\n+++ f 2024-01-02 00:00:00.0 +0000\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('orig', {'f.c': 'a\nb\nc\n'},
     '--- f.c.orig\n+++ f.c\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f.c': 'a\nB\nc\n'}),
    ('a/ real dir', {'a/f': 'a\nb\nc\n'},
     '--- a/f\n+++ a/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'a/f': 'a\nB\nc\n'}),
    ('i/ w/ mnemonic', {'f': 'a\nb\nc\n'},
     'diff --git i/f w/f\n--- i/f\n+++ w/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('wrong counts more', {'f': 'a\nb\nc\n'},
     NAMES + '@@ -1,9 +1,9 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\n'}),
    ('wrong counts less', {'f': 'a\nb\nc\nd\n'},
     NAMES + '@@ -1,1 +1,1 @@\n a\n-b\n+B\n c\n-d\n+D\n',
     {'f': 'a\nB\nc\nD\n'}),
    ('wrong start', {'f': 'a\nb\nc\nd\n'},
     NAMES + '@@ -11,3 +11,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\nd\n'}),
    ('no numbers', {'f': 'a\nb\nc\nd\n'},
     NAMES + '@@\n a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\nd\n'}),
    ('no @@', {'f': 'a\nb\nc\nd\n'},
     NAMES + ' a\n-b\n+B\n c\n',
     {'f': 'a\nB\nc\nd\n'}),
    ('missing sp', {'f': 'def f():\n    b\n    c\nd\n'},
     NAMES + '@@ -1,3 +1,3 @@\ndef f():\n-    b\n+    B\n     c\n',
     {'f': 'def f():\n    B\n    c\nd\n'}),
    ('missing sp mid', {'f': 'a\ndef f():\n    b\n    c\nd\n'},
     NAMES + '@@ -1,4 +1,4 @@\n-a\n+A\ndef f():\n-    b\n+    B\n     c\n',
     {'f': 'A\ndef f():\n    B\n    c\nd\n'}),
    ('missing sp all', {'f': 'a\ndef f():\n    b\n    c\nd\n'},
     NAMES + '@@ -1,4 +1,4 @@\n-a\n+A\ndef f():\n-    b\n+    B\n    c\n',
     {'f': 'A\ndef f():\n    B\n    c\nd\n'}),
    ('missing sp end', {'f': 'a\nb\nc\nd\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\nc\n',
     {'f': 'a\nB\nc\nd\n'}),
    ('devnull add', {},
     '--- /dev/null\n+++ b/d/f\n@@ -0,0 +1,2 @@\n+a\n+b\n',
     {'d/f': 'a\nb\n'}),
    ('devnull del', {'f': 'a\nb\n'},
     '--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n',
     {}),
    ('devnull del partial', {'f': 'a\nb\nc\n'},
     '--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n',
     REFUSED),
    ('git new', {},
     'diff --git a/x.sh b/x.sh\nnew file mode 100755\nindex 000..111\n--- /dev/null\n+++ b/x.sh\n@@ -0,0 +1 @@\n+#!/bin/sh\n',
     {'x.sh': '#!/bin/sh\n'}),
    ('git del', {'f': 'a\n'},
     'diff --git a/f b/f\ndeleted file mode 100644\nindex 1..0\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
     {}),
    ('git rename', {'f': 'a\n'},
     'diff --git a/f b/d/g\nsimilarity index 100%\nrename from f\nrename to d/g\n',
     {'d/g': 'a\n'}),
    ('git rename edit', {'f': 'a\nb\n'},
     'diff --git a/f b/d/g\nsimilarity index 50%\nrename from f\nrename to d/g\n--- a/f\n+++ b/d/g\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'d/g': 'a\nB\n'}),
    ('quoted', {'a bé': 'a\nb\n'},
     'diff --git "a/a b\\303\\251" "b/a b\\303\\251"\n--- "a/a b\\303\\251"\n+++ "b/a b\\303\\251"\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'a bé': 'a\nB\n'}),
    ('spaces path', {'a b': 'a\nb\n'},
     '--- a/a b\t\n+++ b/a b\t\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'a b': 'a\nB\n'}),
    ('no newline both', {'f': 'a\nb'},
     NAMES + '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n\\ No newline at end of file\n',
     {'f': 'a\nB'}),
    ('adds newline', {'f': 'a\nb'},
     NAMES + '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n',
     {'f': 'a\nB\n'}),
    ('adds newline only', {'f': 'a\nb'},
     NAMES + '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n',
     {'f': 'a\nb\n'}),
    ('removes newline only', {'f': 'a\nb\n'},
     NAMES + '@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n',
     {'f': 'a\nb'}),
    ('two files 2nd fails', {'f': 'a\n', 'g': 'q\n'},
     '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+A\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-z\n+Z\n',
     REFUSED),
    ('trunc mid +', {'f': 'a\nb\nc\nd\n'},
     NAMES + '@@ -1,4 +1,5 @@\n a\n-b\n+    retu',
     REFUSED),
    ('trunc fence', {'f': 'a\nb\nc\nd\n'},
     '```diff\n' + NAMES + '@@ -1,4 +1,5 @@\n a\n-b\n+    return x\n',
     REFUSED),
    ('fence ok', {'f': 'a\nb\nc\nd\n'},
     'Hi\n```diff\n' + NAMES + '@@ -1,4 +1,5 @@\n a\n-b\n+    return x\n```\nbye',
     {'f': 'a\n    return x\nc\nd\n'}),
    ('sig', {'f': 'a\nb\n'},
     'From abc Mon Sep 17\nSubject: [PATCH] x\n\n---\n f | 2 +-\n 1 file changed\n\ndiff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n-- \n2.39.2\n\n',
     {'f': 'a\nB\n'}),
    ('sig wrong counts', {'f': 'a\nb\n'},
     'diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n-- \n2.39.2\n\n',
     {'f': 'a\nB\n'}),
    ('sql comment --', {'f': 'a\n-- x\nb\n'},
     NAMES + '@@ -1,3 +1,2 @@\n a\n--- x\n b\n',
     {'f': 'a\nb\n'}),
    ('+++ lines', {'f': 'a\nb\n'},
     NAMES + '@@ -1,2 +1,3 @@\n a\n+++ x\n b\n',
     {'f': 'a\n++ x\nb\n'}),
    ('-- and ++', {'f': 'a\n-- x\nb\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n--- x\n+++ y\n b\n',
     {'f': 'a\n++ y\nb\n'}),
    ('CRLF patch LF file', {'f': 'a\nb\nc\n'},
     (NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n').replace('\n', '\r\n'),
     {'f': 'a\nB\nc\n'}),
    ('LF patch CRLF file', {'f': 'a\r\nb\r\nc\r\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     {'f': 'a\r\nB\r\nc\r\n'}),
    ('insert at 0', {'f': 'a\nb\nc\n'},
     NAMES + '@@ -0,0 +1 @@\n+top\n',
     {'f': 'top\na\nb\nc\n'}),
    ('insert begin w ctx', {'f': 'a\nb\nc\n'},
     NAMES + '@@ -1,2 +1,3 @@\n+top\n a\n b\n',
     {'f': 'top\na\nb\nc\n'}),
    ('append w ctx', {'f': 'a\nb\nc'},
     NAMES + '@@ -2,2 +2,3 @@\n b\n c\n+end\n',
     {'f': 'a\nb\nc\nend'}),
    ('append w ctx nl', {'f': 'a\nb\nc'},
     NAMES + '@@ -2,2 +2,3 @@\n b\n-c\n\\ No newline at end of file\n+c\n+end\n\\ No newline at end of file\n',
     {'f': 'a\nb\nc\nend'}),
    ('only additions -5,0', {'f': '1\n2\n3\n4\n'},
     NAMES + '@@ -2,0 +3 @@\n+x\n',
     {'f': '1\n2\nx\n3\n4\n'}),
    ('empty file add', {'f': ''},
     NAMES + '@@ -0,0 +1 @@\n+x\n',
     {'f': 'x\n'}),
    ('mode', {'f': 'x\n'},
     'diff --git a/f b/f\nold mode 100644\nnew mode 100755\n',
     {'f': 'x\n'}),
    ('copy', {'f': 'x\n'},
     'diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n',
     REFUSED),
    ('symlink', {},
     'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n',
     REFUSED),
    ('ambig num decides', {'f': 'x\n1\nx\n2\nx\n'},
     NAMES + '@@ -3 +3 @@\n-x\n+y\n',
     {'f': 'x\n1\ny\n2\nx\n'}),
    ('ambig num wrong', {'f': 'x\n1\nx\n2\nx\n'},
     NAMES + '@@ -4 +4 @@\n-x\n+y\n',
     REFUSED),
    ('ambig heading', {'f': 'int f() {\n  x\n}\nint g() {\n  x\n}\n'},
     NAMES + '@@ -15,1 +15,1 @@ int g() {\n-  x\n+  y\n',
     {'f': 'int f() {\n  x\n}\nint g() {\n  y\n}\n'}),
    ('indented diff', {'f': 'a\nb\n'},
     '  --- a/f\n  +++ b/f\n  @@ -1,2 +1,2 @@\n   a\n  -b\n  +B\n',
     REFUSED),
    ('fence indented in list', {'f': 'a\nb\n'},
     '1. do:\n   ```diff\n   --- a/f\n   +++ b/f\n   @@ -1,2 +1,2 @@\n    a\n   -b\n   +B\n   ```\n',
     {'f': 'a\nB\n'}),
    ('multi hunks out of order', {'f': 'a\nb\nc\nd\ne\nf\n'},
     NAMES + '@@ -5,2 +5,2 @@\n e\n-f\n+F\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'f': 'a\nB\nc\nd\ne\nF\n'}),
    ('blank line without space mid', {'f': 'a\n\nb\nc\n'},
     NAMES + '@@ -1,4 +1,4 @@\n a\n\n-b\n+B\n c\n',
     {'f': 'a\n\nB\nc\n'}),
    ('blank line without space then prose', {'f': 'a\nb\nc\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\n\nThat is all.\n',
     {'f': 'a\nB\nc\n'}),
    ('Index: svn', {'f': 'a\nb\n'},
     'Index: f\n===================================================================\n--- f\t(revision 1)\n+++ f\t(working copy)\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'f': 'a\nB\n'}),
    ('git no ---', {'f': 'a\nb\n'},
     'diff --git a/f b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'f': 'a\nB\n'}),
    ('escape', {},
     '--- /dev/null\n+++ b/../../zz\n@@ -0,0 +1 @@\n+a\n',
     REFUSED),
    ('bom', {'f': 'a\nb\n'},
     '\ufeff' + NAMES + '@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
     {'f': 'a\nB\n'}),
    ('bom file', {'f': '\ufeffa\nb\n'},
     NAMES + '@@ -1,2 +1,2 @@\n-a\n+A\n b\n',
     {'f': '\ufeffA\nb\n'}),
    ('latin1', {'f': b'a\xe9\nb\n'},
     NAMES + '@@ -2 +2 @@\n-b\n+B\n',
     {'f': b'a\xe9\nB\n'}),
    ('already applied', {'f': 'a\nB\nc\n'},
     NAMES + '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
     REFUSED),
    ('aider fence', {'foo.txt': 'One\nTwo\n'},
     "\nHere's the change:\n\n```text\nfoo.txt\n" + block('Two\n', 'Tooooo\n') + '```\n\nHope you like it!\n',
     {'foo.txt': 'One\nTooooo\n'}),
    ('aider above fence', {'foo.txt': 'One\nTwo\n'},
     "\nHere's the change:\n\nfoo.txt\n```text\n" + block('Two\n', 'Tooooo\n') + '```\n\nHope you like it!\n',
     {'foo.txt': 'One\nTooooo\n'}),
    ('unclosed', {'foo.txt': 'One\nTwo\n'},
     '```text\nfoo.txt\n<<<<<<< SEARCH\nTwo\n=======\nTooooo\n\n\noops!\n',
     REFUSED),
    ('missing name', {'foo.txt': 'One\nTwo\n'},
     '```text\n' + block('Two\n', 'T\n') + '```\n',
     REFUSED),
    ('same file twice', {'foo.txt': 'one\nthree\n'},
     '```text\nfoo.txt\n' + block('one\n', 'two\n') + '\n...\n\n' + block('three\n', 'four\n') + '```\n',
     {'foo.txt': 'two\nfour\n'}),
    ('deepseek', {'foo.txt': 'one\nthree\n'},
     ' ```python\nfoo.txt\n```\n```python\n' + block('one\n', 'two\n') + '```\n',
     {'foo.txt': 'two\nthree\n'}),
    ('new file', {'q': ''},
     'path/to/f2.txt\n```python\n' + block('', 'three\n') + '```\n',
     {'q': '', 'path/to/f2.txt': 'three\n'}),
    ('cline marks', {'f.txt': 'one\nthree\n'},
     'f.txt\n------- SEARCH\none\n=======\ntwo\n+++++++ REPLACE\n',
     {'f.txt': 'two\nthree\n'}),
    ('cline marks no path', {'f.txt': 'one\nthree\n'},
     '------- SEARCH\none\n=======\ntwo\n+++++++ REPLACE\n',
     REFUSED),
    ('ORIGINAL/UPDATED', {'f.txt': 'one\nthree\n'},
     'f.txt\n<<<<<<< ORIGINAL\none\n=======\ntwo\n>>>>>>> UPDATED\n',
     {'f.txt': 'two\nthree\n'}),
    ('HEAD marks', {'f.txt': 'one\nthree\n'},
     'f.txt\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> x\n',
     REFUSED),
    ('bold path', {'src/f.txt': 'one\nthree\n'},
     '**src/f.txt**\n\n```\n' + block('one\n', 'two\n') + '```\n',
     {'src/f.txt': 'two\nthree\n'}),
    ('heading path', {'src/f.txt': 'one\nthree\n'},
     '### `src/f.txt`\n\n```\n' + block('one\n', 'two\n') + '```\n',
     {'src/f.txt': 'two\nthree\n'}),
    ('numbered path', {'src/f.txt': 'one\nthree\n'},
     '1. `src/f.txt`:\n\n```\n' + block('one\n', 'two\n') + '```\n',
     {'src/f.txt': 'two\nthree\n'}),
    ('comment path in', {'src/f.py': 'one\nthree\n'},
     '```python\n# src/f.py\n' + block('one\n', 'two\n') + '```\n',
     {'src/f.py': 'two\nthree\n'}),
    ('<path> in text', {'src/f.py': 'one\nthree\n'},
     'In src/f.py change:\n```python\n' + block('one\n', 'two\n') + '```\n',
     REFUSED),
    ('near miss', {'f.txt': 'one = 1\n'},
     'f.txt\n' + block('one = 2\n', 'two\n'),
     REFUSED),
    ('ambiguous', {'f.txt': 'one\none\n'},
     'f.txt\n' + block('one\n', 'two\n'),
     REFUSED),
    ('second fails', {'f.txt': 'one\ntwo\n'},
     'f.txt\n' + block('one\n', '1\n') + block('zzz\n', '2\n'),
     REFUSED),
    ('delete', {'f.txt': 'one\ntwo\n'},
     'f.txt\n' + block('one\n', ''),
     {'f.txt': 'two\n'}),
    ('nonl', {'f.txt': 'one\ntwo'},
     'f.txt\n' + block('two\n', '2\n'),
     {'f.txt': 'one\n2'}),
    ('crlf', {'f.txt': 'one\r\ntwo\r\n'},
     'f.txt\n' + block('two\n', '2\n3\n'),
     {'f.txt': 'one\r\n2\r\n3\r\n'}),
    ('crlf reply', {'f.txt': 'one\ntwo\n'},
     ('f.txt\n' + block('two\n', '2\n3\n')).replace('\n', '\r\n'),
     {'f.txt': 'one\n2\n3\n'}),
    ('indent fence', {'f.txt': 'one\n two\n'},
     '1. x\n   f.txt\n   ```\n   <<<<<<< SEARCH\n    two\n   =======\n    three\n   >>>>>>> REPLACE\n   ```\n',
     {'f.txt': 'one\n three\n'}),
    ('whole file', {'s.txt': 'Orig\n'},
     's.txt\n```\nUpdated content\n```',
     {'s.txt': 'Updated content\n'}),
    ('whole file new', {},
     '`d/s.py`\n```python\nx=1\n```',
     {'d/s.py': 'x=1\n'}),
    ('whole file tilde', {},
     'd/s.md\n````markdown\n```\ninner\n```\n````\n',
     {'d/s.md': '```\ninner\n```\n'}),
    ('here is', {'a.txt': 'o\n', 'b.txt': 'p\n'},
     '\nHere is a new version of `a.txt` for you to consider:\n\n```\nafter a\n```\n\nAnd here is `b.txt`:\n\n```\nafter b\n```\n',
     REFUSED),
    ('hash', {'a.txt': 'o\n', 'b.txt': 'p\n'},
     '\n### a.txt\n```\nafter a\n```\n\n### b.txt\n```\nafter b\n```\n',
     {'a.txt': 'after a\n', 'b.txt': 'after b\n'}),
    ('whole unclosed', {'a.txt': 'o\n'},
     'a.txt\n```\nafter a\n',
     REFUSED),
    ('bash block ignored', {'a.txt': 'o\n'},
     'a.txt\n```\nafter a\n```\nRun it:\n```bash\nls a.txt\n```\n',
     {'a.txt': 'after a\n'}),
    ('crlf whole', {'a.txt': 'o\r\np\r\n'},
     'a.txt\n```\no\nq\n```\n',
     {'a.txt': 'o\r\nq\r\n'}),
    ('bom whole', {'a.txt': '\ufeffo\np\n'},
     'a.txt\n```\no\nq\n```\n',
     {'a.txt': '\ufeffo\nq\n'}),
    ('udiff nofilehdr', {'a.txt': 'o\n'},
     'a.txt\n```diff\n@@ -1 +1 @@\n-o\n+p\n```\n',
     {'a.txt': 'p\n'}),
    ('udiff dir spaces', {'dir name/f.txt': 'Original\n'},
     '```diff\n--- dir name/f.txt\n+++ dir name/f.txt\n@@ ... @@\n-Original\n+Modified\n```\n',
     {'dir name/f.txt': 'Modified\n'}),
    ('nothing', {},
     'hello',
     REFUSED),
    ('empty', {},
     '',
     REFUSED),
    ('bom first envelope ctx', {'f': '\ufeffa\nb\n'},
     '*** Begin Patch\n*** Update File: f\n@@\n-\ufeffa\n+\ufeffA\n b\n*** End Patch\n',
     {'f': '\ufeffA\nb\n'}),
    ('search with ===== inside', {'f.md': 'Title\n=====\nx\n'},
     'f.md\n' + block('Title\n=====\nx\n', 'Title\n=====\ny\n'),
     {'f.md': 'Title\n=====\ny\n'}),
    ('two envelopes', {'f': 'a\n', 'g': 'b\n'},
     '*** Begin Patch\n*** Update File: f\n-a\n+A\n*** End Patch\n\nand\n\n*** Begin Patch\n*** Update File: g\n-b\n+B\n*** End Patch\n',
     {'f': 'A\n', 'g': 'B\n'}),
    ('mode in diff', {},
     '--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a',
     {'n': 'a\n'}),
]


def ids(table):
    return [row[0].replace(" ", "-") for row in table]


@pytest.mark.parametrize("row", EDITS, ids=ids(EDITS))
def test_edit(friday, row):
    _, before, old, new, after = row
    args = {"path": "f.py", "old_string": old, "new_string": new}
    check(friday, {"f.py": before}, lambda: edit(friday, args),
          after if after == REFUSED else {"f.py": after})


@pytest.mark.parametrize("row", ALL, ids=ids(ALL))
def test_edit_all(friday, row):
    _, before, old, new, after = row
    args = {"path": "f", "old_string": old, "new_string": new,
            "replace_all": True}
    check(friday, {"f": before}, lambda: edit(friday, args),
          after if after == REFUSED else {"f": after})


@pytest.mark.parametrize("row", PATCHES, ids=ids(PATCHES))
def test_patch(friday, row):
    _, before, text, after = row
    check(friday, before, lambda: patch(friday, text), after)


@pytest.mark.parametrize("row", REPLIES, ids=ids(REPLIES))
def test_reply(friday, row):
    _, before, text, after = row
    check(friday, before, lambda: apply(friday, text), after)


@pytest.mark.parametrize("edits, after", [
    ([("a", "c"), ("c\nb", "d")], "d\n"),      # the second needs the first
    ([("a", "c"), ("zzz", "d")], REFUSED),
    ([("a", "b"), ("b", "d")], REFUSED),       # the first made it ambiguous
    ([("a", "x"), ("x", "a")], REFUSED),       # nothing is left to do
    ([("b\n", ""), ("a\n", "")], ""),
])
def test_several_edits(friday, edits, after):
    args = {"path": "f", "edits": [
        {"old_string": old, "new_string": new} for old, new in edits]}
    check(friday, {"f": "a\nb\n"}, lambda: edit(friday, args),
          after if after == REFUSED else {"f": after})


@pytest.mark.parametrize("path", ["missing", "folder", "../outside",
                                  "/etc/hostname", ".git/config"])
def test_edit_of_no_file(friday, path):
    friday.write("folder/f", "q\n")
    result = edit(friday, {"path": path, "old_string": "q",
                           "new_string": "x"})
    assert result.status in (1, 3)
    assert friday.read("folder/f") == "q\n"


def test_edit_makes_a_file(friday):
    args = {"path": "d/e/n", "old_string": "", "new_string": "x\n"}
    check(friday, {}, lambda: edit(friday, args), {"d/e/n": "x\n"})


def test_huge_file(friday):
    big = "".join(f"line {i}\n" for i in range(300000))
    args = {"path": "f", "old_string": "line 277777 \nline 277778\n",
            "new_string": "X\n"}
    check(friday, {"f": big}, lambda: edit(friday, args),
          {"f": big.replace("line 277777\nline 277778\n", "X\n")})


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def test_mode_stays(friday):
    tool = friday.write("run.sh", "a\nb\n")
    tool.chmod(0o750)
    args = {"path": "run.sh", "old_string": "b", "new_string": "c"}
    assert edit(friday, args).status == 0
    assert (mode(tool), tool.read_text()) == (0o750, "a\nc\n")
    assert patch(friday, update("-c\n+d\n", "run.sh")).status == 0
    assert (mode(tool), tool.read_text()) == (0o750, "a\nd\n")


def test_mode_goes_with_a_move(friday):
    friday.write("run.sh", "a\nb\n").chmod(0o755)
    text = update("*** Move to: bin/run\n a\n-b\n+c\n", "run.sh")
    assert patch(friday, text).status == 0
    moved = friday.repo / "bin" / "run"
    assert (mode(moved), moved.read_text()) == (0o755, "a\nc\n")
    assert not (friday.repo / "run.sh").exists()


def test_git_rename_keeps_the_mode(friday):
    friday.write("run.sh", "a\n").chmod(0o755)
    text = ("diff --git a/run.sh b/go.sh\nsimilarity index 100%\n"
            "rename from run.sh\nrename to go.sh\n")
    assert apply(friday, text).status == 0
    assert mode(friday.repo / "go.sh") == 0o755


def test_new_mode(friday):
    friday.write("f", "x\n").chmod(0o644)
    text = "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"
    assert apply(friday, text).status == 0
    assert mode(friday.repo / "f") == 0o755


def test_link_stays_a_link(friday):
    friday.write("real", "a\nb\n")
    (friday.repo / "link").symlink_to("real")
    args = {"path": "link", "old_string": "b", "new_string": "c"}
    assert edit(friday, args).status == 0
    assert patch(friday, update("-a\n+A\n", "link")).status == 0
    assert os.readlink(friday.repo / "link") == "real"
    assert friday.read("real") == "A\nc\n"


def test_link_out_of_the_workspace(friday, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("b\n")
    (friday.repo / "link").symlink_to(outside)
    args = {"path": "link", "old_string": "b", "new_string": "c"}
    assert edit(friday, args).status != 0
    assert outside.read_text() == "b\n"


def test_nothing_is_left_behind(friday):
    """A patch whose last file fails makes no file, folder or backup."""
    text = envelope("*** Add File: new/deep/a\n+a\n"
                    "*** Update File: f\n-b\n+c\n"
                    "*** Delete File: g\n"
                    "*** Update File: missing\n-x\n+y\n")
    check(friday, {"f": "b\n", "g": "g\n"}, lambda: patch(friday, text),
          REFUSED)
    assert not (friday.repo / "new").exists()


def test_every_truncation_is_refused(friday):
    """An envelope cut off anywhere changes nothing."""
    whole = envelope("*** Update File: f\n@@\n a\n-b\n+c\n"
                     "*** Add File: g\n+one\n+two\n").rstrip("\n")
    for cut in range(0, len(whole) - 1, 3):
        check(friday, {"f": "a\nb\n"}, lambda: patch(friday, whole[:cut]),
              REFUSED)


@pytest.mark.parametrize("args, word", [
    (("x = 1", "x = 11"), "x = 1"),
    (("if a <= b", "if a < b"), "<="),
])
def test_failure_names_the_closest_place(friday, args, word):
    have, old = args
    friday.write("f", f"top\n{have}\nend\n")
    result = edit(friday, {"path": "f", "old_string": old + " ",
                           "new_string": "z"})
    assert result.status == 1
    assert "line 2" in result.err and word in result.err


def test_tolerance_is_said(friday):
    friday.write("f", "\tif (x)\n\t\ty();\n")
    result = edit(friday, {"path": "f", "old_string": "if (x)\n\ty();\n",
                           "new_string": "if (x)\n\tz();\n"})
    assert result.status == 0 and "indentation" in result.out
    assert friday.read("f") == "\tif (x)\n\t\tz();\n"
