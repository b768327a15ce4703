"""A site of 1999: a frame set, a menu frame, and pages that know nothing of each other."""

from engine.sandbox.sites.layouts.frame import Frame

MENU = "/menu.htm"


def page(frame: Frame) -> str:
    """One page of the main frame."""
    blocks = "\n<HR WIDTH=80% NOSHADE>\n".join(f"<DIV ALIGN=justify>{block}</DIV>" for block in frame.blocks)
    return f"""<HTML>
<HEAD>
{charset_of(frame)}
<TITLE>{frame.shown_title}</TITLE>
{frame.head}
</HEAD>
<BODY BACKGROUND="fond.gif" BGCOLOR="#FFFFCC" TEXT="#000080" LINK="#FF0000" VLINK="#800080">
{frame.top}
<CENTER><FONT FACE="Comic Sans MS" SIZE=5 COLOR="#008000"><B>{frame.brand}</B></FONT></CENTER>
<IMG SRC="barre.gif" WIDTH=600 HEIGHT=8>
<FONT FACE="Arial" SIZE=2>
{blocks}
</FONT>
<IMG SRC="barre.gif" WIDTH=600 HEIGHT=8>
<CENTER><FONT SIZE=1>
{frame.footer}
</FONT></CENTER>
{frame.tail}
</BODY>
</HTML>
"""


def frames(frame: Frame, main: str) -> str:
    """The frame set itself, with links for who shows no frames; `main` is the first page of the main frame."""
    return f"""<HTML>
<HEAD>
{charset_of(frame)}
<TITLE>{frame.shown_title}</TITLE>
<META NAME="keywords" CONTENT="{frame.shown_name}">
{frame.head}
{frame.tail}
</HEAD>
<FRAMESET COLS="170,*" BORDER=0 FRAMEBORDER=NO FRAMESPACING=0>
<FRAME SRC="{MENU.lstrip("/")}" NAME="menu" SCROLLING=NO NORESIZE>
<FRAME SRC="{main.lstrip("/")}" NAME="principal">
<NOFRAMES><BODY>
{frame.items('<A HREF="{href}">{text}</A><BR>')}
</BODY></NOFRAMES>
</FRAMESET>
</HTML>
"""


def menu(frame: Frame) -> str:
    """The menu frame."""
    return f"""<HTML>
<HEAD>{charset_of(frame)}<TITLE>Menu</TITLE><BASE TARGET="principal"></HEAD>
<BODY BGCOLOR="#CCCC99">
{frame.items('<P><A HREF="{href}"><IMG SRC="puce.gif" BORDER=0> <B>{text}</B></A></P>')}
</BODY>
</HTML>
"""


def charset_of(frame: Frame) -> str:
    kind = f"text/html; charset={frame.charset}"
    return f'<META HTTP-EQUIV="Content-Type" CONTENT="{kind}">' if frame.charset else ""
