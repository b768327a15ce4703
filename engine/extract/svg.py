"""Make an SVG of a stranger's safe to keep and to show: what only draws stays, everything else goes.

By lists of what may stay (https://www.w3.org/TR/SVG2/): no script, no event, no foreign markup, no animation, no
reference that leads out of the file. Document types are never read, so that entities can't grow.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ELEMENTS_MAX = 20_000
DEPTH_MAX = 100
BYTES_MAX = 1024 * 1024
DOCTYPE_MAX = 500

DRAWN = frozenset(
    ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "image")
)
_ELEMENTS = DRAWN | frozenset(
    (
        *("svg", "g", "a", "switch", "defs", "symbol", "use", "clipPath", "mask", "pattern", "marker", "style"),
        *("linearGradient", "radialGradient", "stop", "filter", "title", "desc"),
        *("feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDropShadow", "feFlood", "feFuncA"),
        *("feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feOffset"),
    )
)
_DECLARATION = re.compile(r"\s{0,99}<\?xml[^>]{0,300}\?>")
# The common one, which names a public definition; one with a part of its own is not read.
_DOCTYPE = re.compile(rf"<!DOCTYPE\s[^\[\]<>]{{0,{DOCTYPE_MAX}}}>")
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})")
_LATIN = frozenset((b"iso-8859-1", b"latin1", b"latin-1", b"windows-1252", b"us-ascii", b"ascii"))
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*+")
_URL = re.compile(r"url\s{0,9}\(\s{0,9}[\"']?\s{0,9}(.?)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)")
# What leads out of the document without `url(`, and escapes, by which anything could be said.
_LEADS_OUT = re.compile(r"\\|javascript:|data:|image-set|image\(|src\(", re.IGNORECASE)
_LOCAL = re.compile(r"#[^\s%]+")  # by the id as it stands there: one that is encoded would be looked for in vain
_OPENING = re.compile(r"<svg(?=[\s>/])", re.IGNORECASE)


class BadSvg(ValueError):
    """No SVG, or one that is not read: broken, too large, with a document type of its own."""


def sanitised(body: bytes) -> bytes:
    """The picture as an SVG document in UTF-8 that holds nothing but drawing.

    Raises:
        BadSvg.
    """
    root = parsed(text_of_svg(body))
    _clean(root)
    if not any(_name(node) in DRAWN for node in root.iter()):
        raise BadSvg("it draws nothing")
    return Xml.tostring(root, encoding="utf-8")


def standalone(markup: str) -> bytes:
    """An `svg` element of an HTML page as a document of its own, for `sanitised`."""
    names = f' xmlns:xlink="{XLINK}"' if "xlink:" in markup and "xmlns:xlink" not in markup else ""
    names += f' xmlns="{SVG}"' if not re.search(r"\sxmlns\s*=", markup[:5_000]) else ""
    return _OPENING.sub(f"<svg{names}", markup.replace("&nbsp;", "&#160;"), count=1).encode("utf-8", "replace")


def text_of_svg(body: bytes) -> str:
    """The characters of a document, without its declaration and its plain document type. Raises BadSvg."""
    if len(body) > BYTES_MAX:
        raise BadSvg("too large")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-16", "replace")
    else:
        named = _ENCODING.search(body[:400])
        text = body.decode("cp1252" if named and named[1].lower() in _LATIN else "utf-8", "replace")
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1), count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadSvg("a document type of its own")
    return text


def parsed(text: str) -> Xml.Element:
    """The root of an SVG document. Raises BadSvg."""
    if text.count("<") > 2 * ELEMENTS_MAX:
        raise BadSvg("too many elements")
    try:
        parser = Xml.XMLParser(encoding="utf-8")  # noqa: S314 - document types, that may hold bombs, are refused above
        parser.feed(text.encode("utf-8", "replace"))
        root = parser.close()
    except (Xml.ParseError, ValueError) as error:
        raise BadSvg(str(error)) from None
    if _name(root) != "svg" or any(depth > DEPTH_MAX for depth in _depths(root)):
        raise BadSvg("no svg, or one nested too deep")
    return root


def _depths(root: Xml.Element) -> Iterator[int]:
    """How deep each element stands. Without recursion: a stranger nests thousands deep."""
    level, depth = [root], 0
    while level and depth <= DEPTH_MAX + 1:
        yield depth
        level, depth = [child for node in level for child in node], depth + 1


def _name(node: Xml.Element) -> str:
    """The name of an SVG element; '' of any other. Some files name no namespace, which is forgiven them."""
    tag = str(node.tag)
    return tag.rpartition("}")[2] if tag.startswith(f"{{{SVG}}}") or "{" not in tag else ""


def _clean(root: Xml.Element) -> None:
    shared = _nested_uses(root)
    for node in list(root.iter()):
        kept = [child for child in node if _name(child) in _ELEMENTS and child not in shared]
        dropped = len(kept) != len(node)
        if dropped:
            node[:] = kept
    for node in root.iter():
        name = _name(node)
        # A link draws what it holds, and shall lead nowhere.
        node.tag = f"{{{SVG}}}{'g' if name == 'a' else name}"
        node.attrib = _attributes(node, name)
        if name == "style":
            node.text = safe_sheet(node.text or "")


def local_only(value: str) -> bool:
    """Whether an attribute's value, or a style sheet, refers to nothing outside of its document."""
    return _LEADS_OUT.search(value) is None and all(first == "#" for first in _URL.findall(value))


def safe_sheet(css: str) -> str:
    """A style sheet without its comments; '' when it could load anything, or says it by escapes."""
    css = _COMMENT.sub("", css)
    return css if local_only(css) and "@" not in css and "<" not in css else ""


def _nested_uses(root: Xml.Element) -> set[Xml.Element]:
    """Each `use` inside of what another one repeats: a few levels of them would draw without end."""
    uses = [node for node in root.iter() if _name(node) == "use"]
    # Both, since readers differ in which of them counts.
    targets_named = (node.get(key, "") for node in uses for key in ("href", f"{{{XLINK}}}href"))
    repeated = {target.strip().removeprefix("#") for target in targets_named} - {""}
    targets = [node for node in root.iter() if node.get("id") in repeated]
    return {inner for target in targets for inner in target.iter() if _name(inner) == "use"} if uses else set()


def _attributes(node: Xml.Element, name: str) -> dict[str, str]:
    said = dict(node.attrib)
    if "style" in said:
        said["style"] = _COMMENT.sub("", said["style"])
    return {key: value for key, value in said.items() if _may_stay(key, value, name)}


def _may_stay(key: str, value: str, element: str) -> bool:
    plain = key.removeprefix(f"{{{XLINK}}}")
    if plain == "href":
        return _is_local(value, element)
    if "{" in key or ":" in key or plain.lower().startswith("on"):
        return False
    return local_only(value)


def _is_local(target: str, element: str) -> bool:
    if element == "image":
        return _PICTURE.fullmatch(target.strip()) is not None
    return element != "a" and _LOCAL.fullmatch(target.strip()) is not None


Xml.register_namespace("", SVG)
Xml.register_namespace("xlink", XLINK)
