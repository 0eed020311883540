"""Reads the light LaTeX of titles and abstracts as text: accents, quotes, symbols, fonts and simple maths."""

import re
import unicodedata
from collections.abc import Callable

ESCAPED_DOLLAR = "\x00"  # stands for \$ while maths is read; control characters were removed before

COMBINING = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
}
LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
           "AA": "Å", "i": "i", "j": "j"}  # fmt: skip
GREEK = {
    unicodedata.name(letter).removeprefix("GREEK SMALL LETTER ").lower().replace("lamda", "lambda"): letter
    for letter in "αβγδεζηθικλμνξπρστυφχψω"
}
SYMBOLS = {
    "times": "×", "sim": "~", "approx": "≈", "simeq": "≈", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ll": "≪", "gg": "≫", "pm": "±", "cdot": "·", "infty": "∞", "in": "∈", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "uparrow": "↑", "downarrow": "↓", "ldots": "…",
    "dots": "…", "cdots": "…", "circ": "°", "deg": "°", "degree": "°", "ell": "ℓ", "nabla": "∇", "partial": "∂",
    "sum": "∑", "prod": "∏", "propto": "∝", "cup": "∪", "cap": "∩", "subset": "⊂", "forall": "∀", "exists": "∃",
    "star": "*", "ast": "*", "prime": "′", "mid": "|", "textasciitilde": "~", "quad": " ", "qquad": " ", "eg": "e.g.",
    "ie": "i.e.", "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "it": "", "bf": "", "em": "",
    "tt": "", "textbf": "", "textit": "", "texttt": "", "textsc": "", "emph": "", "rm": "", "sc": "", "sf": "",
    "small": "", "item": "", "noindent": "", "newline": " ", "par": " ",
    "xspace": "", "displaystyle": "", "textstyle": "",
    **GREEK, **{name.capitalize(): letter.upper() for name, letter in GREEK.items()}, "varepsilon": "ε", "varphi": "φ",
}  # fmt: skip
# What authors call their own work in the source; the name it stands for is not in the abstract's text.
PLACEHOLDERS = {"ours", "our", "name", "ourname", "method", "ourmethod", "methodname", "model", "ourmodel", "modelname",
                "approach", "ourapproach", "system", "sys", "tool", "framework", "bench", "benchmark", "dataset",
                "data", "datasetname", "benchmarkname", "algname"}  # fmt: skip
RAISED = str.maketrans("0123456789+-=()n*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ*")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

ACCENT = re.compile(r"""\{?\\(['`^"~=.]|[cvuHkr](?![a-zA-Z]))\s*\{?(\\[ij](?![a-zA-Z])|[a-zA-Z])\}?(?:(?<=\})|\}?)""")
NAMED_LETTER = re.compile(r"\{?\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![a-zA-Z])\s?\}?")
DROPPED = re.compile(r"\\(?:cite[a-z]*|ref|eqref|label|input|include|includegraphics|footnote[a-z]*|[vh]space|color"
                     r"|begin|end|thanks)\*?\s?(?:\[[^\]]*\])?\{[^{}]*\}")  # fmt: skip
LINK = re.compile(r"\\href\s?\{[^{}]*\}\s?\{([^{}]*)\}")
COLOURED = re.compile(r"\\textcolor\s?\{[^{}]*\}\s?\{([^{}]*)\}")
FRACTION = re.compile(r"\\[td]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}")
ROOT = re.compile(r"\\sqrt\s?\{([^{}]*)\}")
# A source that read the "\t" of \textbf as a tab leaves "extbf"; one that dropped the backslash, "textbf".
FONT = re.compile(r"(?:\\[a-zA-Z]+\*?\s?|\b(?:t?ext(?:bf|it|tt|sc|rm|sf)?|emph))\{([^{}]+)\}")
COMMAND = re.compile(r"\\([a-zA-Z]+)\*?(?:\{\})?(\s?)")
RAISE = re.compile(r"\^(?:\{([^{}]*)\}|(\\[a-zA-Z]+(?:\{[^{}]*\})?|\S))")
LOWER = re.compile(r"_(?:\{([^{}]*)\}|(\\[a-zA-Z]+(?:\{[^{}]*\})?|\S))")
MATHS = re.compile(
    r"\$\$?(?!\s)([^$]{1,200}?)(?<!\s)\$\$?(?!\d)"  # not "$5 and $10"
    r"|\$(\\[a-zA-Z]+)\$|\\\((.{1,200}?)\\\)|\\\[(.{1,200}?)\\\]"
)
# Some sources drop "$" and "\\" and leave "2times" or "leq 4B".
STRIPPED_SYMBOL = re.compile(r"(?<=\d)times\b|\b(?:leq|geq|approx|sim)\s?(?=\d)")
ESCAPED = re.compile(r"\\([%&#_{}])")
SPACING = re.compile(r"\\[,;:! ]|\\\\")
GROUP = re.compile(r"\{([^{}]*)\}")
TIE = re.compile(r"(?<=[a-zA-Z.)\]])~(?=\S)")  # but not the ~ of "about"
LONE_DOLLAR = re.compile(r"\$(?!\d)")


def _accented(match: re.Match[str]) -> str:
    letter = match[2].lstrip("\\")
    return unicodedata.normalize("NFC", letter + COMBINING[match[1]])


def _shifted(table: dict[int, int], mark: str) -> Callable[[re.Match[str]], str]:
    """Replace an exponent or index by its small characters where all have one; else keep the mark."""

    def replace(match: re.Match[str]) -> str:
        inner = _without_commands(match[1] if match[1] is not None else match[2])
        if inner in ("°", "′", "*"):
            return inner
        if inner and all(ord(char) in table for char in inner):
            return inner.translate(table)
        if inner in ("st", "nd", "rd", "th"):
            return inner
        return f"{mark}{inner}" if inner.isalnum() else f"{mark}({inner})"

    return replace


_raised = _shifted(RAISED, "^")
_lowered = _shifted(LOWERED, "_")


def _maths(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    return _without_commands(LOWER.sub(_lowered, RAISE.sub(_raised, inner)))


def _command(match: re.Match[str]) -> str:
    name, gap = match[1], match[2]
    if name.lower() in PLACEHOLDERS:
        return "[…]" + gap
    if name not in SYMBOLS:  # a function such as \log, or an author's own macro: its name is all that is known
        glued = match.start() and match.string[match.start() - 1].isalnum()
        return (" " if glued else "") + name + gap
    shown = SYMBOLS[name]
    return shown if not shown or shown == " " else shown + (gap if len(shown) > 1 or not shown.isalpha() else "")


def _without_commands(text: str) -> str:
    for _ in range(3):  # nested fonts: \textbf{\emph{x}}
        text, found = FONT.subn(r"\1", text)
        if not found:
            break
    return COMMAND.sub(_command, text)


def _stripped_symbol(match: re.Match[str]) -> str:
    return SYMBOLS[match[0].strip()] + (" " if match[0].endswith(" ") else "")


def _punctuation(text: str) -> str:
    if "`" in text or "''" in text:
        text = text.replace("``", "“").replace("''", "”")
        text = re.sub(r"(?<![\w`])`([^`'“”]{1,80})'(?!\w)", r"‘\1’", text)
    if "--" in text:
        text = re.sub(r"(?<=[\w\s])---(?=[\w\s])", "—", text)
        text = re.sub(r"(?<=\w)--(?=\w)|(?<=\s)--(?=\s)", "–", text)
    return TIE.sub(" ", text) if "~" in text else text


def read_latex(text: str) -> str:
    """Give the text a reader would see of light LaTeX.

    Maths too rich for a line keeps its letters. `$` before a number, and the words of the author's own macros, stay.
    """
    if "\\" in text:
        text = text.replace("\\$", ESCAPED_DOLLAR)
        text = ACCENT.sub(_accented, text)
        text = NAMED_LETTER.sub(lambda match: LETTERS[match[1]], text)
        text = COLOURED.sub(r"\1", LINK.sub(r"\1", DROPPED.sub("", text)))
        text = ROOT.sub(r"√\1", FRACTION.sub(r"\1/\2", text))
    if "$" in text or "\\" in text:
        text = LONE_DOLLAR.sub("", MATHS.sub(_maths, text))
    if "{" in text or "\\" in text:
        text = _without_commands(text)
        text = ESCAPED.sub(r"\1", text)
        text = SPACING.sub(" ", text).replace("\\", "")
        text = GROUP.sub(r"\1", GROUP.sub(r"\1", text))
    text = STRIPPED_SYMBOL.sub(_stripped_symbol, text)
    return _punctuation(text).replace(ESCAPED_DOLLAR, "$")
