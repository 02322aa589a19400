"""The HTML and CSS that emails are made of: lists of what is allowed, so that what is not known is refused.

From what email programs show (the lists of caniemail.com, MJML's output, Outlook's VML), without anything
that runs, submits, embeds or navigates.
"""

import re

_COMMON = (
    "align bgcolor class dir height id itemprop itemscope itemtype lang role style title valign width "
    "xml:lang hidden"
)
_TABLE = "background border bordercolor cellpadding cellspacing frame rules summary"
_CELL = "abbr axis background bordercolor colspan headers nowrap rowspan scope"

#: Attributes that every element may have; aria-… and data-… besides.
COMMON = frozenset(_COMMON.split())
_FAMILIES = re.compile(r"(?:aria|data)-[a-z][a-z0-9-]*")

_PLAIN = """
    abbr acronym address article aside b bdi bdo big blockquote caption center cite code dd del dfn dl dt
    em figcaption figure footer h1 h2 h3 h4 h5 h6 head header hgroup i ins kbd main mark nav p picture pre
    q s samp section small span strike strong sub sup tbody tfoot thead title tr tt u var wbr
"""

#: Elements, with the attributes that they may have beside the common ones.
ELEMENTS: dict[str, frozenset[str]] = {name: frozenset() for name in _PLAIN.split()} | {
    name: frozenset(attributes.split())
    for name, attributes in {
        "a": "href name rel target",
        "area": "alt coords href nohref shape target",
        "body": "alink background leftmargin link marginheight marginwidth rightmargin text topmargin "
        "bottommargin vlink",
        "br": "clear",
        "col": "span",
        "colgroup": "span",
        "div": "",
        "font": "color face size",
        "hr": "color noshade size",
        "html": "xmlns xmlns:o xmlns:v xmlns:w",
        "img": "alt border hspace ismap loading sizes src srcset usemap vspace",
        "li": "type value",
        "map": "name",
        "meta": "charset content http-equiv name",
        "ol": "reversed start type",
        "source": "media sizes srcset type",
        "style": "media type",
        "table": _TABLE,
        "td": _CELL,
        "th": _CELL,
        "time": "datetime",
        "tr": "background bordercolor",
        "ul": "type",
    }.items()
}

_SHAPE = (
    "adj alt arcsize coordorigin coordsize fill fillcolor filled from href insetpen o:spid o:spt o:title "
    "opacity path path rotation stroke strokecolor stroked strokeweight to type v:ext xmlns:o xmlns:v xmlns:w"
)
_PAINT = (
    "alt angle aspect color color2 colors endcap focus focusposition focussize joinstyle method o:title on "
    "opacity origin position size src type v:ext weight dashstyle recolor rotate alignshape"
)

#: Elements that Outlook alone reads, in comments such as <!--[if mso]> … <![endif]-->.
OUTLOOK: dict[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for names, attributes in {
        "v:rect v:roundrect v:oval v:line v:shape v:shapetype v:group v:background": _SHAPE,
        "v:fill v:stroke v:image v:imagedata": f"{_PAINT} {_SHAPE}",
        "v:textbox": "inset",
        "v:path v:lock o:lock": "aspectratio gradientshapeok o:connecttype text v:ext",
        "o:p w:anchorlock xml noscript": "xmlns:o xmlns:v xmlns:w",
        "o:officedocumentsettings o:allowpng o:pixelsperinch": "xmlns:o",
        "w:worddocument w:view w:zoom w:donotoptimizeforbrowser w:dontusehtmlparagraphautospacing": "xmlns:w",
    }.items()
    for name in names.split()
}

#: Elements without content, and so without an end.
VOID = frozenset({"area", "br", "col", "hr", "img", "meta", "source", "wbr"})

#: Elements whose end may be left out.
OPEN_ENDED = frozenset(
    {"html", "head", "body", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup"}
)

#: Attributes with an address that the reader opens, and with one that is loaded.
LINKS = frozenset({"href"})
LOADED = frozenset({"src", "background"})

#: What to write instead of what people most often bring along.
INSTEAD = {
    "form": "link to a page with the form",
    "input": "link to a page with the form",
    "button": "write a link, as base/button.html does",
    "link": 'write the rules into <style>, a web font as @font-face in a <style data-premailer="ignore">',
    "base": "write each address whole",
    "svg": "use <img> with a PNG",
    "video": "use <img> with a link around it",
    "xml": "it is for Outlook alone: put it into <!--[if mso]> … <![endif]-->",
}

#: The few values that these attributes may have; data can't stand in them.
FIXED = {
    name: re.compile(pattern, re.ASCII | re.IGNORECASE)
    for name, pattern in {
        "charset": "utf-8",
        "itemtype": r"https?://schema\.org/\w+",
        "http-equiv": "content-type|x-ua-compatible|content-language",
        "rel": r"(?:noopener|noreferrer|nofollow|external|\s)+",
        "target": "_blank|_self|_top|_parent",
        "type": r"text/css|[1ai]|disc|circle|square|image/[\w.+-]+|frame|tile|solid|gradient\w*|pattern|"
        r"#[\w-]+|",
        "media": r"[\w\s(),:.-]*",
        "usemap": r"#[\w-]+",
        "xmlns": r"http://www\.w3\.org/[\w/-]+",
        "xmlns:o": "urn:schemas-microsoft-com:office:office",
        "xmlns:v": "urn:schemas-microsoft-com:vml",
        "xmlns:w": "urn:schemas-microsoft-com:office:word",
    }.items()
}

#: What <meta> may say: the content for each http-equiv, and the names that have any content.
META_CONTENT = {
    "content-type": re.compile(r"text/html;\s*charset=utf-8", re.IGNORECASE),
    "x-ua-compatible": re.compile(r"ie=(?:edge|\d+)", re.IGNORECASE),
    "content-language": re.compile(r"[a-z-]*", re.IGNORECASE),
}
_META = """
    author color-scheme date description format-detection generator originator progid robots
    supported-color-schemes theme-color title viewport x-apple-disable-message-reformatting
"""
META_NAMES = frozenset(_META.split())

_PROPERTIES = """
    accent-color align-content align-items align-self all animation animation-delay animation-direction
    animation-duration animation-fill-mode animation-iteration-count animation-name
    animation-timing-function ascent-override aspect-ratio backface-visibility background
    background-attachment background-blend-mode background-clip background-color background-image
    background-origin background-position background-position-x background-position-y background-repeat
    background-size block-size border border-block border-bottom border-bottom-color
    border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width
    border-collapse border-color border-image border-image-outset border-image-repeat border-image-slice
    border-image-source border-image-width border-inline border-left border-left-color border-left-style
    border-left-width border-radius border-right border-right-color border-right-style border-right-width
    border-spacing border-style border-top border-top-color border-top-left-radius border-top-right-radius
    border-top-style border-top-width border-width bottom box-decoration-break box-shadow box-sizing
    break-after break-before break-inside caption-side caret-color clear clip clip-path color color-adjust
    color-scheme column-count column-fill column-gap column-rule column-span column-width columns content
    counter-increment counter-reset cursor descent-override direction display empty-cells flex flex-basis
    flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-display font-family
    font-feature-settings font-kerning font-optical-sizing font-size font-size-adjust font-smooth
    font-smoothing font-stretch font-style font-synthesis font-variant font-variant-caps
    font-variant-ligatures font-variant-numeric font-variation-settings font-weight forced-color-adjust
    gap grid grid-area grid-auto-columns grid-auto-flow grid-auto-rows grid-column grid-column-end
    grid-column-gap grid-column-start grid-gap grid-row grid-row-end grid-row-gap grid-row-start
    grid-template grid-template-areas grid-template-columns grid-template-rows height hyphens
    image-rendering inline-size inset interpolation-mode isolation justify-content justify-items
    justify-self left letter-spacing line-break line-gap-override line-height list-style list-style-image
    list-style-position list-style-type margin margin-block margin-block-end margin-block-start
    margin-bottom margin-inline margin-inline-end margin-inline-start margin-left margin-right margin-top
    max-block-size max-height max-inline-size max-width min-block-size min-height min-inline-size
    min-width mix-blend-mode object-fit object-position opacity order orphans osx-font-smoothing outline
    outline-color outline-offset outline-style outline-width overflow overflow-wrap overflow-x overflow-y
    padding padding-block padding-block-end padding-block-start padding-bottom padding-inline
    padding-inline-end padding-inline-start padding-left padding-right padding-top page-break-after
    page-break-before page-break-inside perspective place-content place-items place-self pointer-events
    position print-color-adjust quotes resize right row-gap size-adjust speak src supported-color-schemes
    tab-interval tab-size table-layout tap-highlight-color text-align text-align-last text-combine-upright
    text-decoration text-decoration-color text-decoration-line text-decoration-skip-ink
    text-decoration-style text-decoration-thickness text-emphasis text-fill-color text-indent text-justify
    text-orientation text-overflow text-rendering text-shadow text-size-adjust text-stroke text-transform
    text-underline-offset text-underline-position text-wrap top touch-action touch-callout transform
    transform-origin transform-style transition transition-delay transition-duration transition-property
    transition-timing-function unicode-bidi unicode-range user-select v-text-anchor vertical-align
    visibility white-space widows width word-break word-spacing word-wrap writing-mode z-index zoom
"""
PROPERTIES = frozenset(_PROPERTIES.split())
_VENDORS = re.compile(r"-(?:webkit|moz|ms|o|premailer)-")
#: But for fields of Word, which load and link.
_OUTLOOK_PROPERTY = re.compile(r"mso-(?!element|field)[a-z-]+")
_CUSTOM_PROPERTY = re.compile(r"--[\w-]+")

#: Functions of CSS, beside url(), whose address is looked at.
_FUNCTIONS = """
    attr blur brightness calc circle clamp color color-mix conic-gradient counter counters cubic-bezier
    ellipse env fit-content format hsl hsla hwb inset lab lch light-dark linear-gradient local matrix max
    min minmax oklab oklch polygon radial-gradient rect repeat repeating-linear-gradient
    repeating-radial-gradient rgb rgba rotate rotatex rotatey rotatez scale scalex scaley skew skewx skewy
    steps tech translate translate3d translatex translatey translatez var
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())

#: Rules with other rules in them, and with declarations.
RULES_OF_RULES = frozenset({"media", "supports", "container", "layer", "keyframes"})
RULES_OF_DECLARATIONS = frozenset({"font-face", "page", "viewport"})


def has_attribute(element: str, attribute: str, *, outlook: bool) -> bool:
    """Return whether an element may have an attribute; both in lower case."""
    own = ELEMENTS.get(element) or (OUTLOOK.get(element) if outlook else None) or frozenset()
    return attribute in COMMON or attribute in own or _FAMILIES.fullmatch(attribute) is not None


def is_property(name: str) -> bool:
    """Return whether a property of CSS, in lower case, can stand in an email."""
    known = _VENDORS.sub("", name, count=1) in PROPERTIES
    return known or any(form.fullmatch(name) for form in (_OUTLOOK_PROPERTY, _CUSTOM_PROPERTY))


def is_function(name: str) -> bool:
    """Return whether a function of CSS, in lower case, can stand in an email."""
    return _VENDORS.sub("", name, count=1) in FUNCTIONS


def without_vendor(name: str) -> str:
    """Return the name of a rule of CSS without a browser's prefix."""
    return _VENDORS.sub("", name, count=1)
