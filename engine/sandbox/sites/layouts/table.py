"""A hand-made site of 2005: nested tables, fonts and spacer images, upper-case tags, no closing for half of them."""

from engine.sandbox.sites.layouts.frame import Frame

BANNER = '<IMG SRC="images/banniere.gif" WIDTH=800 HEIGHT=171 BORDER=0>'


def page(frame: Frame) -> str:
    charset = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={frame.charset}">' if frame.charset else ""
    rows = "\n".join(
        f'<TR><TD WIDTH=20 BACKGROUND="images/gauche.gif"><TD ALIGN=left VALIGN=top>'
        f'<FONT FACE="Verdana, Arial" SIZE=2>{block}</FONT><TD WIDTH=20 BACKGROUND="images/droite.gif"></TR>'
        for block in frame.blocks
    )
    return f"""<HTML>
<HEAD>
<TITLE>{frame.shown_title}</TITLE>
{charset}
<META NAME="Author" CONTENT="{frame.shown_name}">
<META NAME="keywords" CONTENT="{frame.shown_name}, {frame.title}">
<LINK REL="stylesheet" HREF="style.css" TYPE="text/css">
{frame.head}
</HEAD>
<BODY BGCOLOR="#F4F0E6" TEXT="#222222" LINK="#663300" LEFTMARGIN=0 TOPMARGIN=0
onLoad="if (self != top) top.location = self.location">
{frame.top}
<TABLE ALIGN=center BORDER=0 CELLSPACING=10 CELLPADDING=0 WIDTH=800>
<TR><TD COLSPAN=2>{frame.logo or BANNER}</TD></TR>
<TR><TD VALIGN=top WIDTH=170><UL ID="navlist">
{frame.items('<LI><A HREF="{href}"><B>{text}</B></A>')}
</UL></TD>
<TD><TABLE ALIGN=center WIDTH="100%" BORDER=0 CELLPADDING=0 CELLSPACING=0>
<TR><TD><IMG SRC="images/hg.gif" WIDTH=20 HEIGHT=20><TD BACKGROUND="images/haut.gif"><TD><IMG SRC="images/hd.gif"></TR>
{rows}
</TABLE></TD></TR>
<TR><TD COLSPAN=2 ALIGN=center BGCOLOR="#663300"><FONT COLOR=white SIZE=1>
{frame.footer}
</FONT></TD></TR>
</TABLE>
{frame.tail}
</BODY>
</HTML>
"""
