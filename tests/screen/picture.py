"""A screen as SVG, from the cells of tests/screen/vt. Only what the text needs:
one <text> per run of one look, rectangles for grounds; colours by class."""
from xml.sax.saxutils import escape

WIDTH, HEIGHT, PAD = 8.4, 18, 14      # of a cell; around the screen
FONT = ("ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,"
        "'Liberation Mono',monospace")


def number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Picture:
    def __init__(self, cells, columns, fore, back, cursor=None):
        self.cells, self.columns = cells, columns
        self.fore, self.back, self.cursor = fore, back, cursor
        self.classes = {}
        self.out = []

    def name_of(self, fore, flags):
        """The class of a look."""
        style = f"fill:#{fore}"
        if "b" in flags:
            style += ";font-weight:bold"
        if "i" in flags:
            style += ";font-style:italic"
        lines = [word for letter, word in (("u", "underline"),
                                           ("s", "line-through"))
                 if letter in flags]
        if lines:
            style += ";text-decoration:" + " ".join(lines)
        if style == f"fill:#{self.fore}":
            return ""
        return self.classes.setdefault(style, chr(97 + len(self.classes) % 26)
                                       + str(len(self.classes) // 26 or ""))

    def rect(self, col, row, width, fill):
        self.out.append(
            f'<rect x="{number(PAD + col * WIDTH)}" y="{PAD + row * HEIGHT}" '
            f'width="{number(width * WIDTH)}" height="{HEIGHT}" '
            f'fill="#{fill}"/>')

    def run(self, col, row, width, fore, back, flags, text):
        fore = self.fore if fore == "-" else fore
        back = self.back if back == "-" else back
        if "r" in flags:
            fore, back = back, fore
        if back != self.back:
            self.rect(col, row, width, back)
        left = len(text) - len(text.lstrip(" "))
        if "u" in flags or "s" in flags:
            left = 0
        text = text[left:] if left else text
        if "u" not in flags:
            text = text.rstrip(" ")
        if not text:
            return
        col += left
        name = self.name_of(fore, flags)
        # The font may be another one: the columns stay.
        length = number((width - left if "u" in flags else
                         sum(2 if wide(c) else 1 for c in text)) * WIDTH)
        self.out.append(
            f'<text x="{number(PAD + col * WIDTH)}" '
            f'y="{PAD + row * HEIGHT + 13}"'
            + (f' class="{name}"' if name else "")
            + f' textLength="{length}" lengthAdjust="spacingAndGlyphs">'
            f'{escape(text)}</text>')

    def svg(self):
        for row, runs in enumerate(self.cells):
            col = 0
            for width, fore, back, flags, text in runs:
                self.run(col, row, width, fore, back, flags, text)
                col += width
        if self.cursor:
            row, col = self.cursor
            self.out.append(
                f'<rect x="{number(PAD + col * WIDTH)}" '
                f'y="{PAD + row * HEIGHT}" width="2" height="{HEIGHT}" '
                f'fill="#{self.fore}"/>')
        width = number(self.columns * WIDTH + 2 * PAD)
        height = len(self.cells) * HEIGHT + 2 * PAD
        styles = "".join(f".{name}{{{style}}}"
                         for style, name in self.classes.items())
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
                f'height="{height}" viewBox="0 0 {width} {height}">\n'
                f'<style>text{{font:14px {FONT};white-space:pre;'
                f'fill:#{self.fore}}}{styles}</style>\n'
                f'<rect width="100%" height="100%" rx="8" '
                f'fill="#{self.back}"/>\n'
                + "\n".join(self.out) + "\n</svg>\n")


def wide(char):
    """Roughly; enough for the pictures."""
    import unicodedata
    return unicodedata.east_asian_width(char) in "WF"
